import { randomUUID } from 'node:crypto';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import { useCaseIds, useCases, type UseCaseId } from '../../process/contract/index.js';

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
  /** Variants of their own, by card type. */
  readonly cardTypes: ReadonlyMap<string, ProcessVersion>;
}

/** What a use case is to be. */
export interface UseCaseState {
  readonly enabled: boolean;
  readonly choice: ProcessVersion | null;
  readonly cardTypes: ReadonlyMap<string, ProcessVersion>;
}

/** A state that a use case was in, and who brought it about. */
export interface UseCaseChangeRow extends UseCaseState {
  readonly revision: number;
  readonly actor: string;
  readonly reason: string | null;
  readonly at: Date;
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

/** Makes sure that every use case of the contract has its row, as a fresh installation has it. */
export async function ensureUseCases(db: Knex): Promise<void> {
  await db('use_case')
    .insert(useCaseIds.map((id) => ({ id, enabled: useCases[id].enabledAtFirst })))
    .onConflict('id')
    .ignore();
  // One that has come with a newer version begins as the one that it follows is.
  for (const id of useCaseIds) {
    const { follows } = useCases[id];
    if (follows !== null)
      await db.raw(
        'update use_case u set enabled = l.enabled from use_case l where u.id = :id and l.id = :follows and u.enabled <> l.enabled',
        { id, follows },
      );
  }
  await db.raw(`insert into use_case_change (use_case, revision, actor, enabled)
    select id, revision, changed_by, enabled from use_case u
    where not exists (select from use_case_change c where c.use_case = u.id) on conflict do nothing`);
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

/** Use cases in the order of the contract, with their choices; `lock` keeps them from changing until the transaction ends. */
export async function readUseCases(db: Knex, lock = false): Promise<UseCaseRow[]> {
  const query = db('use_case')
    .orderBy('id')
    .select<{ id: string; enabled: boolean; revision: number }[]>('id', 'enabled', 'revision');
  const rows = await (lock ? query.forUpdate() : query);
  const choices = await db('variant_choice as c')
    .join('process_version as v', 'v.definition_id', 'c.definition_id')
    .orderBy('c.card_type')
    .select<(ProcessVersion & { chosenFor: string; cardType: string | null })[]>({
      ...versionColumns,
      chosenFor: 'c.use_case',
      cardType: 'c.card_type',
    });
  return rows
    .filter((row): row is typeof row & { id: UseCaseId } => (useCaseIds as string[]).includes(row.id))
    .sort((one, other) => useCaseIds.indexOf(one.id) - useCaseIds.indexOf(other.id))
    .map((row) => {
      const own = choices
        .filter(({ chosenFor }) => chosenFor === row.id)
        .map(({ chosenFor: _, cardType, ...version }) => ({ cardType, version }));
      const forTypes = own.flatMap(({ cardType, version }) =>
        cardType === null ? [] : [[cardType, version] as const],
      );
      return {
        ...row,
        choice: own.find(({ cardType }) => cardType === null)?.version ?? null,
        cardTypes: new Map(forTypes),
      };
    });
}

/** The newest version of each variant of a use case, in the order of their names. */
export async function readVariants(db: Knex, useCase: UseCaseId): Promise<ProcessVersion[]> {
  return db('process_version as v')
    .distinctOn('v.variant')
    .where('v.use_case', useCase)
    .orderBy([
      { column: 'v.variant' },
      { column: 'v.deployed_at', order: 'desc' },
      { column: 'v.version', order: 'desc' },
    ])
    .select<ProcessVersion[]>(versionColumns);
}

/** One version of a variant, the newest when `version` is not given. */
export async function findVariant(
  db: Knex,
  useCase: UseCaseId,
  variant: string,
  version?: number,
): Promise<ProcessVersion | null> {
  const query = db('process_version as v')
    .where({ 'v.use_case': useCase, 'v.variant': variant })
    .orderBy([
      { column: 'v.deployed_at', order: 'desc' },
      { column: 'v.version', order: 'desc' },
    ]);
  if (version !== undefined) query.where('v.version', version);
  return (await query.first<ProcessVersion | undefined>(versionColumns)) ?? null;
}

/** Every state that a use case was in, the newest first. */
export async function readChanges(
  db: Knex,
  id: UseCaseId,
  limit: number,
  before?: number,
): Promise<UseCaseChangeRow[]> {
  const query = db('use_case_change')
    .where('use_case', id)
    .orderBy('revision', 'desc')
    .limit(limit)
    .select<StoredChange[]>({
      revision: 'revision',
      actor: 'actor',
      reason: 'reason',
      at: 'changed_at',
      enabled: 'enabled',
      definitionId: 'definition_id',
      cardTypes: 'card_types',
    });
  if (before !== undefined) query.where('revision', '<', before);
  const rows = await query;
  const ids = rows.flatMap(({ definitionId, cardTypes }) => [
    ...(definitionId === null ? [] : [definitionId]),
    ...Object.values(cardTypes),
  ]);
  const versions = await db('process_version as v')
    .whereIn('v.definition_id', ids)
    .select<ProcessVersion[]>(versionColumns);
  const byId = new Map(versions.map((version) => [version.definitionId, version]));
  return rows.map(({ definitionId, cardTypes, ...row }) => ({
    ...row,
    choice: byId.get(definitionId ?? '') ?? null,
    cardTypes: new Map(
      Object.entries(cardTypes).flatMap(([cardType, definition]) => {
        const version = byId.get(definition);
        return version === undefined ? [] : [[cardType, version] as const];
      }),
    ),
  }));
}

interface StoredChange {
  readonly revision: number;
  readonly actor: string;
  readonly reason: string | null;
  readonly at: Date;
  readonly enabled: boolean;
  readonly definitionId: string | null;
  readonly cardTypes: Readonly<Record<string, string>>;
}

/** Writes the desired state of one use case and remembers it; the revision goes up by one. */
export async function writeUseCase(
  trx: Transaction,
  id: UseCaseId,
  state: UseCaseState,
  { actor, reason }: { readonly actor: string; readonly reason: string | null },
): Promise<void> {
  const [row] = await trx('use_case')
    .where({ id })
    .update({ enabled: state.enabled, revision: trx.raw('revision + 1'), changed_by: actor, changed_at: trx.fn.now() })
    .returning<{ revision: number }[]>('revision');
  const choices = [
    ...(state.choice === null ? [] : [{ card_type: null, definition_id: state.choice.definitionId }]),
    ...[...state.cardTypes].map(([cardType, version]) => ({
      card_type: cardType,
      definition_id: version.definitionId,
    })),
  ];
  await trx('variant_choice').where({ use_case: id }).delete();
  if (choices.length > 0)
    await trx('variant_choice').insert(choices.map((choice) => ({ id: randomUUID(), use_case: id, ...choice })));
  await trx('use_case_change').insert({
    use_case: id,
    revision: row?.revision,
    actor,
    reason,
    enabled: state.enabled,
    definition_id: state.choice?.definitionId ?? null,
    card_types: JSON.stringify(
      Object.fromEntries([...state.cardTypes].map(([cardType, version]) => [cardType, version.definitionId])),
    ),
  });
}
