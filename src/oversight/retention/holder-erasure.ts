import type { Transaction } from '../../kernel/db/database.js';
import { finalCardStates } from '../../domain/card-states.js';
import { ProductError } from '../../kernel/errors.js';
import { eraseSealed, finishLater } from './erasing.js';

interface LockedHolder {
  readonly employee_number: string;
  readonly family_name: string;
  readonly email: string;
  readonly upn: string;
  readonly erased_at: Date | null;
}

/** What was erased with a holder. */
export interface HolderErasure {
  readonly requests: number;
  readonly cards: number;
}

/**
 * Erases whom a holder's row, requests, cards, photos and mails are about; ids, states and times stay. The engine
 * forgets them within moments, or once the processes that show them have ended: see `finishErasures`.
 * @param reason why; it stays in the audit log, and so must not name the holder
 * @throws ProductError `not-found`, `holder-erased`, `holder-in-use` while a request is open or a card lives,
 *   `invalid-request` for a reason that names the holder
 */
export async function eraseHolder(
  trx: Transaction,
  { actor, holderId, reason }: { actor: string; holderId: string; reason: string },
): Promise<HolderErasure> {
  // A registration or an order waits for this lock, and then finds an inactive holder.
  const holder = await trx('holder')
    .where({ id: holderId })
    .forUpdate()
    .first<LockedHolder | undefined>('employee_number', 'family_name', 'email', 'upn', 'erased_at');
  if (holder === undefined) throw new ProductError('not-found', 'There is no such card holder.');
  if (holder.erased_at !== null)
    throw new ProductError('holder-erased', 'The personal data of this card holder was erased already.');
  assertNamesNobody(reason, holder);
  await assertNothingLive(trx, holderId);
  const requests = await idsOf(trx, 'card_request', holderId);
  const cards = await idsOf(trx, 'card', holderId);
  await trx('holder').where({ id: holderId }).update({ state: 'inactive' });
  await trx.raw('select erase_holder(:actor, :reason, cast(:holderId as uuid))', { actor, reason, holderId });
  await eraseFromBatches(trx, holder);
  await eraseSealed(trx, cards);
  await finishLater(trx, { requests, cards }, holderId);
  return { requests: requests.length, cards: cards.length };
}

function assertNamesNobody(
  reason: string,
  { employee_number: number, family_name: name, email, upn }: LockedHolder,
): void {
  const words = ` ${reason.toLowerCase().replaceAll(/[^\p{L}\p{N}@._-]+/gu, ' ')} `;
  const named = [number, name, email, upn].some((text) => words.includes(` ${text.toLowerCase()} `));
  if (named)
    throw new ProductError('invalid-request', 'The reason stays on record: write it without naming the card holder.');
}

/** What people typed to name or to find the holder for a batch order. */
async function eraseFromBatches(
  trx: Transaction,
  { employee_number: number, family_name: name, email, upn }: LockedHolder,
): Promise<void> {
  const texts = [number, name, email, upn].map((text) => text.toLowerCase());
  const holds = (column: string) =>
    `exists (select from unnest(cast(:texts as text[])) t where position(t in lower(cast(${column} as text))) > 0)`;
  await trx.raw(`update batch_row set named_as = '(erased)' where ${holds('named_as')}`, { texts });
  await trx.raw(`update batch_order set filter = null where ${holds('filter')}`, { texts });
  await trx.raw(`update batch_order set label = '(erased)' where ${holds('label')}`, { texts });
}

async function assertNothingLive(trx: Transaction, holderId: string): Promise<void> {
  const {
    rows: [live],
  } = await trx.raw<{ rows: { requests: number; cards: number }[] }>(
    `select (select count(*) from card_request where holder_id = :holderId and ended_at is null)::integer as requests,
       (select count(*) from card where holder_id = :holderId and state <> all(:final))::integer as cards`,
    { holderId, final: [...finalCardStates] },
  );
  if (live === undefined || live.requests + live.cards === 0) return;
  throw new ProductError(
    'holder-in-use',
    `The card holder has open requests (${live.requests}) or cards that are not at their end (${live.cards}). End them first.`,
    { openRequests: live.requests, liveCards: live.cards },
  );
}

async function idsOf(trx: Transaction, table: 'card_request' | 'card', holderId: string): Promise<string[]> {
  const rows = await trx(table).where({ holder_id: holderId }).select<{ id: string }[]>('id');
  return rows.map(({ id }) => id);
}
