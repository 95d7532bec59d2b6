import { appendAudit } from '../../records/index.js';
import type { Transaction } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { canBegin, followersOf, useCaseIds, useCases, type UseCaseId } from '../../process/contract/index.js';
import {
  findVariant,
  readChanges,
  readUseCases,
  readVariants,
  writeUseCase,
  type ProcessVersion,
  type UseCaseRow,
  type UseCaseState,
} from './use-case-store.js';

/** Who changes a use case and why; `assertRevision` refuses by throwing when the caller saw another revision. */
export interface ChangeBy {
  readonly actor: string;
  readonly reason?: string | null;
  readonly assertRevision?: (revision: number) => void;
}

export interface UseCaseChange {
  readonly enabled: boolean;
  readonly variant?: string | undefined;
  readonly version?: number | undefined;
}

/**
 * Sets whether a use case is enabled and which variant it runs by. Enabling without a variant keeps the one chosen
 * before; naming the chosen variant without a version keeps its version, so that nothing is released by accident.
 * @throws ProductError `not-found`, `use-case-follows`, `stale`, `variant-unknown` or `last-use-case`
 */
export async function changeUseCase(trx: Transaction, id: string, change: UseCaseChange, by: ChangeBy): Promise<void> {
  await apply(trx, id, by, async (row) => ({
    ...row,
    enabled: change.enabled,
    choice: await chooseVersion(trx, row, change),
  }));
}

/**
 * Gives a card type a variant of its own, or takes it back (`null`): then it follows the use case again.
 * @throws ProductError `not-found`, `stale`, `variant-unknown` or `card-type-unknown`
 */
export async function chooseForCardType(
  trx: Transaction,
  id: string,
  cardType: string,
  wanted: { readonly variant: string; readonly version?: number | undefined } | null,
  by: ChangeBy,
): Promise<void> {
  const known = await trx('card_type').orderBy('position').pluck<string[]>('id');
  if (!known.includes(cardType)) {
    throw new ProductError('card-type-unknown', `There is no card type "${cardType}". There are: ${known.join(', ')}.`);
  }
  await apply(trx, id, by, async (row) => {
    const cardTypes = new Map(row.cardTypes);
    if (wanted === null) cardTypes.delete(cardType);
    else cardTypes.set(cardType, await versionFor(trx, row, wanted, row.cardTypes.get(cardType) ?? null));
    return { ...row, cardTypes };
  });
}

/**
 * Releases a version of a variant wherever the variant is in use, for everyone and for card types. An older version goes
 * back to it.
 * @throws ProductError `not-found`, `stale` or `variant-unknown`
 */
export async function releaseVersion(
  trx: Transaction,
  id: string,
  { variant, version }: { readonly variant: string; readonly version: number },
  by: ChangeBy,
): Promise<void> {
  await apply(trx, id, by, async (row) => {
    const wanted = await versionFor(trx, row, { variant, version }, null);
    const uses = (choice: ProcessVersion | null): boolean => choice?.variant === variant;
    if (!uses(row.choice) && ![...row.cardTypes.values()].some(uses)) {
      throw new ProductError(
        'variant-unknown',
        `The variant ${variant} is not in use. Choose it: npm run cards -- use-case enable ${id} --variant ${variant}`,
      );
    }
    return {
      ...row,
      choice: uses(row.choice) ? wanted : row.choice,
      cardTypes: new Map([...row.cardTypes].map(([cardType, choice]) => [cardType, uses(choice) ? wanted : choice])),
    };
  });
}

/**
 * Takes back the last change of a use case: it is again what it was before. Taken back twice, it is as it was.
 * @throws ProductError `not-found`, `stale`, `last-use-case`, or `nothing-to-undo` while it was never changed
 */
export async function undoUseCase(trx: Transaction, id: string, by: ChangeBy): Promise<void> {
  await apply(trx, id, by, async (row) => {
    const [, before] = await readChanges(trx, row.id, 2);
    if (before === undefined) throw new ProductError('nothing-to-undo', `${useCases[row.id].name} was never changed.`);
    // Once a variant was chosen there is always one: what is registered by it has to be recorded with it.
    return { enabled: before.enabled, choice: before.choice ?? row.choice, cardTypes: before.cardTypes };
  });
}

