import { randomUUID } from 'node:crypto';
import { appendAudit } from '../../records/index.js';
import type { Knex } from '../../kernel/db/database.js';
import { isEngineError, type EngineClient } from '../../engine/client.js';
import type { DeployedFiles } from '../../engine/deployed-files.js';
import { batchProgress, instancesOf, startMigration } from '../../engine/migration.js';
import { runningInstances, runningSteps } from '../../engine/running.js';
import { ProductError } from '../../kernel/errors.js';
import type { ModelFile } from '../../process/model-checks/index.js';
import { readDiagram } from '../../process/diagram.js';
import { readSteps, type DiagramStep } from '../../process/diagram-steps.js';
import { diffDiagrams, type DiagramDiff } from './diagram-diff.js';
import { planMigration, type MigrationPlan, type PlannedVersion } from './migration-plan.js';
import { endMigration, readMigrations, readVersions, type MigrationRow, type VersionRow } from './process-store.js';

export interface ProcessDeps {
  readonly db: Knex;
  readonly engine: EngineClient;
  /** Account that the engine knows the server by. */
  readonly system: string;
  readonly files: DeployedFiles;
}

/** A version with what runs in it. */
export interface VersionView extends VersionRow {
  readonly instances: number;
}

/** A process with its newest version and all that runs. */
export interface ProcessView {
  readonly newest: VersionView;
  /** Versions that somebody has chosen, or the newest where the process is no variant. */
  readonly inUse: readonly number[];
  readonly instances: number;
}

export interface MigrationView extends MigrationRow {
  readonly state: 'running' | 'done';
  /** Instances that have not moved yet; some of them may have failed. */
  readonly remaining: number;
  readonly failed: number;
}

/** A step where instances are. */
export interface OccupiedStep {
  readonly id: string;
  readonly name: string;
  readonly instances: number;
}

/** What is deployed, what runs in it, and how to bring running instances into another version. */
export class ProcessService {
  constructor(private readonly deps: ProcessDeps) {}

  /** Every process. @throws ProductError `engine-unavailable` */
  async list(): Promise<ProcessView[]> {
    const all = await this.withInstances(null);
    return [...new Set(all.map(({ processKey }) => processKey))].flatMap((key) => {
      const versions = all.filter(({ processKey }) => processKey === key);
      const [newest] = versions;
      if (newest === undefined) return [];
      const instances = versions.reduce((sum, each) => sum + each.instances, 0);
      return [{ newest, inUse: inUse(versions), instances }];
    });
  }

  /** Versions of a process, the newest first. @throws ProductError `not-found`, `engine-unavailable` */
  async versions(processKey: string): Promise<VersionView[]> {
    const versions = await this.withInstances(processKey);
    if (versions.length === 0) throw new ProductError('not-found', `There is no process ${processKey}.`);
    return versions;
  }

  /** The diagram of a version. @throws ProductError `not-found`, `engine-unavailable` */
  async xml(processKey: string, version: number): Promise<string> {
    const [diagram] = await this.unitFiles(await this.find(processKey, version));
    return diagram.content;
  }

  /** A version's diagram, and the forms that it refers to. @throws ProductError `not-found`, `engine-unavailable` */
  async filesOf(processKey: string, version: number): Promise<readonly ModelFile[]> {
    return this.unitFiles(await this.find(processKey, version));
  }

  /**
   * What distinguishes two versions.
   * @param toKey the process that `to` is a version of, where it is another one
   * @throws ProductError `not-found`, `engine-unavailable`
   */
  async diff(processKey: string, from: number, to: number, toKey = processKey): Promise<DiagramDiff> {
    const [before, after] = await Promise.all([this.xml(processKey, from), this.xml(toKey, to)]);
    return diffDiagrams(before, after);
  }

  /** Where instances of a version are. @throws ProductError `not-found`, `engine-unavailable` */
  async occupiedStepsOf(processKey: string, version: number): Promise<OccupiedStep[]> {
    return this.occupiedSteps(await this.find(processKey, version));
  }

  /** Where instances of a version are. @throws ProductError `engine-unavailable` */
  async occupiedSteps({
    processKey,
    definitionId,
  }: {
    processKey: string;
    definitionId: string;
  }): Promise<OccupiedStep[]> {
    const [running, steps] = await Promise.all([
      runningSteps(this.deps.engine, this.deps.system, definitionId),
      this.steps({ processKey, definitionId }),
    ]);
    return running.map(({ activityId, instances }) => ({
      id: activityId,
      name: steps.get(activityId)?.name ?? activityId,
      instances,
    }));
  }

  /** The steps of a version's diagram, by id. @throws ProductError `not-found`, `engine-unavailable` */
  async steps(version: {
    readonly processKey: string;
    readonly definitionId: string;
  }): Promise<ReadonlyMap<string, DiagramStep>> {
    const [diagram] = await this.unitFiles(version);
    return readSteps(diagram.content);
  }

  /** @throws ProductError `not-found`, `engine-unavailable` */
  async plan(processKey: string, from: number, to: number): Promise<MigrationPlan> {
    return (await this.planned(processKey, from, to)).plan;
  }

