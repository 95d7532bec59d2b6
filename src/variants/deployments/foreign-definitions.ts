import { technicalAccounts } from '../../domain/roles.js';
import { isEngineError, type EngineClient } from '../../engine/client.js';
import type { DeployedFiles } from '../../engine/deployed-files.js';
import { listDecisions, listDefinitions, type DeployedDefinition } from '../../engine/deployment.js';
import { findSurplus, takeBack } from '../../engine/deployed-readings.js';
import { exclusively, type Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/log.js';
import { appendAudit } from '../../records/index.js';
import { recordDefinition } from './adopt-definitions.js';
import type { DeploymentService } from './deployment-service.js';
import { readKnownDefinitions, readKnownDeployments } from './deployment-store.js';
import { modelsRefused } from './findings-text.js';

interface ForeignDeps {
  readonly db: Knex;
  readonly engine: EngineClient;
  /** Account that the engine knows the server by. */
  readonly system: string;
  readonly files: DeployedFiles;
  readonly deployments: DeploymentService;
  readonly log: Logger;
}

/** A process, or a decision table whose key stands as `processKey`. */
export interface ForeignDefinition extends DeployedDefinition {
  readonly kind: 'process' | 'decision';
}

/**
 * Definitions that the engine would run and that never passed the gate: somebody reached the engine by another way, or a
 * file held more than was judged. An administrator removes them, or adopts those that the rules take.
 */
export class ForeignDefinitions {
  private found: readonly ForeignDefinition[] = [];

  constructor(private readonly deps: ForeignDeps) {}

  /** What the last look has found, for health; see `look`. */
  get last(): readonly ForeignDefinition[] {
    return this.found;
  }

  /**
   * Processes of the engine that are not on record, and decision tables of deployments that are not.
   * @throws ProductError `engine-unavailable`
   */
  async list(): Promise<ForeignDefinition[]> {
    const { db, engine, system } = this.deps;
    const [processes, decisions] = await Promise.all([listDefinitions(engine, system), listDecisions(engine, system)]);
    const [known, deployments] = await Promise.all([readKnownDefinitions(db), readKnownDeployments(db)]);
    return [
      ...processes.flatMap((each) => (known.has(each.definitionId) ? [] : [{ ...each, kind: 'process' as const }])),
      ...decisions.flatMap((each) =>
        deployments.has(each.deploymentId) ? [] : [{ ...each, kind: 'decision' as const }],
      ),
    ];
  }

  /**
   * Looks for them, with an audit row for each that is new. What a start or a lost answer has left is put on record before
   * (`adoptDefinitions`).
   * @returns those that are new
   */
  async look(): Promise<readonly ForeignDefinition[]> {
    const { db, log } = this.deps;
    if ((await this.list()).length === 0) {
      this.found = [];
      return [];
    }
    // A deployment that is under way is on record when its lock is free again.
    return exclusively(db, 'deployment', async () => {
      this.found = await this.list();
      const recorded = await db('audit').where({ action: 'foreign-definition-found' }).pluck<string[]>('object_id');
      const fresh = this.found.filter(({ definitionId }) => !recorded.includes(definitionId));
      if (fresh.length === 0) return [];
      await db.transaction((trx) =>
        appendAudit(
          trx,
          fresh.map((definition) => rowOf('foreign-definition-found', technicalAccounts.server, definition)),
        ),
      );
      log.error({ definitions: fresh }, 'the process engine holds definitions that never passed the gate');
      return fresh;
    });
  }

  /**
   * Removes a foreign definition from the engine, with its running instances; a decision table with its whole deployment, none of which
   * has passed the gate.
   * @throws ProductError `not-found` for one that is none, `engine-unavailable`
   */
  async remove(definitionId: string, actor: string): Promise<void> {
    const { db, engine, system } = this.deps;
    await exclusively(db, 'deployment', async () => {
      const definition = await this.find(definitionId);
      const all = await listDefinitions(engine, system);
      const alone = all.filter(({ deploymentId }) => deploymentId === definition.deploymentId).length === 1;
      if (alone || definition.kind === 'decision') await takeBack(engine, system, definition.deploymentId);
      else {
        const path = `/process-definition/${encodeURIComponent(definitionId)}`;
        await engine.call({
          user: system,
          method: 'DELETE',
          path,
          query: { cascade: true, skipCustomListeners: true },
        });
      }
      await db.transaction((trx) => appendAudit(trx, [rowOf('foreign-definition-removed', actor, definition)]));
      this.found = await this.list();
    });
  }

  /**
   * Puts a foreign definition on record as a version like any other, if the gate would have taken it.
   * @throws ProductError `models-refused` with `findings`, `not-found`, `engine-unavailable`
   */
  async adopt(definitionId: string, actor: string): Promise<void> {
    const { db, engine, system, files, deployments } = this.deps;
    await exclusively(db, 'deployment', async () => {
      const definition = await this.find(definitionId);
      if (definition.kind === 'decision') throw modelsRefused([decisionAlone(definition)]);
      const unit = await deployments.judge(await files.get(definitionId));
      const surplus = await findSurplus(
        engine,
        system,
        definition.deploymentId,
        new Map(unit.map(({ diagram, reading }) => [diagram.processKey, reading])),
      );
      if (surplus.length > 0) throw modelsRefused(surplus.map((finding) => ({ file: finding.element, ...finding })));
      const judged = unit.find(({ diagram }) => diagram.processKey === definition.processKey);
      if (judged === undefined)
        throw new ProductError('not-found', `The deployment holds no ${definition.processKey}.`);
      await recordDefinition(db, definition, judged, { origin: 'api', author: actor });
      this.found = this.found.filter((each) => each.definitionId !== definitionId);
    });
  }

  private async find(definitionId: string): Promise<ForeignDefinition> {
    try {
      const found = (await this.list()).find((each) => each.definitionId === definitionId);
      if (found !== undefined) return found;
    } catch (raw) {
      if (!isEngineError(raw, 404)) throw raw;
    }
    throw new ProductError('not-found', `There is no foreign definition ${definitionId}.`);
  }
}

function decisionAlone({ processKey }: ForeignDefinition) {
  const message =
    'A decision table is judged with the diagram that asks it: deploy both through the gate, and remove this one.';
  return { file: processKey, rule: 'one-reading', element: processKey, message };
}

function rowOf(action: string, actor: string, definition: ForeignDefinition) {
  const { definitionId, processKey, version } = definition;
  return {
    actor,
    action,
    objectType: 'process' as const,
    objectId: definitionId,
    processKey,
    processVersion: version,
    details: { ...definition },
  };
}
