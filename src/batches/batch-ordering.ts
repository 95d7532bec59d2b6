import { appendAudit } from '../records/index.js';
import type { Knex, Transaction } from '../kernel/db/database.js';
import { isProductError, ProductError, type ErrorCode } from '../kernel/errors.js';
import { placeOrders } from '../production/index.js';
import type { PlacedOrders } from '../production/production-types.js';
import { changeCounts, endRound, lockBatch } from '../batch-rows/index.js';
import type { BatchHead } from '../batch-rows/batch-types.js';

/** Cards of one transaction: long enough to be quick, short enough that nobody waits for its locks. */
const chunkCards = 500;

/** Which round is to begin, and in whose name. */
export interface RoundStart {
  readonly batchId: string;
  /** The round after which it comes, so that a repeat of the same call begins nothing. */
  readonly afterRound: number;
  readonly orderedBy: string;
  /** Cards that are left out: of the first round by choice, of a repeat because they are not to be repeated. */
  readonly except?: readonly string[];
  /** Cards that alone are repeated. */
  readonly only?: readonly string[];
}

/**
 * Begins a round: the first one of a draft, or the repeat of what has failed. Its cards are ordered by `placeRound`.
 * @throws ProductError `not-found`, `batch-state`, `batch-empty`
 */
export async function beginRound(trx: Transaction, start: RoundStart): Promise<void> {
  const head = await lockBatch(trx, start.batchId);
  if (head.kind !== 'issue') throw new ProductError('not-found', 'There is no such batch order of cards to issue.');
  if (head.round > start.afterRound) return;
  if (head.state !== (start.afterRound === 0 ? 'draft' : 'reviewing'))
    throw notNow(head, start.afterRound === 0 ? 'ordered' : 'repeated');
  const left = head.round === 0 ? await leaveOut(trx, start) : await resumeFailed(trx, start);
  if (left === 0) throw new ProductError('batch-empty', 'No card is left, so there is nothing to order.');
  await trx('batch_order')
    .where({ id: head.id })
    .update({
      state: 'ordering',
      round: head.round + 1,
      ordered_by: start.orderedBy,
      round_began_at: trx.fn.now(),
      ended_before: trx.raw('ordered - open'),
    });
  await appendAudit(trx, [
    {
      actor: start.orderedBy,
      action: head.round === 0 ? 'batch-ordered' : 'batch-repeated',
      objectType: 'batch-order',
      objectId: head.id,
      fromState: head.state,
      toState: 'ordering',
      details: { round: head.round + 1, cards: left },
    },
  ]);
}

/** @returns how many cards are left to be ordered */
async function leaveOut(trx: Transaction, { batchId, except = [] }: RoundStart): Promise<number> {
  const skipped = await trx('batch_row')
    .where({ batch_id: batchId, state: 'chosen' })
    .whereRaw('card_id = any(cast(? as uuid[]))', [[...except]])
    .update({ state: 'skipped', code: 'left-out' satisfies ErrorCode });
  await changeCounts(trx, batchId, { skipped });
  const [row] = await trx('batch_order')
    .where({ id: batchId })
    .select<{ left: number }[]>(trx.raw('chosen - skipped as left'));
  return row?.left ?? 0;
}

/** @returns how many cards are ordered again */
async function resumeFailed(trx: Transaction, { batchId, except = [], only }: RoundStart): Promise<number> {
  const failed = trx('batch_row').where({ batch_id: batchId, state: 'failed' });
  failed.whereRaw('card_id <> all(cast(? as uuid[]))', [[...except]]);
  if (only !== undefined) failed.whereRaw('card_id = any(cast(? as uuid[]))', [[...only]]);
  const taken = await failed.update({ state: 'chosen', code: null });
  await changeCounts(trx, batchId, { failed: -taken, ordered: -taken });
  return taken;
}