  /**
   * Brings all running instances of a version into another, in the background.
   * @throws ProductError `migration-refused` where an instance could not follow or none runs; `not-found`
   */
  async migrate(
    processKey: string,
    from: number,
    to: number,
    by: { actor: string; reason: string | null },
  ): Promise<MigrationView> {
    const { plan, instructions } = await this.planned(processKey, from, to);
    if (from === to) throw new ProductError('migration-refused', 'Both versions are the same.');
    if (plan.instances === 0)
      throw new ProductError('migration-refused', `No instance runs in version ${from} of ${processKey}.`);
    if (!plan.possible) {
      throw new ProductError('migration-refused', `The instances cannot follow: ${plan.problems.join(' ')}`, {
        problems: plan.problems,
      });
    }
    const { db, engine, system } = this.deps;
    const batchId = await startMigration(engine, system, instructions);
    const id = randomUUID();
    await db.transaction(async (trx) => {
      await trx('process_migration').insert({
        id,
        batch_id: batchId,
        from_definition: instructions.sourceProcessDefinitionId,
        to_definition: instructions.targetProcessDefinitionId,
        instances: plan.instances,
        actor: by.actor,
        reason: by.reason,
      });
      await appendAudit(trx, [
        {
          actor: by.actor,
          action: 'process-migrated',
          objectType: 'process',
          objectId: processKey,
          fromState: `version ${from}`,
          toState: `version ${to}`,
          processKey,
          processVersion: to,
          details: {
            migration: id,
            batchId,
            instances: plan.instances,
            ...(by.reason === null ? {} : { reason: by.reason }),
          },
        },
      ]);
    });
    return this.migration(processKey, id);
  }

  /** Migrations of a process, the newest first. @throws ProductError `engine-unavailable` */
  async migrations(processKey: string): Promise<MigrationView[]> {
    await this.settleMigrations();
    return Promise.all((await readMigrations(this.deps.db, { processKey })).map((row) => this.progressOf(row)));
  }

  /** @throws ProductError `not-found`, `engine-unavailable` */
  async migration(processKey: string, id: string): Promise<MigrationView> {
    await this.settleMigrations();
    const [row] = await readMigrations(this.deps.db, { processKey, id });
    if (row === undefined) throw new ProductError('not-found', 'There is no such migration.');
    return this.progressOf(row);
  }

  /** Puts the end of migrations on record; called when somebody looks, and from time to time. */
  async settleMigrations(): Promise<void> {
    const { db, engine, system } = this.deps;
    for (const row of await readMigrations(db, { running: true })) {
      const progress = await batchProgress(engine, system, row.batchId);
      // The engine itself looks only every half minute whether a batch has nothing left to do.
      if (progress !== null && progress.remaining > 0) continue;
      const moved = await instancesOf(engine, system, row.toDefinition);
      await db.transaction((trx) => endMigration(trx, row, moved));
    }
  }

  private async progressOf(row: MigrationRow): Promise<MigrationView> {
    const progress = row.endedAt === null ? await batchProgress(this.deps.engine, this.deps.system, row.batchId) : null;
    const state = row.endedAt === null ? 'running' : 'done';
    return { ...row, state, remaining: progress?.remaining ?? 0, failed: progress?.failed ?? 0 };
  }

  private async planned(processKey: string, from: number, to: number) {
    const [source, target] = await Promise.all([
      this.plannedVersion(processKey, from),
      this.plannedVersion(processKey, to),
    ]);
    return planMigration(this.deps.engine, this.deps.system, source, target);
  }

  private async plannedVersion(processKey: string, version: number): Promise<PlannedVersion> {
    const { definitionId } = await this.find(processKey, version);
    return { definitionId, version, steps: await this.steps({ processKey, definitionId }) };
  }

  private async find(processKey: string, version: number): Promise<VersionRow> {
    const versions = await readVersions(this.deps.db, processKey);
    const found = versions.find((each) => each.version === version);
    if (found !== undefined) return found;
    const known = versions.map((each) => each.version).reverse();
    const sentence =
      known.length === 0
        ? `There is no process ${processKey}.`
        : `${processKey} has no version ${version}. There are: ${known.join(', ')}.`;
    throw new ProductError('not-found', sentence);
  }

  private async unitFiles({
    processKey,
    definitionId,
  }: {
    processKey: string;
    definitionId: string;
  }): Promise<[ModelFile, ...ModelFile[]]> {
    const files = await this.deps.files.get(definitionId).catch((raw: unknown) => {
      if (!isEngineError(raw, 404)) throw raw;
      throw new ProductError(
        'not-found',
        'The process engine does not have this version any more.',
        {},
        { cause: raw },
      );
    });
    const diagram = files.find(({ name }) => name === `${processKey}.bpmn`);
    if (diagram === undefined)
      throw new ProductError('not-found', `The version of ${processKey} has no diagram of its own name.`);
    const { formRefs } = await readDiagram(diagram.content);
    return [diagram, ...formRefs.flatMap((ref) => files.find(({ name }) => name === `${ref}.form`) ?? [])];
  }

  private async withInstances(processKey: string | null): Promise<VersionView[]> {
    const [rows, running] = await Promise.all([
      readVersions(this.deps.db, processKey),
      runningInstances(this.deps.engine, this.deps.system),
    ]);
    return rows.map((row) => ({ ...row, instances: running.get(row.definitionId) ?? 0 }));
  }
}

function inUse(versions: readonly VersionView[]): number[] {
  const [newest] = versions;
  if (newest !== undefined && newest.variant === null) return [newest.version];
  return versions.filter((each) => each.chosenForAll || each.chosenForTypes.length > 0).map(({ version }) => version);
}
