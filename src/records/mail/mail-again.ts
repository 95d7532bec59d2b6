import type { Knex, Transaction } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { appendAudit } from '../audit/audit-store.js';
import { getMail } from './mail-outbox.js';

/** Mails that are sent again by one statement at most. */
const mostAtOnce = 1_000;

/**
 * A mail begins anew: its address is looked up again (it may have been corrected), and it is tried for another day. What was sealed and
 * has been erased cannot be sent again.
 */
const begin = `state = 'pending', ended_at = null, due_at = now(), sent_again_at = now(), blame = null,
  to_address = case when to_account is null then to_address end`;
const sendable = `(secret_card_id is null or exists (
  select from card_secret s where s.card_id = secret_card_id and s.number = secret_number and s.delivery = 'e-mail'))`;

/**
 * Sends a mail that failed, or that may have arrived, again.
 * @throws ProductError `not-found`, `mail-ended` for one that waits, was sent, or whose PIN has been erased
 */
export async function sendAgain(trx: Transaction, actor: string, id: string): Promise<void> {
  const { state } = await getMail(trx, id);
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `update mail set ${begin} where id = ? and state in ('failed', 'unknown') and ${sendable}`,
    [id],
  );
  if (rowCount === 0) {
    const sealed = state === 'failed' || state === 'unknown';
    throw new ProductError(
      'mail-ended',
      sealed
        ? 'What this mail was to carry has been erased. Have the PIN delivered again from the page of the card.'
        : 'Only a mail that was not sent, or may not have arrived, can be sent again.',
    );
  }
  await appendAudit(trx, [
    { actor, action: 'mail-sent-again', objectType: 'mail', objectId: id, fromState: state, toState: 'pending' },
  ]);
}

/**
 * Sends the mails that failed again, oldest first, at most a thousand.
 * @returns how many
 */
export async function sendFailedAgain(trx: Transaction, actor: string): Promise<number> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `update mail set ${begin}
     where id in (select id from mail where state = 'failed' and ${sendable} order by id limit ${mostAtOnce} for update skip locked)
     returning id`,
  );
  await appendAudit(
    trx,
    rows.map(({ id }) => ({
      actor,
      action: 'mail-sent-again',
      objectType: 'mail' as const,
      objectId: id,
      fromState: 'failed',
      toState: 'pending',
    })),
  );
  return rows.length;
}

/** How mail goes, as the last tries and the failed mails show it. */
export interface MailCondition {
  /** Of the last try that shows the state of the mail server; null where it succeeded or there was none. */
  readonly blame: 'sender' | 'server' | null;
  /** Reply code and status of that try, such as `554 5.2.252`: the reply itself may name people. */
  readonly reply: string | null;
  /** Mails that wait for another try, and mails that have failed and can be sent again. */
  readonly waiting: number;
  readonly failed: number;
}

export async function readMailCondition(db: Knex): Promise<MailCondition> {
  const [{ rows }, counted] = await Promise.all([
    db.raw<{ rows: { state: string; blame: MailCondition['blame']; lastError: string | null }[] }>(
      `select state, blame, last_error as "lastError" from mail
       where tried_at is not null and (state = 'sent' or blame in ('sender', 'server')) order by tried_at desc limit 1`,
    ),
    db.raw<{ rows: { waiting: string; failed: string }[] }>(
      `select (select count(*) from mail where ended_at is null and blame in ('sender', 'server')) as waiting,
         (select count(*) from mail where state = 'failed' and blame is distinct from 'recipient') as failed`,
    ),
  ]);
  const [last] = rows;
  const [counts = { waiting: '0', failed: '0' }] = counted.rows;
  return {
    blame: last === undefined || last.state === 'sent' ? null : last.blame,
    reply: /\b\d{3}([ -]\d\.\d{1,3}\.\d{1,3})?\b/.exec(last?.lastError ?? '')?.[0] ?? null,
    waiting: Number(counts.waiting),
    failed: Number(counts.failed),
  };
}
