import type { Knex, Transaction } from '../../kernel/db/database.js';
import type { DeploymentOrigin } from './deployment-types.js';

/** One version of a process with its story. */
export interface VersionRow {
  readonly definitionId: string;
  readonly processKey: string;
  readonly version: number;
  readonly name: string;
  readonly useCase: string | null;
  readonly variant: string | null;
  readonly sourceHash: string;
  readonly deployedBy: string;
  readonly deployedAt: Date;
  /** Null for what was deployed before the gate kept it. */
  readonly origin: DeploymentOrigin | null;
  readonly shipped: boolean;
  /** Use cases that run by this version for everyone. */
  readonly chosenForAll: boolean;
  /** Card types that run by this version. */
  readonly chosenForTypes: readonly string[];
}

const versionSql = `
  select v.definition_id as "definitionId", v.process_key as "processKey", v.version, v.name, v.use_case as "useCase",
    v.variant, v.source_hash as "sourceHash", v.deployed_by as "deployedBy", v.deployed_at as "deployedAt",
    d.origin, v.shipped,
    exists (select from variant_choice c where c.definition_id = v.definition_id and c.card_type is null) as "chosenForAll",
    array(select c.card_type from variant_choice c
      where c.definition_id = v.definition_id and c.card_type is not null order by 1) as "chosenForTypes"
  from process_version v left join deployment d on d.id = v.deployment_id`;

/** Versions of one process, the newest first; of every process where no key is given. */
export async function readVersions(db: Knex, processKey: string | null): Promise<VersionRow[]> {
  const result = await db.raw<{ rows: VersionRow[] }>(
    `${versionSql} where cast(:processKey as text) is null or v.process_key = :processKey order by v.process_key, v.version desc`,
    { processKey },
  );
  return result.rows;
}

/** A migration of running instances, as it was started. */
export interface MigrationRow {
  readonly id: string;
  readonly batchId: string;
  readonly processKey: string;
  readonly fromDefinition: string;
  readonly toDefinition: string;
  readonly from: number;
  readonly to: number;
  readonly instances: number;
  readonly actor: string;
  readonly reason: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

/** Migrations, the newest first. */
export async function readMigrations(
  db: Knex,
  filter: { readonly processKey?: string; readonly id?: string; readonly running?: true },
): Promise<MigrationRow[]> {
  const query = db('process_migration as m')
    .join('process_version as f', 'f.definition_id', 'm.from_definition')
    .join('process_version as t', 't.definition_id', 'm.to_definition')
    .orderBy('m.started_at', 'desc')
    .select<MigrationRow[]>({
      id: 'm.id',
      batchId: 'm.batch_id',
      processKey: 'f.process_key',
      fromDefinition: 'm.from_definition',
      toDefinition: 'm.to_definition',
      from: 'f.version',
      to: 't.version',
      instances: 'm.instances',
      actor: 'm.actor',
      reason: 'm.reason',
      startedAt: 'm.started_at',
      endedAt: 'm.ended_at',
    });
  if (filter.processKey !== undefined) query.where('f.process_key', filter.processKey);
  if (filter.id !== undefined) query.where('m.id', filter.id);
  // Those that run are all wanted: each is to be ended. Of the others people see the newest.
  if (filter.running === true) return query.whereNull('m.ended_at');
  return query.limit(200);
}

/**
 * Ends a migration: open requests whose instance has moved are recorded with the version that they run in now. Their variant is
 * the same.
 * @param moved ids of the instances that run in the new version
 */
export async function endMigration(trx: Transaction, migration: MigrationRow, moved: readonly string[]): Promise<void> {
  const ended = await trx('process_migration')
    .where({ id: migration.id })
    .whereNull('ended_at')
    .update({ ended_at: trx.fn.now() });
  if (ended === 0 || moved.length === 0) return;
  await trx('card_request')
    .where('definition_id', migration.fromDefinition)
    .whereNull('ended_at')
    .whereIn('process_instance_id', [...moved])
    .update({ definition_id: migration.toDefinition });
}
