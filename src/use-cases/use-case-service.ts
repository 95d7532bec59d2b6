import { appendAudit } from '../audit/audit-store.js';
import type { Knex, Transaction } from '../db/database.js';
import { ProductError } from '../errors.js';
import { useCaseIds, useCases, type UseCaseId } from '../process/contract/index.js';
import { findVariant, readUseCases, readVariants, writeUseCase, type ProcessVersion, type UseCaseRow } from './use-case-store.js';

/** A use case as administrators see it. */
export interface UseCaseView {
  readonly id: UseCaseId;
  readonly name: string;
  readonly enabled: boolean;
  /** Chosen variant and version; null until one was chosen. */
  readonly variant: string | null;
  readonly version: number | null;
  readonly revision: number;
  readonly variants: readonly {
    readonly id: string;
    readonly processDefinitionKey: string;
    readonly name: string;
    readonly version: number;
  }[];
}

export interface UseCaseChange {
  readonly enabled: boolean;
  readonly variant?: string | undefined;
  readonly version?: number | undefined;
}

/** What to do when nothing can be started; shown wherever an administrator looks. */
export const nothingEnabledHint =
  'At least one use case must be enabled: npm run cards -- use-case enable request-card --variant with-approval';

/** Every use case with the variants to choose from. */
export async function listUseCases(db: Knex): Promise<UseCaseView[]> {
  const rows = await readUseCases(db);
  return Promise.all(rows.map(async (row) => toView(row, await readVariants(db, row.id))));
}

/** @throws ProductError `not-found` when the contract knows no such use case */
export async function getUseCase(db: Knex, id: string): Promise<UseCaseView> {
  const row = (await readUseCases(db)).find((each) => each.id === id);
  if (row === undefined) throw unknownUseCase(id);
  return toView(row, await readVariants(db, row.id));
}

/**
 * Sets whether a use case is enabled and which variant it runs by. Enabling without a variant keeps the one chosen
 * before; naming the chosen variant without a version keeps its version, so that nothing is released by accident.
 *
 * @param assertRevision refuses the change by throwing when the caller saw another revision
 * @throws ProductError `not-found`, `stale`, `variant-unknown` or `last-use-case`
 */
export async function changeUseCase(
  trx: Transaction,
  actor: string,
  id: string,
  change: UseCaseChange,
  assertRevision: (revision: number) => void = () => undefined,
): Promise<void> {
  const rows = await readUseCases(trx, true);
  const row = rows.find((each) => each.id === id);
  if (row === undefined) throw unknownUseCase(id);
  assertRevision(row.revision);
  if (row.enabled && !change.enabled && !rows.some((other) => other.id !== row.id && other.enabled)) {
    throw new ProductError('last-use-case', 'At least one use case must stay enabled. Enable another one first.');
  }
  const chosen = await chooseVersion(trx, row, change);
  if (row.enabled === change.enabled && row.choice?.definitionId === chosen?.definitionId) return;
  await writeUseCase(trx, row.id, { enabled: change.enabled, definitionId: chosen?.definitionId ?? null, actor });
  await appendAudit(trx, [
    {
      actor,
      action: 'use-case-changed',
      objectType: 'use-case',
      objectId: row.id,
      fromState: row.enabled ? 'enabled' : 'disabled',
      toState: change.enabled ? 'enabled' : 'disabled',
      processKey: chosen?.processKey ?? null,
      processVersion: chosen?.version ?? null,
      details: {
        from: row.choice && { variant: row.choice.variant, version: row.choice.version },
        to: chosen && { variant: chosen.variant, version: chosen.version },
      },
    },
  ]);
}

async function chooseVersion(trx: Transaction, row: UseCaseRow, change: UseCaseChange): Promise<ProcessVersion | null> {
  const variant = change.variant ?? row.choice?.variant ?? null;
  if (variant === null) {
    if (!change.enabled) return null;
    throw await unknownVariant(trx, row.id, `Choose a variant of ${useCases[row.id].name}.`);
  }
  if (row.choice?.variant === variant && change.version === undefined) return row.choice;
  const found = await findVariant(trx, row.id, variant, change.version);
  if (found !== null) return found;
  const what = change.version === undefined ? `variant ${variant}` : `version ${change.version} of variant ${variant}`;
  throw await unknownVariant(trx, row.id, `${useCases[row.id].name} has no ${what}.`);
}

async function unknownVariant(trx: Transaction, id: UseCaseId, sentence: string): Promise<ProductError> {
  const variants = (await readVariants(trx, id)).map((each) => each.variant ?? '');
  const first: string = useCases[id].firstVariant;
  variants.sort((a, b) => Number(b === first) - Number(a === first));
  return new ProductError('variant-unknown', `${sentence} There are: ${variants.join(', ')}.`, { variants });
}

function unknownUseCase(id: string): ProductError {
  return new ProductError('not-found', `There is no use case ${id}. There are: ${useCaseIds.join(', ')}.`);
}

function toView(row: UseCaseRow, variants: readonly ProcessVersion[]): UseCaseView {
  return {
    id: row.id,
    name: useCases[row.id].name,
    enabled: row.enabled,
    variant: row.choice?.variant ?? null,
    version: row.choice?.version ?? null,
    revision: row.revision,
    variants: variants.map((each) => ({
      id: each.variant ?? '',
      processDefinitionKey: each.processKey,
      name: each.name,
      version: each.version,
    })),
  };
}
