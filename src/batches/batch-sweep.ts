import { appendAudit } from '../records/index.js';
import type { Knex, Transaction } from '../kernel/db/database.js';
import { openBatchStates } from '../domain/batch-states.js';
import { systemActor } from '../domain/roles.js';
import { recordStuck, stuckOnes } from '../engine/stuck-store.js';
import { sweep, type Followed, type SweepDeps } from '../engine/sweep.js';
import { lockBatch, notifyRoundEnded, startBatchProcess, startRequestProcess } from '../batch-rows/index.js';
import type { BatchHead } from '../batch-rows/batch-types.js';

/** A batch order younger than this may still be on its way into the engine (seconds). */
const settleSeconds = 60;

type Open = Followed & Pick<BatchHead, 'id' | 'kind' | 'processInstanceId'>;

/**
 * Mends open batch orders whose process instance is gone: a draft goes with it, any other gets a new instance that continues
 * where the batch order stands. A diagram that lets requests wait for ever would do so again: what it left is for people to end.
 * @param settle seconds that a batch order must be old
 * @returns ids of the batch orders that were mended
 */
export async function sweepBatches(db: Knex, deps: SweepDeps, settle = settleSeconds): Promise<string[]> {
  const mended = await sweep(deps, {
    name: 'batches',
    open: (after, most) => openBatches(db, settle, most, after),
    restartsCompleted: ({ kind, processInstanceId }) => kind !== 'request' || processInstanceId === null,
    leftBehind: async ({ id }) => {
      const message = 'The diagram of the batch order has ended while requests wait for a decision.';
      if (await recordStuck(db, { kind: 'batch-order', id, cause: 'process-ended', message }))
        deps.log.error({ batchOrder: id }, 'the diagram ended while requests wait: an administrator decides');
    },
    startAgain: (batch) => mend(db, batch, deps.user),
  });
  return mended.map(({ id }) => id);
}

async function openBatches(db: Knex, settle: number, most: number, after: string | undefined): Promise<Open[]> {
  return db('batch_order as b')
    .whereIn('b.state', [...openBatchStates])
    .whereRaw('coalesce(b.round_began_at, b.created_at) < now() - make_interval(secs => ?)', [settle])
    .whereNotExists(stuckOnes(db, 'batch-order', 'b.id'))
    .whereNotExists(db('engine_command as c').whereRaw('c.batch_id = b.id').where({ 'c.state': 'pending' }))
    .where((since) => {
      if (after !== undefined) void since.where('b.id', '>', after);
    })
    .orderBy('b.id')
    .limit(most)
    .select<Open[]>({ id: 'b.id', businessKey: 'b.id', kind: 'b.kind', processInstanceId: 'b.process_instance_id' });
}

async function mend(db: Knex, { id, processInstanceId }: Open, user: string): Promise<boolean> {
  return db.transaction(async (trx) => {
    const head = await lockBatch(trx, id);
    if (head.processInstanceId !== processInstanceId || !openBatchStates.some((state) => state === head.state))
      return false;
    if (head.state === 'draft') {
      await trx('batch_order').where({ id, state: 'draft' }).delete();
      return true;
    }
    await trx('batch_order').where({ id }).update({ process_instance_id: null });
    // What is registered or placed already is left as it is.
    if (head.kind === 'request') await startRequestProcess(trx, id, await pinnedVariant(trx, head), user);
    else await startBatchProcess(trx, id, head.round - 1, user);
    if (head.state === 'reviewing') await notifyRoundEnded(trx, id);
    await appendAudit(trx, [
      {
        actor: systemActor,
        action: 'process-started-again',
        objectType: 'batch-order',
        objectId: id,
        details: { round: head.round, goneInstance: processInstanceId },
      },
    ]);
    return true;
  });
}

async function pinnedVariant(
  trx: Transaction,
  { id, definitionId }: BatchHead,
): Promise<{ processKey: string; version: number }> {
  const row = await trx('process_version')
    .where({ definition_id: definitionId })
    .first<{ processKey: string; version: number } | undefined>({ processKey: 'process_key', version: 'version' });
  if (row === undefined) throw new Error(`the batch order ${id} is registered by no diagram`);
  return row;
}
