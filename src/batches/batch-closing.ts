import { appendAudit } from '../records/index.js';
import type { Transaction } from '../kernel/db/database.js';
import { ProductError, type ErrorCode } from '../kernel/errors.js';
import { cancelFailedCards, endOrders, reasonOf } from '../production/index.js';
import type { ActingInstance } from '../engine/acting-instance.js';
import type { LedgerKey } from '../production/production-types.js';
import { notNow } from './batch-ordering.js';
import { changeCounts, dropDraft, isProcessOf, lockBatch, notifyReviewed } from '../batch-rows/index.js';
import { cancelRequests } from './requesting/withdrawing.js';
import type { BatchHead } from '../batch-rows/batch-types.js';

/** Who closes a batch order; `runningIn` is the instance that does, which needs no message. */
export interface Closing {
  readonly batchId: string;
  readonly by: string;
  readonly runningIn: ActingInstance | null;
}

/**
 * Completes a batch order that waits for its review; cards that have failed stay so. Repeating it changes nothing.
 * @throws ProductError `not-found`, `batch-state`
 */
export async function completeBatch(trx: Transaction, { batchId, by, runningIn }: Closing): Promise<void> {
  const head = await lockBatch(trx, batchId);
  if (head.state === 'completed') return;
  if (head.state !== 'reviewing') throw notNow(head, 'completed');
  await close(trx, head, by, 'batch-completed', {});
  if (!isProcessOf(head, runningIn)) await notifyReviewed(trx, head, 'completed');
}

/**
 * Withdraws what can still be withdrawn: a draft with everything in it; cards that no backend was called for; in the review
 * the failed cards, for good. Cards that were not ordered yet stay approved. Orders at a backend continue, and the batch
 * order ends with them. Requests that wait for a decision are aborted. Repeating it changes nothing.
 * @throws ProductError `not-found`, `reason-missing`, `not-own-request` for requests of somebody else
 */
export async function cancelBatch(
  trx: Transaction,
  { batchId, by, runningIn, reason }: Closing & { readonly reason: string | null },
): Promise<void> {
  const head = await lockBatch(trx, batchId);
  if (head.state === 'completed' || head.state === 'cancelled') return;
  if (head.kind === 'request') return cancelRequests(trx, head, by, reason);
  if (head.state === 'draft') return dropDraft(trx, batchId);
  const text = reasonOf(reason, 'Give a reason for cancelling the cards.');
  if (head.state === 'reviewing') return cancelFailed(trx, head, { by, runningIn, reason: text });
  const withdrawn = await trx('batch_row')
    .where({ batch_id: batchId, state: 'chosen' })
    .whereNull('number')
    .update({ state: 'skipped', code: 'left-out' satisfies ErrorCode });
  const failedAgain = await trx('batch_row').where({ batch_id: batchId, state: 'chosen' }).update({ state: 'failed' });
  const orders = await trx('production_order')
    .where({ batch_id: batchId, state: 'intent' })
    .whereNull('ended_at')
    .whereNull('call_began_at')
    .orderBy(['card_id', 'number'])
    .forUpdate()
    .select<LedgerKey[]>({ cardId: 'card_id', number: 'number' });
  await appendAudit(trx, [
    {
      actor: by,
      action: 'batch-cancelled',
      objectType: 'batch-order',
      objectId: batchId,
      fromState: head.state,
      toState: head.state,
      details: { reason: text, cards: withdrawn + orders.length },
    },
  ]);
  await endOrders(
    trx,
    orders.map((key) => ({ ...key, state: 'cancelled', orderId: null, reason: text })),
    by,
  );
  await changeCounts(trx, batchId, { skipped: withdrawn, failed: failedAgain, ordered: failedAgain });
}

/** Only cards that were not ordered again outside the batch order: those belong to their own orders. */
async function cancelFailed(
  trx: Transaction,
  head: BatchHead,
  {
    by,
    runningIn,
    reason,
  }: { readonly by: string; readonly runningIn: ActingInstance | null; readonly reason: string },
): Promise<void> {
  const rows = await trx('batch_row')
    .where({ batch_id: head.id, state: 'failed' })
    .select<LedgerKey[]>({ cardId: 'card_id', number: 'number' });
  const cancelled = await cancelFailedCards(trx, rows, { by, reason });
  await trx('batch_row')
    .where({ batch_id: head.id, state: 'failed' })
    .whereIn('card_id', cancelled)
    .update({ state: 'withdrawn' });
  await changeCounts(trx, head.id, { failed: -cancelled.length, withdrawn: cancelled.length });
  await close(trx, head, by, 'batch-cancelled', { reason, cards: cancelled.length });
  if (!isProcessOf(head, runningIn)) await notifyReviewed(trx, head, 'completed');
}

async function close(
  trx: Transaction,
  { id, state }: BatchHead,
  by: string,
  action: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const closed = await trx('batch_order').where({ id, state }).update({ state: 'completed', ended_at: trx.fn.now() });
  if (closed !== 1) throw new ProductError('batch-state', 'The batch order has changed meanwhile. Look at it again.');
  await appendAudit(trx, [
    { actor: by, action, objectType: 'batch-order', objectId: id, fromState: state, toState: 'completed', details },
  ]);
}
