import type { Knex } from '../kernel/db/database.js';
import type { EngineClient } from '../engine/client.js';
import { systemActor, technicalAccounts } from '../domain/roles.js';
import { appendAudit } from '../records/index.js';
import { enqueueCommands } from '../engine/outbox/command-store.js';
import { reservationStart } from './request-start.js';
import { releaseFence } from './request-store.js';
import type { Logger } from '../kernel/log.js';

/** A request younger than this may still be on its way into the engine (seconds). */
const settleSeconds = 60;
/** Requests that are looked at together. */
const batchLength = 500;

interface OpenRequest {
  readonly id: string;
  readonly holder: string;
  readonly cardType: string;
  readonly processInstanceId: string | null;
  readonly variantKey: string;
  readonly variantVersion: number;
}

/**
 * Mends open requests whose process instance is gone because someone cancelled it, for example in Cockpit: each gets a
 * new instance of its own variant, and waits where it waited before. Instances that ended by themselves are left to
 * their diagram, and reported in the log once.
 * @param reported ids of the requests that the log has reported already; kept by the caller from sweep to sweep
 * @param batch how many are looked at together
 * @returns ids of the requests that were started again
 */
export async function sweepRequests(
  db: Knex,
  engine: EngineClient,
  user: string,
  log: Logger,
  reported: Set<string>,
  batch = batchLength,
): Promise<string[]> {
  const mended: string[] = [];
  let open: OpenRequest[] = [];
  do {
    open = await openRequests(db, batch, open.at(-1)?.id);
    for (const request of await withoutInstance(engine, user, open)) {
      if (request.processInstanceId !== null && (await endedByItself(engine, user, request.processInstanceId))) {
        if (!reported.has(request.id)) {
          log.error(
            { request: request.id, process: request.variantKey },
            'the diagram ended without a decision; correct it and end the request by hand',
          );
        }
        reported.add(request.id);
        continue;
      }
      if (await startAgain(db, request)) mended.push(request.id);
    }
  } while (open.length === batch);
  return mended;
}

/** @param after id of the last one before these; the oldest ones may all be well, so nobody may stop at them */
async function openRequests(db: Knex, batch: number, after: string | undefined): Promise<OpenRequest[]> {
  return (
    db('card_request as r')
      .join('process_version as v', 'v.definition_id', 'r.definition_id')
      // Those of a batch order go on in its instance.
      .whereNull('r.batch_id')
      .whereNull('r.ended_at')
      .whereRaw('coalesce(r.registered_at, r.created_at) < now() - make_interval(secs => ?)', [settleSeconds])
      .whereNotExists(
        db('engine_command as c').whereRaw('c.request_id = r.id').where({ 'c.state': 'pending', 'c.kind': 'start' }),
      )
      .where((since) => {
        if (after !== undefined) void since.where('r.id', '>', after);
      })
      .orderBy('r.id')
      .limit(batch)
      .select<OpenRequest[]>({
        id: 'r.id',
        holder: 'r.holder_id',
        cardType: 'r.card_type',
        processInstanceId: 'r.process_instance_id',
        variantKey: 'v.process_key',
        variantVersion: 'v.version',
      })
  );
}

/** Registered requests are known by their instance, reserved ones only by their business key. */
async function withoutInstance(
  engine: EngineClient,
  user: string,
  open: readonly OpenRequest[],
): Promise<OpenRequest[]> {
  const instanceIds = open.flatMap(({ processInstanceId }) => processInstanceId ?? []);
  const find = (query: object) =>
    engine.call<{ id: string; businessKey: string | null }[]>({
      user,
      method: 'POST',
      path: '/process-instance',
      body: query,
    });
  const known = instanceIds.length === 0 ? [] : await find({ processInstanceIds: instanceIds });
  const running = new Set(known.map(({ id }) => id));
  const gone: OpenRequest[] = [];
  for (const request of open) {
    if (request.processInstanceId !== null && running.has(request.processInstanceId)) continue;
    if (request.processInstanceId === null && (await find({ businessKey: request.id })).length > 0) continue;
    gone.push(request);
  }
  return gone;
}

/** True where an instance has come to an end of its diagram; one that was cancelled has not. */
export async function endedByItself(engine: EngineClient, user: string, processInstanceId: string): Promise<boolean> {
  const [instance] = await engine.call<{ state: string }[]>({
    user,
    path: '/history/process-instance',
    query: { processInstanceId },
  });
  return instance?.state === 'COMPLETED';
}

/** In our own name: the request was asked for properly, even if its use case has been disabled since. */
async function startAgain(db: Knex, request: OpenRequest): Promise<boolean> {
  return db.transaction(async (trx) => {
    if (request.processInstanceId !== null && !(await releaseFence(trx, request.id, request.processInstanceId)))
      return false;
    await enqueueCommands(trx, [
      { requestId: request.id, payload: reservationStart({ ...request, user: technicalAccounts.server }) },
    ]);
    await appendAudit(trx, [
      {
        actor: systemActor,
        action: 'process-started-again',
        objectType: 'card-request',
        objectId: request.id,
        processKey: request.variantKey,
        processVersion: request.variantVersion,
        details: { cancelledInstance: request.processInstanceId },
      },
    ]);
    return true;
  });
}
