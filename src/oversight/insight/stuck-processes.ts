import type { DeployedDiagrams } from '../../engine/diagrams.js';
import { isEngineError, type EngineClient } from '../../engine/client.js';
import { forgetStuck, type FollowedKind, type StuckProcess } from '../../engine/stuck-store.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { appendAudit } from '../../records/index.js';
import {
  decisionOnRecord,
  engineSources,
  lockRequest,
  recordDecision,
  refuseSelfApproval,
} from '../../requests/index.js';

interface StuckDeps {
  readonly db: Knex;
  readonly engine: EngineClient;
  readonly diagrams: DeployedDiagrams;
  /** Account in whose name the engine is asked. */
  readonly system: string;
}

/** Where each kind is kept; it is open until it has ended. */
const places: Readonly<Record<FollowedKind, { readonly table: string; readonly id: string }>> = {
  'card-request': { table: 'card_request', id: 'id' },
  'batch-order': { table: 'batch_order', id: 'id' },
  card: { table: 'production_order', id: 'card_id' },
};

/** What has no process and gets none by itself, and what an administrator can do about it. */
export class StuckProcesses {
  private readonly sources: ReturnType<typeof engineSources>;

  constructor(private readonly deps: StuckDeps) {
    this.sources = engineSources(deps.db, deps.engine, deps.system, deps.diagrams);
  }

  /** The newest 200 of those that are still open. */
  async list(): Promise<StuckProcess[]> {
    const { db } = this.deps;
    const isOpen = Object.entries(places).map(
      ([kind, { table, id }]) =>
        `s.kind = '${kind}' and exists (select from ${table} o where o.${id} = s.id and o.ended_at is null)`,
    );
    return db('stuck_process as s')
      .whereRaw(isOpen.join(' or '))
      .orderBy('s.found_at', 'desc')
      .limit(200)
      .select<StuckProcess[]>({
        kind: 's.kind',
        id: 's.id',
        cause: 's.cause',
        message: 's.message',
        foundAt: 's.found_at',
      });
  }

  /**
   * Lets it have another process, in which it waits where it waited before; the next sweep starts it.
   * @throws ProductError `not-found` for what is not stuck
   */
  async startAgain(kind: FollowedKind, id: string, actor: string): Promise<void> {
    await this.deps.db.transaction(async (trx) => {
      await this.release(trx, kind, id);
      const place = places[kind];
      // With its instance the diagram has ended; without one it counts as lost, and the sweep mends it.
      await trx(place.table)
        .where({ [place.id]: id })
        .whereNull('ended_at')
        .update({ process_instance_id: null });
      await appendAudit(trx, [{ actor, action: 'process-start-asked', objectType: kind, objectId: id }]);
    });
  }

  /**
   * Records the decision about a request that the engine's history holds, with its proof and in the name of who decided. The
   * administrator decides nothing, and yet may be neither requester nor card holder.
   * @throws ProductError `not-found` for a request that is not stuck, or where history holds no decision; what `recordDecision` refuses
   */
  async adoptDecision(requestId: string, actor: string): Promise<void> {
    await this.deps.db.transaction(async (trx) => {
      await this.release(trx, 'card-request', requestId);
      const request = await lockRequest(trx, { id: requestId });
      if (request === null) throw new ProductError('not-found', 'There is no such request.');
      refuseSelfApproval(actor, request);
      const decision = await this.decisionOf(requestId, request.processInstanceId);
      if (decision === null)
        throw new ProductError(
          'not-found',
          'The history of the process engine holds no decision about this request. Start its process again, or end the request.',
        );
      await recordDecision(trx, decision);
      const { user, operationId } = decision.cause === 'approver' ? decision.proof : { user: null, operationId: null };
      await appendAudit(trx, [
        {
          actor,
          action: 'decision-adopted',
          objectType: 'card-request',
          objectId: requestId,
          details: { approver: user, operationId },
        },
      ]);
    });
  }

  private async decisionOf(requestId: string, processInstanceId: string | null) {
    if (processInstanceId === null) return null;
    try {
      const processDefinitionId = await this.sources.history.definitionOf(processInstanceId);
      const diagram = await this.deps.diagrams.get(processDefinitionId);
      return await decisionOnRecord(this.sources, diagram, { requestId, processInstanceId, processDefinitionId });
    } catch (raw) {
      if (isEngineError(raw, 404)) return null;
      throw raw;
    }
  }

  private async release(trx: Transaction, kind: FollowedKind, id: string): Promise<void> {
    if (await forgetStuck(trx, kind, id)) return;
    throw new ProductError('not-found', 'This is not stuck: its process runs, or it has ended.');
  }
}