async function apply(
  trx: Transaction,
  id: string,
  { actor, reason = null, assertRevision }: ChangeBy,
  next: (row: UseCaseRow) => Promise<UseCaseState>,
): Promise<void> {
  const rows = await readUseCases(trx, true);
  const row = rows.find((each) => each.id === id);
  if (row === undefined) throw unknownUseCase(id);
  refuseFollower(row.id);
  assertRevision?.(row.revision);
  const state = await next(row);
  if (
    canBegin(rows) &&
    !canBegin(rows.map((each) => (each.id === row.id ? { id: each.id, enabled: state.enabled } : each)))
  ) {
    const names = useCaseIds.filter((each) => useCases[each].begins).map((each) => useCases[each].name);
    throw new ProductError('last-use-case', `${names.join(' or ')} must stay enabled. Enable the other one first.`);
  }
  const [from, to] = [recordedState(row), recordedState(state)];
  if (JSON.stringify(from) === JSON.stringify(to)) return;
  await write(trx, row, state, { actor, reason });
  for (const follower of rows.filter(
    (each) => followersOf(row.id).includes(each.id) && each.enabled !== state.enabled,
  )) {
    await write(trx, follower, { ...follower, enabled: state.enabled }, { actor, reason });
  }
}

async function write(
  trx: Transaction,
  row: UseCaseRow,
  state: UseCaseState,
  { actor, reason }: { readonly actor: string; readonly reason: string | null },
): Promise<void> {
  const [from, to] = [recordedState(row), recordedState(state)];
  await writeUseCase(trx, row.id, state, { actor, reason });
  await appendAudit(trx, [
    {
      actor,
      action: 'use-case-changed',
      objectType: 'use-case',
      objectId: row.id,
      fromState: from.state,
      toState: to.state,
      processKey: state.choice?.processKey ?? null,
      processVersion: state.choice?.version ?? null,
      details: { from, to, ...(reason === null ? {} : { reason }) },
    },
  ]);
}

/** @throws ProductError `use-case-follows` for a use case that is as another one is */
function refuseFollower(id: UseCaseId): void {
  const { follows, name } = useCases[id];
  if (follows === null) return;
  throw new ProductError(
    'use-case-follows',
    `${name} goes by ${useCases[follows].name}: enable, disable or change that one, and it follows.`,
  );
}

/** A state in the words of the log: what is compared, and what is recorded. */
function recordedState({ enabled, choice, cardTypes }: UseCaseState) {
  const recorded = (version: ProcessVersion) => ({ variant: version.variant, version: version.version });
  return {
    state: enabled ? 'enabled' : 'disabled',
    choice: choice === null ? null : recorded(choice),
    cardTypes: Object.fromEntries([...cardTypes].sort().map(([cardType, version]) => [cardType, recorded(version)])),
  };
}

async function chooseVersion(trx: Transaction, row: UseCaseRow, change: UseCaseChange): Promise<ProcessVersion | null> {
  if (useCases[row.id].variantFollows) {
    if (change.variant === undefined) return null;
    throw new ProductError(
      'invalid-request',
      `Nobody chooses how ${useCases[row.id].name} is done: enable it without a variant.`,
    );
  }
  const variant = change.variant ?? row.choice?.variant ?? null;
  if (variant !== null) return versionFor(trx, row, { ...change, variant }, row.choice);
  if (!change.enabled) return null;
  throw await unknownVariant(trx, row.id, `Choose a variant of ${useCases[row.id].name}.`);
}

async function versionFor(
  trx: Transaction,
  row: UseCaseRow,
  { variant, version }: { readonly variant: string; readonly version?: number | undefined },
  kept: ProcessVersion | null,
): Promise<ProcessVersion> {
  if (kept?.variant === variant && version === undefined) return kept;
  const found = await findVariant(trx, row.id, variant, version);
  if (found !== null) return found;
  const what = version === undefined ? `variant ${variant}` : `version ${version} of variant ${variant}`;
  throw await unknownVariant(trx, row.id, `${useCases[row.id].name} has no ${what}.`);
}

async function unknownVariant(trx: Transaction, id: UseCaseId, sentence: string): Promise<ProductError> {
  const variants = (await readVariants(trx, id)).map((each) => each.variant ?? '');
  const first: string | null = useCases[id].firstVariant;
  variants.sort((a, b) => Number(b === first) - Number(a === first));
  return new ProductError('variant-unknown', `${sentence} There are: ${variants.join(', ')}.`, { variants });
}

/** The refusal of a use case that the contract does not know. */
export function unknownUseCase(id: string): ProductError {
  return new ProductError('not-found', `There is no use case ${id}. There are: ${useCaseIds.join(', ')}.`);
}
