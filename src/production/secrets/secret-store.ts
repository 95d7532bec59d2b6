import { prepared, type Knex } from '../../kernel/db/database.js';
import type { DeliveryWay } from '../../domain/secret-delivery.js';
import type { Sealed } from '../../kernel/key-ring.js';
import type { CardSecretPlace } from './card-secret-place.js';
import type { SecretOrder } from './secret-types.js';

/** A sealed secret as it is stored. */
export interface SecretRow extends CardSecretPlace, Sealed {
  readonly delivery: DeliveryWay;
}

const columns = {
  cardId: 'card_id',
  number: 'number',
  kind: 'kind',
  sealed: 'sealed',
  keyId: 'key_id',
  delivery: 'delivery',
} as const;

/** Keeps secrets, in one statement. */
export async function insertSecrets(db: Knex, rows: readonly SecretRow[]): Promise<void> {
  const json = rows.map(({ sealed, ...row }) => ({ ...row, sealed: sealed.toString('hex') }));
  await db
    .raw(
      `insert into card_secret (card_id, number, kind, sealed, key_id, delivery)
       select r."cardId", r.number, r.kind, decode(r.sealed, 'hex'), r."keyId", r.delivery
       from jsonb_to_recordset(cast(:rows as jsonb)) as r ("cardId" uuid, number integer, kind text, sealed text, "keyId" text, delivery text)`,
      { rows: JSON.stringify(json) },
    )
    .options(prepared('insert-secrets'));
}

/** What is still there of orders. */
export async function readSecrets(db: Knex, orders: readonly SecretOrder[]): Promise<SecretRow[]> {
  const { rows } = await db
    .raw<{ rows: SecretRow[] }>(
      `select s.card_id as "cardId", s.number, s.kind, s.sealed, s.key_id as "keyId", s.delivery
       from jsonb_to_recordset(cast(:orders as jsonb)) as o ("cardId" uuid, number integer)
       join card_secret s on s.card_id = o."cardId" and s.number = o.number`,
      { orders: JSON.stringify(orders.map(({ cardId, number }) => ({ cardId, number }))) },
    )
    .options(prepared('read-secrets'));
  return rows;
}

/** Deletes the secrets of one order, or only those that are delivered one way. */
export async function deleteSecrets(db: Knex, { cardId, number }: SecretOrder, delivery?: DeliveryWay): Promise<void> {
  await db('card_secret')
    .where({ card_id: cardId, number, ...(delivery !== undefined && { delivery }) })
    .delete();
}

/** Up to `limit` secrets that are sealed with one of `keyIds`, kept from changing until the transaction ends. */
export async function lockSecretsOf(db: Knex, keyIds: readonly string[], limit: number): Promise<SecretRow[]> {
  return db('card_secret')
    .whereIn('key_id', [...keyIds])
    .orderBy(['card_id', 'number', 'kind'])
    .limit(limit)
    .forUpdate()
    .select(columns);
}

/** Replaces the sealed form of secrets, in one statement. */
export async function replaceSealed(db: Knex, rows: readonly (CardSecretPlace & Sealed)[]): Promise<void> {
  const json = rows.map(({ cardId, number, kind, sealed, keyId }) => ({
    card_id: cardId,
    number,
    kind,
    sealed: sealed.toString('hex'),
    key_id: keyId,
  }));
  await db.raw(
    `update card_secret s set sealed = decode(n.sealed, 'hex'), key_id = n.key_id
     from json_to_recordset(cast(:rows as json)) as n(card_id uuid, number integer, kind text, sealed text, key_id text)
     where s.card_id = n.card_id and s.number = n.number and s.kind = n.kind`,
    { rows: JSON.stringify(json) },
  );
}

/** How many secrets each key has sealed, those of second factors among them. */
export async function countByKey(db: Knex): Promise<Map<string, number>> {
  const { rows } = await db.raw<{ rows: { keyId: string; count: string }[] }>(
    `select key_id as "keyId", count(*) as count
     from (select key_id from card_secret union all select key_id from second_factor) as sealed group by key_id`,
  );
  return new Map(rows.map(({ keyId, count }) => [keyId, Number(count)]));
}
