import type { Transaction } from '../kernel/db/database.js';
import { once } from '../kernel/db/idempotency.js';
import { ProductError } from '../kernel/errors.js';
import { declareSpoilt } from '../production/index.js';
import { beginRound } from './batch-ordering.js';
import { notifyReviewed, readHead, startBatchProcess } from '../batch-rows/index.js';
import { assertChosen, draftIssue } from './batch-selection.js';
import type { IssueFilter } from '../batch-rows/batch-types.js';

/** A batch order as a program asks for it. */
export interface BatchRequest {
  readonly label: string;
  /** A filter, or the ids of cards. */
  readonly cards: IssueFilter | readonly string[];
  readonly owner: string;
  readonly idempotencyKey: string | null;
}

/**
 * Makes a batch order and begins its first round; a process of its own orders the cards and follows them.
 * @returns its id
 * @throws ProductError `use-case-disabled`, `batch-empty`, `batch-too-large`, `card-type-unknown`, `idempotency-mismatch`
 */
export async function orderBatch(
  trx: Transaction,
  { label, cards, owner, idempotencyKey }: BatchRequest,
): Promise<string> {
  const { id } = await once(
    trx,
    { account: owner, key: idempotencyKey, request: ['order-batch', label, cards] },
    async () => {
      await assertEnabled(trx);
      const draft = await draftIssue(trx, { owner, label, madeIn: null }, cards);
      assertChosen(draft);
      await beginRound(trx, { batchId: draft.id, afterRound: 0, orderedBy: owner });
      await startBatchProcess(trx, draft.id, 0, owner);
      return draft.id;
    },
  );
  return id;
}

/** What is repeated. */
export interface BatchRepeat {
  readonly batchId: string;
  readonly by: string;
  /** Failed cards that alone are repeated, besides the spoilt ones; by default all failed ones. */
  readonly only?: readonly string[] | undefined;
  /** Badly printed cards of this batch order, and what is wrong with them. */
  readonly spoilt?: { readonly cardIds: readonly string[]; readonly reason: string } | undefined;
}

/**
 * Begins a round that orders failed and badly printed cards again, outside the form that asks for it.
 * @throws ProductError `use-case-disabled`, `not-found`, `batch-state`, `batch-empty`, and what `declareSpoilt` refuses
 */
export async function repeatBatch(trx: Transaction, { batchId, by, only, spoilt }: BatchRepeat): Promise<void> {
  await assertEnabled(trx);
  const head = await readHead(trx, batchId);
  if (spoilt !== undefined) await spoil(trx, batchId, by, spoilt);
  const picked = only === undefined ? {} : { only: [...only, ...(spoilt?.cardIds ?? [])] };
  await beginRound(trx, { batchId, afterRound: head.round, orderedBy: by, ...picked });
  await notifyReviewed(trx, head, 'ordering');
}

async function spoil(
  trx: Transaction,
  batchId: string,
  by: string,
  { cardIds, reason }: NonNullable<BatchRepeat['spoilt']>,
): Promise<void> {
  for (const cardId of [...new Set(cardIds)].sort()) {
    const row = await trx('batch_row')
      .where({ batch_id: batchId, card_id: cardId })
      .first<{ number: number | null } | undefined>('number');
    if (row?.number == null) throw new ProductError('not-found', `The batch order has not ordered the card ${cardId}.`);
    await declareSpoilt(trx, { cardId, number: row.number, by, reason });
  }
}

/** Read `for share`: a switch has to lock the row. */
async function assertEnabled(trx: Transaction): Promise<void> {
  const row = await trx('use_case')
    .where({ id: 'issue-multiple-cards' })
    .forShare()
    .first<{ enabled: boolean } | undefined>('enabled');
  if (row?.enabled !== true)
    throw new ProductError('use-case-disabled', 'Issue multiple cards is disabled. Ask an administrator to enable it.');
}
