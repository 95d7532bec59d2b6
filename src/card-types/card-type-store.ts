import type { Knex } from '../db/database.js';
import { ProductError } from '../errors.js';

export interface CardType {
  readonly id: string;
  readonly name: string;
  readonly photoRequired: boolean;
}

const columns = { id: 'id', name: 'name', photoRequired: 'photo_required' } as const;

/** Every card type, in the order in which people choose. */
export async function listCardTypes(db: Knex): Promise<CardType[]> {
  return db('card_type').orderBy('position').orderBy('id').select(columns);
}

/** @throws ProductError `card-type-unknown`, naming those that exist */
export async function getCardType(db: Knex, id: string): Promise<CardType> {
  const types = await listCardTypes(db);
  const found = types.find((type) => type.id === id);
  if (found !== undefined) return found;
  throw new ProductError('card-type-unknown', `There is no card type "${id}". There are: ${types.map((type) => type.id).join(', ')}.`);
}
