import type { Transaction } from '../kernel/db/database.js';
import type { EndedRowState } from '../domain/batch-states.js';
import { obsoleteMessages } from '../engine/outbox/command-store.js';
import { messages } from '../process/contract/index.js';
import { notifyRequestsEnded } from './batch-process.js';
import { readHead } from './batch-store.js';

/** A request of a batch order that waits no longer, as its row shows it: approved, rejected or aborted. */
export interface SettledRow {
  readonly requestId: string;
  readonly state: EndedRowState;
}

/**
 * Counts requests that were just settled; the last one ends the batch order. The lock of its row is what makes one the last,
 * so call it after everything else in the transaction that takes locks.
 * @returns true when the batch order has ended with them
 */
export async function recordSettled(
  trx: Transaction,
  batchId: string,
  settled: readonly SettledRow[],
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { ended: boolean }[] }>(
    `with moved as (
       update batch_row r set state = s.state from jsonb_to_recordset(cast(:settled as jsonb)) as s ("requestId" uuid, state text)
       where r.batch_id = :batchId and r.request_id = s."requestId" and r.state = 'ordered' returning r.state),
     counted as (
       select count(*) filter (where state = 'succeeded')::integer as succeeded, count(*) filter (where state = 'failed')::integer as failed,
         count(*) filter (where state = 'withdrawn')::integer as withdrawn from moved)
     update batch_order b set succeeded = b.succeeded + c.succeeded, failed = b.failed + c.failed, withdrawn = b.withdrawn + c.withdrawn,
       state = case when b.state = 'running' and b.open = c.succeeded + c.failed + c.withdrawn then 'completed' else b.state end,
       ended_at = case when b.state = 'running' and b.open = c.succeeded + c.failed + c.withdrawn then now() else b.ended_at end
     from counted c where b.id = :batchId returning b.state = 'completed' as ended`,
    { batchId, settled: JSON.stringify(settled) },
  );
  const ended = rows[0]?.ended === true;
  if (ended) await obsoleteMessages(trx, { batch_id: batchId }, messages.approvalTimeLimit);
  return ended;
}

/** Counts requests that their requester has aborted; when all of a batch order are settled, its process is notified. */
export async function recordAborted(trx: Transaction, batchId: string, requestIds: readonly string[]): Promise<void> {
  const ended = await recordSettled(
    trx,
    batchId,
    requestIds.map((requestId) => ({ requestId, state: 'withdrawn' })),
  );
  if (!ended) return;
  await notifyRequestsEnded(trx, await readHead(trx, batchId));
}
