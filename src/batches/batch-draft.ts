import type { Transaction } from '../kernel/db/database.js';
import { notNow } from './batch-ordering.js';
import { chooseAgain, draftIssue, recount, type Draft, type NewBatch } from './batch-selection.js';
import { findHeadOf } from '../batch-rows/index.js';
import type { IssueFilter } from '../batch-rows/batch-types.js';

/**
 * The draft that a process instance puts together: made the first time, chosen anew when somebody asks for other cards.
 * @param batch.keep true where its order was refused: what is chosen stays, also what was chosen by hand
 * @throws ProductError `batch-state` when it was ordered already, `batch-too-large`, `card-type-unknown`
 */
export async function prepareDraft(
  trx: Transaction,
  {
    filter,
    keep,
    ...batch
  }: NewBatch & {
    readonly madeIn: NonNullable<NewBatch['madeIn']>;
    readonly filter: IssueFilter;
    readonly keep: boolean;
  },
): Promise<Draft> {
  // Two deliveries of one task: the second waits here for the first.
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [batch.madeIn.processInstanceId]);
  const head = await findHeadOf(trx, batch.madeIn.processInstanceId);
  if (head === null) return draftIssue(trx, batch, filter);
  if (head.state !== 'draft') throw notNow(head, 'chosen anew');
  return keep ? { id: head.id, chosen: await recount(trx, head.id) } : chooseAgain(trx, head.id, batch.label, filter);
}
