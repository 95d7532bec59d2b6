import type { Knex } from '../db/database.js';
import { ProductError } from '../errors.js';

export interface CardType {
  readonly id: string;
  readonly name: string;
  readonly photoRequired: boolean;
  /** Where it stands among the others when people choose. */
  readonly position: number;
}

const columns = { id: 'id', name: 'name', photoRequired: 'photo_required', position: 'position' } as const;

/** Card types in the order in which people choose, from the one after `after` on. */
export async function listCardTypes(db: Knex, limit?: number, after?: Pick<CardType, 'position' | 'id'>): Promise<CardType[]> {
  const query = db('card_type').orderBy(['position', 'id']).select(columns);
  if (limit !== undefined) query.limit(limit);
  if (after !== undefined) query.whereRaw('(position, id) > (?, ?)', [after.position, after.id]);
  return query;
}

/** @throws ProductError `card-type-unknown`, naming those that exist */
export async function getCardType(db: Knex, id: string): Promise<CardType> {
  const types = await listCardTypes(db);
  const found = types.find((type) => type.id === id);
  if (found !== undefined) return found;
  throw new ProductError('card-type-unknown', `There is no card type "${id}". There are: ${types.map((type) => type.id).join(', ')}.`);
}
