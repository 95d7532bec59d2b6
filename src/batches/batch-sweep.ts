import { appendAudit } from '../records/index.js';
import type { Knex, Transaction } from '../kernel/db/database.js';
import { openBatchStates } from '../domain/batch-states.js';
import { systemActor } from '../domain/roles.js';
import type { EngineClient } from '../engine/client.js';
import { lockBatch, notifyRoundEnded, startBatchProcess, startRequestProcess } from '../batch-rows/index.js';
import { endedByItself } from '../requests/index.js';
import type { BatchHead } from '../batch-rows/batch-types.js';
import { notifyAgain } from './lost-messages.js';

/** A batch order younger than this may still be on its way into the engine (seconds). */
const settleSeconds = 60;
const most = 500;

type Open = Pick<BatchHead, 'id' | 'kind' | 'processInstanceId'>;

/**
 * Mends open batch orders whose process instance is gone, because someone cancelled it, or never came: a draft goes with
 * it, any other gets a new instance that goes on where the batch order stands. Instances that wait for what has happened already are
 * told again.
 * @param settle seconds that a batch order must be old
 * @returns ids of the batch orders that were mended
 */
export async function sweepBatches(
  db: Knex,
  engine: EngineClient,
  user: string,
  settle = settleSeconds,
): Promise<string[]> {
  const open = await openBatches(db, settle);
  const followed = await followedBatches(engine, user, open);
  const mended: string[] = [];
  for (const batch of open) {
    if (followed.has(batch) || (await endedUndecided(engine, user, batch))) continue;
    if (await mend(db, batch, user)) mended.push(batch.id);
  }
  return [...mended, ...(await notifyAgain(db, engine, user, settle))];
}

async function openBatches(db: Knex, settle: number): Promise<Open[]> {
  return db('batch_order as b')
    .whereIn('b.state', [...openBatchStates])
    .whereRaw('coalesce(b.round_began_at, b.created_at) < now() - make_interval(secs => ?)', [settle])
    .whereNotExists(db('engine_command as c').whereRaw('c.batch_id = b.id').where({ 'c.state': 'pending' }))
    .orderBy('b.created_at')
    .limit(most)
    .select<Open[]>({ id: 'b.id', kind: 'b.kind', processInstanceId: 'b.process_instance_id' });
}

async function followedBatches(
  engine: EngineClient,
  user: string,
  batches: readonly Open[],
): Promise<ReadonlySet<Open>> {
  const find = (query: object) =>
    engine.call<{ id: string; businessKey: string | null }[]>({
      user,
      method: 'POST',
      path: '/history/process-instance',
      body: { ...query, unfinished: true },
    });
  const ids = batches.flatMap(({ processInstanceId }) => processInstanceId ?? []);
  const keys = batches.flatMap(({ id, processInstanceId }) => (processInstanceId === null ? [id] : []));
  const found = [
    ...(ids.length === 0 ? [] : await find({ processInstanceIds: ids })),
    ...(keys.length === 0 ? [] : await find({ processInstanceBusinessKeyIn: keys })),
  ];
  const names = new Set(found.flatMap(({ id, businessKey }) => (businessKey === null ? [id] : [id, businessKey])));
  return new Set(batches.filter(({ id, processInstanceId }) => names.has(processInstanceId ?? id)));
}

/** A diagram that lets requests wait for ever would do so again: what it left is for people to end. */
async function endedUndecided(engine: EngineClient, user: string, { kind, processInstanceId }: Open): Promise<boolean> {
  return kind === 'request' && processInstanceId !== null && endedByItself(engine, user, processInstanceId);
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
