import { prepared, type Transaction } from '../kernel/db/database.js';
import type { BatchState, EndedRowState } from '../domain/batch-states.js';
import { notifyRoundEnded } from './batch-process.js';

/** The end of a production that a batch order has ordered. */
export interface EndedInBatch {
  readonly batchId: string;
  readonly cardId: string;
  readonly number: number;
  readonly state: EndedRowState;
}

/**
 * The lock of the row of a batch order decides which of several concurrent results is the last one;
 * it is taken last, and in one order where a call brings results of several.
 */
const countSql = `
  with ended as (
    select "batchId", "cardId", number, state
    from jsonb_to_recordset(cast(:ended as jsonb)) as e ("batchId" uuid, "cardId" uuid, number integer, state text)),
  moved as (
    update batch_row r set state = e.state from ended e
    where r.batch_id = e."batchId" and r.card_id = e."cardId" and r.number = e.number and r.state = 'ordered'
    returning r.batch_id, r.state),
  counted as (
    select batch_id, count(*) filter (where state = 'succeeded') as succeeded, count(*) filter (where state = 'failed') as failed,
      count(*) filter (where state = 'withdrawn') as withdrawn
    from moved group by batch_id),
  locked as materialized (
    select b.id, c.succeeded, c.failed, c.withdrawn from batch_order b join counted c on c.batch_id = b.id order by b.id for update of b)
  update batch_order b set succeeded = b.succeeded + l.succeeded, failed = b.failed + l.failed, withdrawn = b.withdrawn + l.withdrawn
  from locked l where b.id = l.id
  returning b.id, b.state, b.open`;

/**
 * Counts productions that have just ended in their batch orders; the last one of a round ends the round. Call it in
 * the transaction that ends them, after everything else in it that takes locks.
 */
export async function recordEnded(trx: Transaction, ended: readonly EndedInBatch[]): Promise<void> {
  if (ended.length === 0) return;
  const { rows } = await trx
    .raw<{ rows: { id: string; state: BatchState; open: number }[] }>(countSql, { ended: JSON.stringify(ended) })
    .options(prepared('count-batch-results'));
  for (const { id, state, open } of rows) if (state === 'running' && open === 0) await endRound(trx, id);
}

/** A produced card was declared spoilt: from then on it counts as failed. */
export async function recordSpoilt(trx: Transaction, cardId: string, number: number): Promise<void> {
  await trx.raw(
    `with spoilt as (
       update batch_row set state = 'failed' where card_id = :cardId and number = :number and state = 'succeeded' returning batch_id)
     update batch_order b set succeeded = b.succeeded - 1, failed = b.failed + 1 from spoilt where b.id = spoilt.batch_id`,
    { cardId, number },
  );
}

/**
 * Ends a round of which nothing is open: with failures someone has to look at it, without any the batch order is done. The
 * caller has locked its row.
 */
export async function endRound(trx: Transaction, id: string): Promise<void> {
  await trx.raw(
    `update batch_order set state = case when failed > 0 then 'reviewing' else 'completed' end, ended_at = case when failed > 0 then null else now() end
     where id = :id`,
    { id },
  );
  await notifyRoundEnded(trx, id);
}
