import type { Knex, Transaction } from '../../kernel/db/database.js';
import type { DeploymentOrigin } from './deployment-types.js';

/** A deployed version as the gate compares it. */
export interface StoredVersion {
  readonly definitionId: string;
  readonly processKey: string;
  readonly version: number;
  readonly name: string;
  readonly useCase: string | null;
  readonly variant: string | null;
  readonly sourceHash: string;
  readonly deployedBy: string;
  readonly shipped: boolean;
  /** Whether an administrator has chosen this process for a use case or a card type, in any version. */
  readonly chosen: boolean;
}

const columns = `
  v.definition_id as "definitionId", v.process_key as "processKey", v.version, v.name, v.use_case as "useCase", v.variant,
  v.source_hash as "sourceHash", v.deployed_by as "deployedBy", v.shipped,
  exists (select from variant_choice c join process_version p on p.definition_id = c.definition_id
    where p.process_key = v.process_key) as chosen`;

/** The newest version of each process. */
export async function readNewest(db: Knex): Promise<StoredVersion[]> {
  const result = await db.raw<{ rows: StoredVersion[] }>(
    `select distinct on (v.process_key) ${columns} from process_version v order by v.process_key, v.version desc`,
  );
  return result.rows;
}

/** The version of each process that new starts come to: the released one of a chosen variant, else the newest. */
export async function readCounting(db: Knex): Promise<StoredVersion[]> {
  const result = await db.raw<{ rows: StoredVersion[] }>(`
    select distinct on (v.process_key) ${columns} from process_version v
      left join variant_choice c on c.definition_id = v.definition_id
      order by v.process_key, c.id is null, c.card_type nulls first, v.version desc`);
  return result.rows;
}

/** Ids of all definitions that are on record. */
export async function readKnownDefinitions(db: Knex): Promise<ReadonlySet<string>> {
  return new Set(await db('process_version').pluck<string[]>('definition_id'));
}

/** Ids of the engine's deployments that are on record. */
export async function readKnownDeployments(db: Knex): Promise<ReadonlySet<string>> {
  return new Set(await db('deployment').pluck<string[]>('id'));
}

/** Puts an engine deployment on record; one that is known keeps its row. */
export async function recordDeployment(
  trx: Transaction,
  deployment: { readonly id: string; readonly author: string; readonly origin: DeploymentOrigin },
): Promise<void> {
  await trx('deployment').insert(deployment).onConflict('id').ignore();
}

/** Marks a version as the product's own: upgrades may follow it. */
export async function markShipped(db: Knex, definitionId: string): Promise<void> {
  await db('process_version').where({ definition_id: definitionId, shipped: false }).update({ shipped: true });
}