/**
 * Puts the cards of a round into the print ledger, some hundred in a transaction. A death loses at most the last of
 * these, and another call continues with the rest; two calls at once share the work.
 * @throws ProductError never for a card: one that cannot be ordered is skipped and named
 */
export async function placeRound(db: Knex, batchId: string, round: number): Promise<void> {
  let placed = 0;
  for (let more = true; more; placed += chunkCards)
    more = await db.transaction((trx) => placeChunk(trx, batchId, round, placed));
}

/** @returns false when the round has nothing left to place */
async function placeChunk(trx: Transaction, batchId: string, round: number, placedBefore: number): Promise<boolean> {
  const head = await lockBatch(trx, batchId);
  if (head.state !== 'ordering' || head.round !== round) return false;
  const cardIds = await trx('batch_row')
    .where({ batch_id: batchId, state: 'chosen' })
    .orderBy('ordinal')
    .limit(chunkCards)
    .pluck<string[]>('card_id');
  if (cardIds.length === 0) {
    await endPlacing(trx, batchId);
    return false;
  }
  const { ordered, refused } = await place(trx, head, cardIds, placedBefore + 1);
  await trx.raw(
    `update batch_row r set state = 'ordered', number = p.number, code = null
     from jsonb_to_recordset(cast(:placed as jsonb)) as p ("cardId" uuid, number integer)
     where r.batch_id = :batchId and r.card_id = p."cardId"`,
    { batchId, placed: JSON.stringify(ordered) },
  );
  // What has failed before stays failed where it cannot be ordered again.
  await trx.raw(
    `update batch_row r set state = case when r.number is null then 'skipped' else 'failed' end, code = p.code
     from jsonb_to_recordset(cast(:refused as jsonb)) as p ("cardId" uuid, code text)
     where r.batch_id = :batchId and r.card_id = p."cardId"`,
    { batchId, refused: JSON.stringify(refused) },
  );
  const again = round > 1 ? refused.length : 0;
  await changeCounts(trx, batchId, { ordered: ordered.length + again, failed: again, skipped: refused.length - again });
  return true;
}

/**
 * What prevents a whole call, such as a number range with too few numbers, need not prevent each card: the
 * call is halved until it is known for which.
 */
async function place(
  trx: Transaction,
  head: BatchHead,
  cardIds: readonly string[],
  firstTurn: number,
): Promise<PlacedOrders> {
  const { id, round, orderedBy, definitionId } = head;
  if (orderedBy === null) throw new Error(`the batch order ${id} is being ordered by nobody`);
  const from = round === 1 ? 'approved' : 'failed';
  const batch = { id, definitionId, firstTurn };
  try {
    return await trx.transaction((part) =>
      placeOrders(part, { cardIds, from }, { orderedBy, runningIn: null, useCase: 'issue-multiple-cards', batch }),
    );
  } catch (raw) {
    if (!isProductError(raw) || !raw.isBusiness) throw raw;
    if (raw.code === 'use-case-disabled' || cardIds.length === 1) {
      return { ordered: [], refused: cardIds.map((cardId) => ({ cardId, code: raw.code, reason: raw.message })) };
    }
    const half = Math.ceil(cardIds.length / 2);
    const first = await place(trx, head, cardIds.slice(0, half), firstTurn);
    const second = await place(trx, head, cardIds.slice(half), firstTurn + half);
    return { ordered: [...first.ordered, ...second.ordered], refused: [...first.refused, ...second.refused] };
  }
}

async function endPlacing(trx: Transaction, batchId: string): Promise<void> {
  const [row] = await trx('batch_order')
    .where({ id: batchId })
    .update({ state: 'running' })
    .returning<{ open: number }[]>('open');
  if (row?.open === 0) await endRound(trx, batchId);
}

/** The refusal of something that a batch order does not wait for. */
export function notNow({ state }: Pick<BatchHead, 'state'>, what: string): ProductError {
  return new ProductError('batch-state', `The batch order is ${state}, so it cannot be ${what}.`);
}
