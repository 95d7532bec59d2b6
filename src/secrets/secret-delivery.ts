import type { Knex, Transaction } from '../db/database.js';
import { enqueueMail } from '../mail/mail-outbox.js';
import { secretMail } from './secret-mail.js';
import type { SecretOrder } from './secret-types.js';

interface MailedSecret {
  readonly address: string;
  readonly cardNumber: string;
  readonly cardType: string;
  readonly kinds: readonly ('pin' | 'puk')[];
  /** Mails about these secrets so far. */
  readonly earlier: number;
}

/**
 * What is delivered nowhere is erased; a letter is put in for what is printed. Answers with what goes by mail, unless a
 * mail about it is under way.
 */
const deliverSql = `
  with undelivered as (
    delete from card_secret where card_id = cast(:cardId as uuid) and number = :number and delivery = 'none'),
  letter as (
    insert into secret_letter (card_id, number)
    select distinct card_id, number from card_secret
    where card_id = cast(:cardId as uuid) and number = :number and delivery = 'print'
    on conflict (card_id, number) do nothing)
  select h.email as address, c.number as "cardNumber", t.name as "cardType", array_agg(x.kind order by x.kind) as kinds,
    (select count(*)::integer from mail m where m.secret_card_id = c.id and m.secret_number = :number) as earlier
  from card_secret x join card c on c.id = x.card_id join holder h on h.id = c.holder_id join card_type t on t.id = c.card_type
  where x.card_id = cast(:cardId as uuid) and x.number = :number and x.delivery = 'e-mail'
    and not exists (select from mail m where m.secret_card_id = c.id and m.secret_number = :number and m.ended_at is null)
  group by h.email, c.id, c.number, t.name`;

/**
 * Lets the secrets of a card that was produced go to its holder, each the way it was made for; what is delivered nowhere
 * is erased. Call it in the transaction that makes the card `issued`. Without secrets nothing happens.
 */
export async function putDeliveryUnderWay(trx: Transaction, order: SecretOrder): Promise<void> {
  const { rows } = await trx.raw<{ rows: MailedSecret[] }>(deliverSql, { cardId: order.cardId, number: order.number });
  await enqueueMail(trx, rows.map((secret) => secretMail(order, secret)));
}

/**
 * Erases the secrets of a card that nobody will have: its production failed, was cancelled or declared spoilt. A delivery
 * that has not begun is called off.
 */
export async function eraseSecrets(trx: Transaction, order: SecretOrder): Promise<void> {
  await callOffDelivery(trx, order, 'The card is not given out.');
  await trx('card_secret').where({ card_id: order.cardId, number: order.number }).delete();
}

/** Takes back letter and mail; a mail that is being sent at this moment is not touched. */
export async function callOffDelivery(db: Knex, { cardId, number }: SecretOrder, reason: string): Promise<void> {
  await db('secret_letter').where({ card_id: cardId, number }).delete();
  await db('mail')
    .where({ secret_card_id: cardId, secret_number: number, state: 'pending' })
    .update({ state: 'failed', ended_at: db.fn.now(), last_error: reason });
}
