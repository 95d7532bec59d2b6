import type { Knex, Transaction } from '../kernel/db/database.js';
import { ProductError } from '../kernel/errors.js';
import type { BatchCounts, BatchHead } from './batch-types.js';

const headColumns = {
  id: 'id',
  kind: 'kind',
  owner: 'owner',
  cardType: 'card_type',
  source: 'source',
  state: 'state',
  round: 'round',
  orderedBy: 'ordered_by',
  definitionId: 'definition_id',
  processInstanceId: 'process_instance_id',
} as const;

/** @throws ProductError `not-found` */
export async function readHead(db: Knex, id: string): Promise<BatchHead> {
  const head = await db('batch_order').where({ id }).first<BatchHead | undefined>(headColumns);
  if (head === undefined) throw new ProductError('not-found', 'There is no such batch order.');
  return head;
}

/** The batch order that a process instance has made, or null. */
export async function findHeadOf(db: Knex, processInstanceId: string): Promise<BatchHead | null> {
  return (
    (await db('batch_order')
      .where({ process_instance_id: processInstanceId })
      .first<BatchHead | undefined>(headColumns)) ?? null
  );
}

/**
 * Lets one operation at a time order, repeat, complete or cancel a batch order, until the transaction ends. Results of
 * productions are still counted: they lock cards and orders first and the row of the batch order last, and the holder of
 * this lock does the same; otherwise the two could wait for each other.
 */
export async function lockBatch(trx: Transaction, id: string): Promise<BatchHead> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('batch-order ' || ?, 0))`, [id]);
  return readHead(trx, id);
}

/** Changes the counts of a batch order; the row stays locked until the transaction ends. */
export async function changeCounts(trx: Transaction, id: string, change: Partial<BatchCounts>): Promise<void> {
  const changes = Object.entries(change).filter(([, by]) => by !== 0);
  if (changes.length === 0) return;
  await trx('batch_order')
    .where({ id })
    .update(Object.fromEntries(changes.map(([column, by]) => [column, trx.raw('?? + ?', [column, by])])));
}

/** Deletes a draft with its rows. */
export async function dropDraft(trx: Transaction, id: string): Promise<void> {
  await trx('batch_order').where({ id, state: 'draft' }).delete();
}
