import { prepared, type Knex, type Transaction } from '../../kernel/db/database.js';
import { enqueueMail } from '../../records/index.js';
import { secretMail } from './secret-mail.js';
import type { SecretOrder } from './secret-types.js';

interface MailedSecret extends SecretOrder {
  readonly address: string;
  readonly cardNumber: string;
  readonly cardType: string;
  readonly kinds: readonly ('pin' | 'puk')[];
  /** Mails about these secrets so far. */
  readonly earlier: number;
}

const ordersSql = `select "cardId" as card_id, number from jsonb_to_recordset(cast(:orders as jsonb)) as o ("cardId" uuid, number integer)`;

/**
 * What is delivered nowhere is erased; a letter is put in for what is printed. Answers with what goes by mail, unless a
 * mail about it is under way.
 */
const deliverSql = `
  with orders as materialized (${ordersSql}),
  undelivered as (
    delete from card_secret s using orders o where s.card_id = o.card_id and s.number = o.number and s.delivery = 'none'),
  letter as (
    insert into secret_letter (card_id, number)
    select distinct s.card_id, s.number from card_secret s join orders o on s.card_id = o.card_id and s.number = o.number
    where s.delivery = 'print'
    on conflict (card_id, number) do nothing)
  select x.card_id as "cardId", x.number, h.email as address, c.number as "cardNumber", t.name as "cardType", array_agg(x.kind order by x.kind) as kinds,
    (select count(*)::integer from mail m where m.secret_card_id = x.card_id and m.secret_number = x.number) as earlier
  from orders o join card_secret x on x.card_id = o.card_id and x.number = o.number
  join card c on c.id = x.card_id join holder h on h.id = c.holder_id join card_type t on t.id = c.card_type
  where x.delivery = 'e-mail'
    and not exists (select from mail m where m.secret_card_id = x.card_id and m.secret_number = x.number and m.ended_at is null)
  group by x.card_id, x.number, h.email, c.number, t.name`;

/**
 * Lets the secrets of cards that were produced go to their holders, each the way it was made for; what is delivered
 * nowhere is erased. Call it in the transaction that makes the cards `issued`. Without secrets nothing happens.
 */
export async function putDeliveryUnderWay(trx: Transaction, orders: readonly SecretOrder[]): Promise<void> {
  if (orders.length === 0) return;
  const { rows } = await trx
    .raw<{ rows: MailedSecret[] }>(deliverSql, { orders: keysOf(orders) })
    .options(prepared('deliver-secrets'));
  await enqueueMail(
    trx,
    rows.map((secret) => secretMail(secret, secret)),
  );
}

/**
 * Erases the secrets of cards that nobody will have: their production failed, was cancelled or declared spoilt. A delivery
 * that has not begun is called off.
 */
export async function eraseSecrets(trx: Transaction, orders: readonly SecretOrder[]): Promise<void> {
  if (orders.length === 0) return;
  await callOffDelivery(trx, orders, 'The card is not given out.');
  await trx
    .raw(
      `with orders as materialized (${ordersSql}) delete from card_secret s using orders o where s.card_id = o.card_id and s.number = o.number`,
      {
        orders: keysOf(orders),
      },
    )
    .options(prepared('erase-secrets'));
}

/** Takes back letters and mails; a mail that is being sent at this moment is not touched. */
export async function callOffDelivery(db: Knex, orders: readonly SecretOrder[], reason: string): Promise<void> {
  await db
    .raw(
      `with orders as materialized (${ordersSql}),
       letters as (delete from secret_letter l using orders o where l.card_id = o.card_id and l.number = o.number)
       update mail m set state = 'failed', ended_at = now(), last_error = :reason from orders o
       where m.secret_card_id = o.card_id and m.secret_number = o.number and m.state = 'pending'`,
      { orders: keysOf(orders), reason },
    )
    .options(prepared('call-off-delivery'));
}

function keysOf(orders: readonly SecretOrder[]): string {
  return JSON.stringify(orders.map(({ cardId, number }) => ({ cardId, number })));
}
