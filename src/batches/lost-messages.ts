import { appendAudit } from '../records/index.js';
import type { Knex } from '../kernel/db/database.js';
import type { BatchKind, BatchState } from '../domain/batch-states.js';
import { systemActor } from '../domain/roles.js';
import type { EngineClient } from '../engine/client.js';
import { messages } from '../process/contract/index.js';
import { lockBatch, notifyRequestsEnded, notifyReviewed, notifyRoundEnded } from '../batch-rows/index.js';
import type { BatchHead } from '../batch-rows/batch-types.js';

/** A batch order younger than this may still be on its way into the engine (seconds). */
const settleSeconds = 60;

/** What a process waits for, and the states of a batch order in which the message must have been sent. */
const awaited = [
  { kind: 'issue', message: messages.batchRoundEnded, states: ['reviewing', 'completed'] },
  { kind: 'issue', message: messages.batchReviewed, states: ['ordering', 'completed'] },
  { kind: 'request', message: messages.requestsEnded, states: ['completed'] },
] as const satisfies readonly {
  readonly kind: BatchKind;
  readonly message: string;
  readonly states: readonly BatchState[];
}[];

type Waited = (typeof awaited)[number];

/**
 * Sends processes again the messages that they still wait for although their event has happened, because the first one was lost: an engine that was
 * set back, or a command that was given up. Without it nobody would get the task to review, or a batch order would never end.
 * @param settle seconds that a batch order must be old
 * @returns ids of the batch orders whose process was notified
 */
export async function notifyAgain(
  db: Knex,
  engine: EngineClient,
  user: string,
  settle = settleSeconds,
): Promise<string[]> {
  const again: string[] = [];
  for (const waited of awaited) {
    const heads = await lost(db, await waitingFor(engine, user, waited.message), waited, settle);
    if (heads.length === 0) continue;
    // Asked again: a message sent between the two looks is not lost. Sent twice, it could end a later round.
    const still = new Set(await waitingFor(engine, user, waited.message));
    for (const head of heads)
      if (still.has(head.processInstanceId ?? head.id) && (await sendAgain(db, head, waited))) again.push(head.id);
  }
  return again;
}

/** Instances that wait for a message: of each its id and its business key, by either of which a batch order finds it. */
async function waitingFor(engine: EngineClient, user: string, message: string): Promise<string[]> {
  const executions = await engine.call<{ processInstanceId: string }[]>({
    user,
    path: '/execution',
    query: { messageEventSubscriptionName: message },
  });
  if (executions.length === 0) return [];
  const processInstanceIds = [...new Set(executions.map(({ processInstanceId }) => processInstanceId))];
  const instances = await engine.call<{ id: string; businessKey: string | null }[]>({
    user,
    method: 'POST',
    path: '/process-instance',
    body: { processInstanceIds },
  });
  return instances.flatMap(({ id, businessKey }) => (businessKey === null ? [id] : [id, businessKey]));
}

async function lost(
  db: Knex,
  names: readonly string[],
  { kind, states }: Waited,
  settle: number,
): Promise<BatchHead[]> {
  if (names.length === 0) return [];
  return db('batch_order as b')
    .where({ 'b.kind': kind })
    .whereIn('b.state', [...states])
    .whereRaw('coalesce(b.process_instance_id, cast(b.id as text)) = any(?)', [[...names]])
    .whereRaw('b.round_began_at < now() - make_interval(secs => ?)', [settle])
    .whereNotExists(db('engine_command as c').whereRaw('c.batch_id = b.id').where({ 'c.state': 'pending' }))
    .select<BatchHead[]>({
      id: 'b.id',
      state: 'b.state',
      round: 'b.round',
      processInstanceId: 'b.process_instance_id',
    });
}

async function sendAgain(
  db: Knex,
  { id, state, round, processInstanceId }: BatchHead,
  { message }: Waited,
): Promise<boolean> {
  return db.transaction(async (trx) => {
    const head = await lockBatch(trx, id);
    if (head.state !== state || head.round !== round || head.processInstanceId !== processInstanceId) return false;
    if (message === messages.requestsEnded) await notifyRequestsEnded(trx, head);
    else if (message === messages.batchRoundEnded) await notifyRoundEnded(trx, id);
    else await notifyReviewed(trx, head, state === 'ordering' ? 'ordering' : 'completed');
    await appendAudit(trx, [
      {
        actor: systemActor,
        action: 'process-told-again',
        objectType: 'batch-order',
        objectId: id,
        details: { message, round },
      },
    ]);
    return true;
  });
}
