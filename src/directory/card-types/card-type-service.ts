import { appendAudit } from '../../records/index.js';
import type { Transaction } from '../../kernel/db/database.js';
import { ProductError, type ErrorCode } from '../../kernel/errors.js';
import { getCardType, insertCardType, lockCardType, updateCardType, type CardType } from './card-type-store.js';

/**
 * Adds a card type.
 * @throws ProductError `exists-already`, `layout-unknown`, `number-range-unknown`, `backend-unknown`
 */
export async function addCardType(trx: Transaction, actor: string, type: CardType): Promise<void> {
  await assertReferences(trx, type);
  if (!(await insertCardType(trx, type)))
    throw new ProductError('exists-already', `There is a card type "${type.id}" already.`);
  const { id, ...details } = type;
  await appendAudit(trx, [{ actor, action: 'card-type-created', objectType: 'card-type', objectId: id, details }]);
}

/**
 * Changes a card type. Cards that are approved or ordered already keep what they were approved with.
 * @param assertUnchanged refuses when the caller saw another state
 * @throws ProductError `card-type-unknown`, `layout-unknown`, `number-range-unknown`, `backend-unknown`, what `assertUnchanged` throws
 */
export async function changeCardType(
  trx: Transaction,
  actor: string,
  type: CardType,
  assertUnchanged: (before: CardType) => void,
): Promise<void> {
  const before = (await lockCardType(trx, type.id)) ?? (await getCardType(trx, type.id));
  assertUnchanged(before);
  await assertReferences(trx, type);
  await updateCardType(trx, type);
  const changed = (Object.keys(type) as (keyof CardType)[]).filter((field) => before[field] !== type[field]);
  if (changed.length === 0) return;
  const details = Object.fromEntries(changed.map((field) => [field, { from: before[field], to: type[field] }]));
  await appendAudit(trx, [{ actor, action: 'card-type-changed', objectType: 'card-type', objectId: type.id, details }]);
}

interface Reference {
  readonly field: 'layout' | 'numberRange' | 'backend';
  readonly table: string;
  readonly column: string;
  readonly code: ErrorCode;
  readonly what: string;
}

const references: readonly Reference[] = [
  { field: 'layout', table: 'layout_version', column: 'layout', code: 'layout-unknown', what: 'card layout' },
  { field: 'numberRange', table: 'number_range', column: 'id', code: 'number-range-unknown', what: 'number range' },
  { field: 'backend', table: 'backend', column: 'id', code: 'backend-unknown', what: 'card production backend' },
];

/** What a card type names has to exist; the refusal lists what exists. */
async function assertReferences(trx: Transaction, type: CardType): Promise<void> {
  for (const { field, table, column, code, what } of references) {
    const wanted = type[field];
    if (wanted === null) continue;
    const known = await trx(table).distinct(column).orderBy(column).pluck<string[]>(column);
    if (known.includes(wanted)) continue;
    throw new ProductError(
      code,
      `There is no ${what} "${wanted}". ${known.length === 0 ? 'There are none yet.' : `There are: ${known.join(', ')}.`}`,
    );
  }
}
