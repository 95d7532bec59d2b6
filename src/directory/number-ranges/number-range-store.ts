import type { Knex, Transaction } from '../../kernel/db/database.js';
import { violates } from '../../kernel/db/database.js';
import { whereNamed } from '../../kernel/db/named.js';
import { ProductError } from '../../kernel/errors.js';
import type { NumberFormat } from './number-format.js';

/** A series of card numbers. */
export interface NumberRange extends NumberFormat {
  readonly id: string;
  readonly name: string;
  /** The next one that is given out; one more than the largest when all are used. */
  readonly nextNumber: number;
}

const columns = {
  id: 'id',
  name: 'name',
  prefix: 'prefix',
  digits: 'digits',
  suffix: 'suffix',
  nextNumber: 'next_number',
} as const;

/** PostgreSQL hands out bigint as text; a range has 15 digits at most, which a number holds exactly. */
type Row = Omit<NumberRange, 'nextNumber'> & { readonly nextNumber: string };

function toRange({ nextNumber, ...range }: Row): NumberRange {
  return { ...range, nextNumber: Number(nextNumber) };
}

/** Ranges by id, from the one after `after` on. @param q part of id or name */
export async function listNumberRanges(db: Knex, limit?: number, after?: string, q?: string): Promise<NumberRange[]> {
  const query = db('number_range').orderBy('id').select<Row[]>(columns);
  if (limit !== undefined) query.limit(limit);
  whereNamed(query, q);
  if (after !== undefined) query.where('id', '>', after);
  return (await query).map(toRange);
}

/** @throws ProductError `not-found` */
export async function getNumberRange(db: Knex, id: string): Promise<NumberRange> {
  const row = await db('number_range').where({ id }).first<Row | undefined>(columns);
  if (row === undefined) throw new ProductError('not-found', `There is no number range "${id}".`);
  return toRange(row);
}

/**
 * Keeps every range from being changed or used until the transaction ends; orders that are being placed are waited for.
 */
export async function lockNumberRanges(trx: Transaction): Promise<NumberRange[]> {
  await trx.raw('lock table number_range in share row exclusive mode');
  return listNumberRanges(trx);
}

export async function insertNumberRange(db: Knex, { id, nextNumber, ...range }: NumberRange): Promise<void> {
  await db('number_range').insert({ id, ...range, next_number: nextNumber });
}

export async function updateNumberRange(db: Knex, { id, nextNumber, ...range }: NumberRange): Promise<void> {
  await db('number_range')
    .where({ id })
    .update({ ...range, next_number: nextNumber });
}

/** The largest number of this format that a card has, or null. */
export async function largestUsedNumber(db: Knex, { prefix, digits, suffix }: NumberFormat): Promise<number | null> {
  const { rows } = await db.raw<{ rows: { largest: string | null }[] }>(
    `select max(substr(number, length(cast(:prefix as text)) + 1, :digits))::bigint as largest from card
     where length(number) = length(cast(:prefix as text)) + :digits + length(cast(:suffix as text))
       and left(number, length(cast(:prefix as text))) = :prefix and right(number, length(cast(:suffix as text))) = :suffix
       and substr(number, length(cast(:prefix as text)) + 1, :digits) ~ '^[0-9]+$'`,
    { prefix, digits, suffix },
  );
  const largest = rows[0]?.largest ?? null;
  return largest === null ? null : Number(largest);
}

/**
 * Takes the next numbers of a range, in the caller's transaction: the range stays locked until it ends, and gives nothing
 * twice. Statements that place many orders call the SQL function `take_numbers` themselves.
 * @param count how many, at least 1
 * @throws ProductError `number-range-exhausted`, with nothing taken; `not-found`
 */
export async function claimNumbers(trx: Transaction, id: string, count: number): Promise<string[]> {
  try {
    // A savepoint, so that the caller's transaction can continue after a refusal.
    const { rows } = await trx.transaction((inner) =>
      inner.raw<{ rows: { number: string }[] }>('select take_numbers(:id, :count) as number', { id, count }),
    );
    return rows.map(({ number }) => number);
  } catch (raw) {
    if (!violates(raw, 'number_range_exhausted')) throw raw;
    const { name } = await getNumberRange(trx, id);
    throw rangeExhausted(name, raw);
  }
}

/** The refusal of a range that has not as many numbers left as are needed. */
export function rangeExhausted(name: string, cause: unknown): ProductError {
  const message = `The number range ${name} has not enough numbers left. An administrator gives it more digits, or the card type another range.`;
  return new ProductError('number-range-exhausted', message, {}, { cause });
}
