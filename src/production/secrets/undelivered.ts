import { appendAudit } from '../../records/index.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import type { DeliveryWay } from '../../domain/secret-delivery.js';
import type { ProductionState } from '../../domain/production-states.js';
import { ProductError } from '../../kernel/errors.js';
import { readSecretOptions } from '../../directory/index.js';
import { callOffDelivery, putDeliveryUnderWay } from './secret-delivery.js';
import type { SecretOrder } from './secret-types.js';

/** Secrets of one order that are still there: what they are for, how far they are, never what they are. */
export interface UndeliveredSecrets extends SecretOrder {
  readonly cardNumber: string | null;
  readonly holder: string;
  /** For example `{pin: 'print', puk: 'none'}`. */
  readonly deliveries: Readonly<Partial<Record<'pin' | 'puk', DeliveryWay>>>;
  readonly production: ProductionState;
  /** Why it has not arrived yet, of the letter or else of the newest mail. */
  readonly lastError: string | null;
  readonly createdAt: Date;
}

const undeliveredSql = `
  select s.card_id as "cardId", s.number, c.number as "cardNumber", h.given_name || ' ' || h.family_name as holder,
    json_object_agg(s.kind, s.delivery) as deliveries, o.state as production, min(s.created_at) as "createdAt",
    coalesce((select l.last_error from secret_letter l where l.card_id = s.card_id and l.number = s.number),
      (select m.last_error from mail m where m.secret_card_id = s.card_id and m.secret_number = s.number order by m.id desc limit 1)) as "lastError"
  from card_secret s join production_order o on o.card_id = s.card_id and o.number = s.number
  join card c on c.id = s.card_id join holder h on h.id = c.holder_id`;

/** What has not reached its card holder, oldest first, from the order after `after` on. */
export async function listUndelivered(db: Knex, limit: number, after?: SecretOrder): Promise<UndeliveredSecrets[]> {
  const where =
    after === undefined ? '' : 'where (s.card_id, s.number) > (cast(:cardId as uuid), cast(:number as integer))';
  const { rows } = await db.raw<{ rows: UndeliveredSecrets[] }>(
    `${undeliveredSql} ${where} group by s.card_id, s.number, c.number, h.given_name, h.family_name, o.state
     order by s.card_id, s.number limit :limit`,
    { limit, cardId: after?.cardId ?? null, number: after?.number ?? null },
  );
  return rows;
}

/**
 * Delivers once more what has not arrived, the way the options say now: after an address was corrected, or where the
 * backend prints no letters. With the option none it is erased.
 * @throws ProductError `nothing-to-deliver` when the card is not produced, or nothing is left, or it is on its way right now
 */
export async function deliverAgain(trx: Transaction, actor: string, { cardId, number }: SecretOrder): Promise<void> {
  const order = await trx('production_order')
    .where({ card_id: cardId, number })
    .forUpdate()
    .first<{ state: string } | undefined>('state');
  if (order === undefined) throw new ProductError('not-found', 'There is no such production of a card.');
  if (order.state !== 'produced')
    throw new ProductError(
      'nothing-to-deliver',
      `This production is ${order.state}: its PIN is delivered once the card is produced.`,
    );
  const sending = await trx('mail')
    .where({ secret_card_id: cardId, secret_number: number, state: 'sending' })
    .first<{ id: string } | undefined>('id');
  if (sending !== undefined)
    throw new ProductError(
      'nothing-to-deliver',
      'A mail with it is being sent at this moment. Look again in a minute.',
    );
  await callOffDelivery(trx, [{ cardId, number }], 'Delivered anew.');
  const { pinDelivery, pukDelivery } = await readSecretOptions(trx);
  const { rowCount: left } = await trx.raw<{ rowCount: number }>(
    `update card_secret set delivery = case kind when 'pin' then :pinDelivery else :pukDelivery end
     where card_id = cast(:cardId as uuid) and number = :number`,
    { cardId, number, pinDelivery, pukDelivery },
  );
  if (left === 0)
    throw new ProductError('nothing-to-deliver', 'Nothing is left to deliver: it was delivered or erased.');
  await putDeliveryUnderWay(trx, [{ cardId, number }]);
  const details = { number, pin: pinDelivery, puk: pukDelivery };
  await appendAudit(trx, [
    { actor, action: 'secret-delivery-repeated', objectType: 'card', objectId: cardId, details },
  ]);
}
