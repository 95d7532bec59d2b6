import { appendAudit } from '../../records/index.js';
import type { Transaction } from '../../kernel/db/database.js';
import { ProductError, type ErrorCode } from '../../kernel/errors.js';
import { reasonOf } from '../../production/index.js';
import { abortWaiting, lockWaiting } from '../../requests/index.js';
import { changeCounts, dropDraft, largestBatch, recordAborted } from '../../batch-rows/index.js';
import type { BatchHead } from '../../batch-rows/batch-types.js';

/**
 * Aborts all requests of a batch order that wait for a decision, and leaves out those that are not registered yet; a draft goes
 * with everything in it. What is decided stays so.
 * @throws ProductError `not-own-request`, `reason-missing`
 */
export async function cancelRequests(
  trx: Transaction,
  { id, owner, state }: BatchHead,
  by: string,
  reason: string | null,
): Promise<void> {
  if (owner !== by)
    throw new ProductError('not-own-request', 'Only the person who requested the cards can abort the requests.');
  if (state === 'draft') return dropDraft(trx, id);
  const text = reasonOf(reason, 'Give a reason for aborting the requests.');
  const withdrawn = await trx('batch_row')
    .where({ batch_id: id, state: 'chosen' })
    .update({ state: 'skipped', code: 'left-out' satisfies ErrorCode });
  await changeCounts(trx, id, { skipped: withdrawn });
  const { waiting } = await lockWaiting(trx, id, 0, largestBatch);
  await appendAudit(trx, [
    {
      actor: by,
      action: 'batch-cancelled',
      objectType: 'batch-order',
      objectId: id,
      fromState: state,
      toState: state,
      details: { reason: text, cards: withdrawn + waiting.length },
    },
  ]);
  if (waiting.length === 0) return;
  await abortWaiting(trx, by, waiting, text);
  await recordAborted(
    trx,
    id,
    waiting.map(({ id: requestId }) => requestId),
  );
}
