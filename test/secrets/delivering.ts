import { randomBytes, randomUUID } from 'node:crypto';
import type { Knex } from '../../src/kernel/db/database.js';
import { CardSecrets } from '../../src/production/secrets/card-secrets.js';
import { putDeliveryUnderWay } from '../../src/production/secrets/secret-delivery.js';
import { KeyRing } from '../../src/kernel/key-ring.js';
import type { SecretGenerator } from '../../src/production/secrets/secret-generator.js';
import type { SecretOrder } from '../../src/production/secrets/secret-types.js';
import { addHolder } from '../support/cards-data.js';

/** Long and recognisable, so that a search of everything cannot find them by chance. */
export const canaries: SecretGenerator = { pin: () => '314159265358979323846', puk: () => '271828182845904523536' };
export const [pin, puk] = [canaries.pin(6), canaries.puk(8)];

export const keys = new KeyRing([{ id: 'test', key: randomBytes(32) }]);
export const secrets = new CardSecrets(keys, canaries);

let next = 0;

/** A holder, a card that is ordered at the backend `shop`, and its snapshot. */
export async function orderedCard(
  db: Knex,
  more: { readonly backend?: string } = {},
): Promise<SecretOrder & { readonly cardNumber: string }> {
  next += 1;
  const cardNumber = `T${String(next).padStart(6, '0')}`;
  const holder = await addHolder(db, `H-${next}`);
  const cardId = randomUUID();
  const backend = more.backend ?? 'shop';
  await db('backend').insert({ id: backend, name: 'Shop', kind: 'http', settings: '{}' }).onConflict('id').ignore();
  await db('card').insert({
    id: cardId,
    holder_id: holder,
    card_type: 'visitor',
    state: 'registered',
    number: cardNumber,
  });
  await db('card').where({ id: cardId }).update({ state: 'ordered' });
  await db('card_snapshot').insert({
    card_id: cardId,
    data: JSON.stringify({ name: `Sample Person H-${next}`, department: 'Testing', cardTypeName: 'Visitor' }),
  });
  await db('production_order').insert({ card_id: cardId, number: 1, backend, ordered_by: 'producer' });
  return { cardId, number: 1, cardNumber };
}

/** A card that was produced a moment ago, with its secrets made before. */
export async function producedCard(
  db: Knex,
  more: { readonly backend?: string } = {},
): Promise<SecretOrder & { readonly cardNumber: string }> {
  const order = await orderedCard(db, more);
  await db.transaction((trx) => secrets.makeSecrets(trx, [{ ...order, chip: true }]));
  await db.transaction(async (trx) => {
    await trx('production_order')
      .where({ card_id: order.cardId })
      .update({ state: 'produced', ended_at: trx.fn.now() });
    await trx('card').where({ id: order.cardId }).update({ state: 'issued' });
    await putDeliveryUnderWay(trx, [order]);
  });
  return order;
}

/** Every value of every table as text, bytes also read as Latin-1: what a dump of the database would show. */
export async function everythingStored(db: Knex): Promise<string> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  );
  const tables = await Promise.all(
    rows.map(async ({ name }) => {
      const found = await db.raw<{ rows: Record<string, unknown>[] }>(`select * from ${name}`);
      return found.rows.map((row) => `${name} ${Object.values(row).map(valueText).join(' ')}`).join('\n');
    }),
  );
  return tables.join('\n');
}

function valueText(value: unknown): string {
  if (!Buffer.isBuffer(value)) return JSON.stringify(value) ?? '';
  return `${value.toString('latin1')} ${value.toString('hex')} ${value.toString('base64')}`;
}
