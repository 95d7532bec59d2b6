import type { Knex } from '../kernel/db/database.js';
import { systemActor, technicalAccounts } from '../domain/roles.js';
import { enqueueCommands } from '../engine/outbox/command-store.js';
import { sweep, type Followed, type SweepDeps } from '../engine/sweep.js';
import { stuckOnes, recordStuck } from '../engine/stuck-store.js';
import { appendAudit } from '../records/index.js';
import { reservationStart } from './request-start.js';
import { releaseFence } from './request-store.js';

/** A request younger than this may still be on its way into the engine (seconds). */
const settleSeconds = 60;

interface OpenRequest extends Followed {
  readonly holder: string;
  readonly cardType: string;
  readonly variantKey: string;
  readonly variantVersion: number;
}

/**
 * Mends open requests whose process instance is gone: each gets a new instance of its own variant, and waits where it
 * waited before. One whose instance has ended by itself is stuck: another would end in the same way.
 * @returns ids of the requests that were started again
 */
export async function sweepRequests(db: Knex, deps: SweepDeps): Promise<string[]> {
  const mended = await sweep(deps, {
    name: 'requests',
    open: (after, most) => openRequests(db, most, after),
    // Where none has taken it over, only the entry process has ended, as it does.
    restartsCompleted: ({ processInstanceId }) => processInstanceId === null,
    leftBehind: async ({ id, variantKey, variantVersion }: OpenRequest) => {
      const message = `The diagram ${variantKey}, version ${variantVersion}, has ended without a decision.`;
      if (await recordStuck(db, { kind: 'card-request', id, cause: 'process-ended', message }))
        deps.log.error(
          { request: id, process: variantKey },
          'the diagram ended without a decision: an administrator decides',
        );
    },
    startAgain: (request) => startAgain(db, request),
  });
  return mended.map(({ id }) => id);
}

async function openRequests(db: Knex, most: number, after: string | undefined): Promise<OpenRequest[]> {
  return (
    db('card_request as r')
      .join('process_version as v', 'v.definition_id', 'r.definition_id')
      // Those of a batch order are carried by its instance.
      .whereNull('r.batch_id')
      .whereNull('r.ended_at')
      .whereRaw('coalesce(r.registered_at, r.created_at) < now() - make_interval(secs => ?)', [settleSeconds])
      .whereNotExists(stuckOnes(db, 'card-request', 'r.id'))
      .whereNotExists(
        db('engine_command as c').whereRaw('c.request_id = r.id').where({ 'c.state': 'pending', 'c.kind': 'start' }),
      )
      .where((since) => {
        if (after !== undefined) void since.where('r.id', '>', after);
      })
      .orderBy('r.id')
      .limit(most)
      .select<OpenRequest[]>({
        id: 'r.id',
        businessKey: 'r.id',
        holder: 'r.holder_id',
        cardType: 'r.card_type',
        processInstanceId: 'r.process_instance_id',
        variantKey: 'v.process_key',
        variantVersion: 'v.version',
      })
  );
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
