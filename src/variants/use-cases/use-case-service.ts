import type { Knex } from '../../kernel/db/database.js';
import { useCases, type UseCaseId } from '../../process/contract/index.js';
import { unknownUseCase } from './use-case-changes.js';
import {
  readChanges,
  readUseCases,
  readVariants,
  type ProcessVersion,
  type UseCaseRow,
  type UseCaseState,
} from './use-case-store.js';

/** A chosen variant in its released version. */
export interface ChoiceView {
  readonly variant: string;
  readonly version: number;
}

/** A use case as administrators see it. */
export interface UseCaseView {
  readonly id: UseCaseId;
  readonly name: string;
  readonly enabled: boolean;
  /** Chosen variant and version; null until one was chosen. */
  readonly variant: string | null;
  readonly version: number | null;
  /** Card types with a variant of their own; the others follow the above. */
  readonly cardTypes: Readonly<Record<string, ChoiceView>>;
  readonly revision: number;
  readonly variants: readonly {
    readonly id: string;
    readonly processDefinitionKey: string;
    readonly name: string;
    readonly version: number;
  }[];
}

/** One state that a use case was in, and who brought it about. */
export interface UseCaseChangeView {
  readonly revision: number;
  readonly at: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly enabled: boolean;
  readonly choice: ChoiceView | null;
  readonly cardTypes: Readonly<Record<string, ChoiceView>>;
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
  const row = await findUseCase(db, id);
  return toView(row, await readVariants(db, row.id));
}

/** @throws ProductError `not-found` when the contract knows no such use case */
export async function findUseCase(db: Knex, id: string): Promise<UseCaseRow> {
  const row = (await readUseCases(db)).find((each) => each.id === id);
  if (row === undefined) throw unknownUseCase(id);
  return row;
}

/**
 * The states of a use case, the newest first.
 * @param before only those before this revision
 * @throws ProductError `not-found`
 */
export async function useCaseHistory(
  db: Knex,
  id: string,
  limit: number,
  before?: number,
): Promise<UseCaseChangeView[]> {
  const row = await findUseCase(db, id);
  const changes = await readChanges(db, row.id, limit, before);
  return changes.map(({ revision, at, actor, reason, ...state }) => ({
    revision,
    at: at.toISOString(),
    actor,
    reason,
    enabled: state.enabled,
    choice: choiceView(state.choice),
    cardTypes: cardTypeViews(state),
  }));
}

function toView(row: UseCaseRow, variants: readonly ProcessVersion[]): UseCaseView {
  return {
    id: row.id,
    name: useCases[row.id].name,
    enabled: row.enabled,
    variant: row.choice?.variant ?? null,
    version: row.choice?.version ?? null,
    cardTypes: cardTypeViews(row),
    revision: row.revision,
    variants: variants.map((each) => ({
      id: each.variant ?? '',
      processDefinitionKey: each.processKey,
      name: each.name,
      version: each.version,
    })),
  };
}

function choiceView(version: ProcessVersion | null): ChoiceView | null {
  return version === null ? null : { variant: version.variant ?? '', version: version.version };
}

function cardTypeViews({ cardTypes }: Pick<UseCaseState, 'cardTypes'>): Record<string, ChoiceView> {
  return Object.fromEntries(
    [...cardTypes].map(([cardType, { variant, version }]) => [cardType, { variant: variant ?? '', version }]),
  );
}
