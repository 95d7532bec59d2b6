import { randomUUID } from 'node:crypto';
import type { Knex, Transaction } from '../db/database.js';
import { useCaseIds, type UseCaseId } from '../process/contract/index.js';

/** A deployed diagram. */
export interface ProcessVersion {
  readonly definitionId: string;
  readonly processKey: string;
  readonly version: number;
  readonly name: string;
  /** Null where the diagram is no variant. */
  readonly useCase: string | null;
  readonly variant: string | null;
  readonly sourceHash: string;
  readonly deployedBy: string;
}

/** A version that has just been deployed. */
export interface NewVersion extends ProcessVersion {
  readonly deploymentId?: string | null;
  /** True where the product itself brought it. */
  readonly shipped?: boolean;
}

export interface UseCaseRow {
  readonly id: UseCaseId;
  readonly enabled: boolean;
  readonly revision: number;
  /** The chosen variant where no card type says otherwise. */
  readonly choice: ProcessVersion | null;
}

const versionColumns = {
  definitionId: 'v.definition_id',
  processKey: 'v.process_key',
  version: 'v.version',
  name: 'v.name',
  useCase: 'v.use_case',
  variant: 'v.variant',
  sourceHash: 'v.source_hash',
  deployedBy: 'v.deployed_by',
} as const;

/** Makes sure that every use case of the contract has its row, disabled at first. */
export async function ensureUseCases(db: Knex): Promise<void> {
  await db('use_case').insert(useCaseIds.map((id) => ({ id }))).onConflict('id').ignore();
}

/** Records deployed diagrams; one that is known already keeps its row. */
export async function recordVersions(db: Knex, versions: readonly NewVersion[]): Promise<void> {
  if (versions.length === 0) return;
  await db('process_version')
    .insert(
      versions.map((version) => ({
        definition_id: version.definitionId,
        process_key: version.processKey,
        version: version.version,
        use_case: version.useCase,
        variant: version.variant,
        name: version.name,
        source_hash: version.sourceHash,
        deployed_by: version.deployedBy,
        deployment_id: version.deploymentId ?? null,
        shipped: version.shipped ?? false,
      })),
    )
    .onConflict('definition_id')
    .ignore();
}

/** Use cases with their choice; `lock` keeps them from changing until the transaction ends. */
export async function readUseCases(db: Knex, lock = false): Promise<UseCaseRow[]> {
  const query = db('use_case').orderBy('id').select<{ id: string; enabled: boolean; revision: number }[]>('id', 'enabled', 'revision');
  const rows = await (lock ? query.forUpdate() : query);
  const choices = await db('variant_choice as c')
    .join('process_version as v', 'v.definition_id', 'c.definition_id')
    .whereNull('c.card_type')
    .select<(ProcessVersion & { chosenFor: string })[]>({ ...versionColumns, chosenFor: 'c.use_case' });
  const byUseCase = new Map(choices.map(({ chosenFor, ...version }) => [chosenFor, version]));
  return rows
    .filter((row): row is typeof row & { id: UseCaseId } => (useCaseIds as string[]).includes(row.id))
    .map((row) => ({ ...row, choice: byUseCase.get(row.id) ?? null }));
}

/** The newest version of each variant of a use case, in the order of their names. */
export async function readVariants(db: Knex, useCase: UseCaseId): Promise<ProcessVersion[]> {
  return db('process_version as v')
    .distinctOn('v.variant')
    .where('v.use_case', useCase)
    .orderBy([{ column: 'v.variant' }, { column: 'v.deployed_at', order: 'desc' }, { column: 'v.version', order: 'desc' }])
    .select<ProcessVersion[]>(versionColumns);
}

/** One version of a variant, the newest when `version` is not told. */
export async function findVariant(db: Knex, useCase: UseCaseId, variant: string, version?: number): Promise<ProcessVersion | null> {
  const query = db('process_version as v')
    .where({ 'v.use_case': useCase, 'v.variant': variant })
    .orderBy([{ column: 'v.deployed_at', order: 'desc' }, { column: 'v.version', order: 'desc' }]);
  if (version !== undefined) query.where('v.version', version);
  return (await query.first<ProcessVersion | undefined>(versionColumns)) ?? null;
}

/** Writes the desired state of one use case; the revision goes up by one. */
export async function writeUseCase(
  trx: Transaction,
  id: UseCaseId,
  change: { enabled: boolean; definitionId: string | null; actor: string },
): Promise<void> {
  await trx('use_case')
    .where({ id })
    .update({
      enabled: change.enabled,
      revision: trx.raw('revision + 1'),
      changed_by: change.actor,
      changed_at: trx.fn.now(),
    });
  if (change.definitionId === null) return;
  await trx('variant_choice')
    .insert({ id: randomUUID(), use_case: id, card_type: null, definition_id: change.definitionId })
    .onConflict(['use_case', 'card_type'])
    .merge(['definition_id']);
}
