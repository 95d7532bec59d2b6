import type { Knex, Transaction } from '../../kernel/db/database.js';
import { whereNamed } from '../../kernel/db/named.js';
import { ProductError } from '../../kernel/errors.js';

/** What an administrator says about a kind of card. */
export interface CardType {
  readonly id: string;
  readonly name: string;
  readonly photoRequired: boolean;
  /** Whether the card carries a chip, and so a PIN and a PUK. */
  readonly chip: boolean;
  /** How long a card is valid from its first order on; null for no end. */
  readonly validityMonths: number | null;
  /** Layout, number range and backend: null until they are chosen, and no card can be produced before that. */
  readonly layout: string | null;
  readonly numberRange: string | null;
  readonly backend: string | null;
  /** Whether an approver may not produce what they approved. */
  readonly separateProducer: boolean;
  /** Where it stands among the others when people choose. */
  readonly position: number;
}

const columns = {
  id: 'id',
  name: 'name',
  photoRequired: 'photo_required',
  chip: 'chip',
  validityMonths: 'validity_months',
  layout: 'layout',
  numberRange: 'number_range',
  backend: 'backend',
  separateProducer: 'separate_producer',
  position: 'position',
} as const satisfies Record<keyof CardType, string>;

/** Card types in the order in which people choose, from the one after `after` on. @param q part of id or name */
export async function listCardTypes(
  db: Knex,
  limit?: number,
  after?: Pick<CardType, 'position' | 'id'>,
  q?: string,
): Promise<CardType[]> {
  const query = db('card_type').orderBy(['position', 'id']).select(columns);
  if (limit !== undefined) query.limit(limit);
  whereNamed(query, q);
  if (after !== undefined) query.whereRaw('(position, id) > (?, ?)', [after.position, after.id]);
  return query;
}

/** @throws ProductError `card-type-unknown`, naming those that exist */
export async function getCardType(db: Knex, id: string): Promise<CardType> {
  const types = await listCardTypes(db);
  const found = types.find((type) => type.id === id);
  if (found !== undefined) return found;
  throw new ProductError(
    'card-type-unknown',
    `There is no card type "${id}". There are: ${types.map((type) => type.id).join(', ')}.`,
  );
}

/** One card type, kept from changing until the transaction ends; null where there is none. */
export async function lockCardType(trx: Transaction, id: string): Promise<CardType | null> {
  return (await trx('card_type').where({ id }).forUpdate().first<CardType | undefined>(columns)) ?? null;
}

/** Inserts a card type; false when there is one with this id. */
export async function insertCardType(db: Knex, type: CardType): Promise<boolean> {
  const inserted: unknown[] = await db('card_type').insert(toRow(type)).onConflict('id').ignore().returning('id');
  return inserted.length === 1;
}

export async function updateCardType(db: Knex, type: CardType): Promise<void> {
  await db('card_type').where({ id: type.id }).update(toRow(type));
}

function toRow(type: CardType): Record<string, string | number | boolean | null> {
  return Object.fromEntries(Object.entries(columns).map(([field, column]) => [column, type[field as keyof CardType]]));
}
