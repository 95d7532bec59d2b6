import type { Knex } from '../../kernel/db/database.js';
import type { MailState } from './mail-types.js';
import type { MailBlame } from './smtp-blame.js';

/** A mail that has no address yet: its group is to be expanded, or its account looked up. */
export interface UnaddressedMail {
  readonly id: string;
  readonly toAccount: string | null;
  readonly toGroup: string | null;
  readonly exceptAccounts: readonly string[];
  readonly attempts: number;
}

/** A mail that this server has taken on; nobody else has it, and `attempts` proves it. */
export interface ClaimedMail {
  readonly id: string;
  readonly eventKey: string;
  readonly toAddress: string;
  readonly subject: string;
  readonly body: string;
  readonly linkPath: string | null;
  /** Card and production number whose PIN or PUK is put in; null for other mails. */
  readonly secretCardId: string | null;
  readonly secretNumber: number | null;
  readonly attempts: number;
}

/**
 * Ends mails that are past help: those not sent within `hours`, which would only confuse by now, and those that a server
 * took on and never came back from (`due_at` of `sending` is the end of its time).
 */
export async function endLateMails(db: Knex, hours: number): Promise<void> {
  await db.raw(
    `update mail set state = 'failed', ended_at = now(),
       last_error = concat_ws(' ', 'Given up, because it could not be sent in time.', last_error)
     where state = 'pending' and due_at <= now() and coalesce(sent_again_at, created_at) < now() - make_interval(hours => ?)`,
    [hours],
  );
  await db.raw(
    `update mail set state = 'unknown', ended_at = now(),
       last_error = 'The server ended while it was sending; the mail may have arrived.'
     where state = 'sending' and due_at <= now()`,
  );
}

/** Due mails without an address; several servers may read the same ones. */
export async function dueUnaddressed(db: Knex, limit: number): Promise<UnaddressedMail[]> {
  return db('mail')
    .where({ state: 'pending' })
    .whereNull('to_address')
    .where('due_at', '<=', db.fn.now())
    .orderBy(['due_at', 'id'])
    .limit(limit)
    .select({
      id: 'id',
      toAccount: 'to_account',
      toGroup: 'to_group',
      exceptAccounts: 'except_accounts',
      attempts: 'attempts',
    });
}

/** Replaces a mail to a group by one a member; a second sender finds it done. */
export async function expandMail(
  db: Knex,
  id: string,
  members: readonly { readonly account: string; readonly email: string | null }[],
): Promise<void> {
  await db.raw(
    `with expanded as (
       update mail set state = 'expanded', ended_at = now(), last_error = null where id = :id and state = 'pending' returning *)
     insert into mail (event_key, to_account, to_address, subject, body, link_path, created_at)
     select e.event_key || ':' || m.account, m.account, m.email, e.subject, e.body, e.link_path, e.created_at
     from expanded e cross join json_to_recordset(cast(:members as json)) as m(account text, email text)
     on conflict (event_key) do nothing`,
    { id, members: JSON.stringify(members) },
  );
}

export async function setAddress(db: Knex, id: string, address: string): Promise<void> {
  await db('mail').where({ id, state: 'pending' }).update({ to_address: address });
}

/** Ends a mail that was never handed to a mail server. */
export async function failUnsent(db: Knex, id: string, error: string): Promise<void> {
  await db('mail')
    .where({ id, state: 'pending' })
    .update({ state: 'failed', ended_at: db.fn.now(), last_error: error });
}

/**
 * Takes up to `limit` due mails on, in a transaction of its own: from here on a crash leaves them `sending`.
 * @param leaseSeconds longer than one try can last
 */
export async function claimMails(db: Knex, limit: number, leaseSeconds: number): Promise<ClaimedMail[]> {
  const { rows } = await db.raw<{ rows: ClaimedMail[] }>(
    // Materialized: PostgreSQL may run a plain subquery once for each row, and then takes more than the limit.
    `with due as materialized (
       select id from mail where state = 'pending' and to_address is not null and due_at <= now()
       order by due_at, id limit :limit for update skip locked)
     update mail m set state = 'sending', attempts = m.attempts + 1, due_at = now() + make_interval(secs => :leaseSeconds)
     from due where m.id = due.id
     returning m.id, event_key as "eventKey", to_address as "toAddress", subject, body, link_path as "linkPath",
       secret_card_id as "secretCardId", secret_number as "secretNumber", attempts`,
    { limit, leaseSeconds },
  );
  return rows;
}

/**
 * Records how a try ended. The database erases what a mail has carried sealed once it was sent, or may have been. Late
 * news of a mail that has become `unknown` meanwhile still counts.
 */
export async function endClaimed(
  db: Knex,
  { id, attempts }: ClaimedMail,
  state: Extract<MailState, 'sent' | 'failed' | 'unknown'>,
  error: string | null,
  blame: MailBlame | null = null,
): Promise<void> {
  await db('mail')
    .where({ id, attempts })
    .whereIn('state', ['sending', 'unknown'])
    .update({ state, ended_at: db.fn.now(), last_error: error, blame, tried_at: db.fn.now() });
}

/** Gives a mail another try after `delayMs` milliseconds. `from` is the state that the caller knows it in. */
export async function postponeMail(
  db: Knex,
  { id, attempts }: { readonly id: string; readonly attempts: number },
  from: Extract<MailState, 'pending' | 'sending'>,
  delayMs: number,
  error: string,
  blame: MailBlame | null = null,
): Promise<void> {
  await db('mail')
    .where({ id, attempts, state: from })
    .update({
      state: 'pending',
      // A try that did not get as far as a mail server counts too, for the length of the next pause.
      attempts: from === 'pending' ? attempts + 1 : attempts,
      due_at: db.raw('now() + make_interval(secs => ?)', [delayMs / 1_000]),
      last_error: error.slice(0, 500),
      blame,
      tried_at: db.fn.now(),
    });
}

/** Milliseconds until something is due; Infinity where nothing is. */
export async function nextDueMs(db: Knex): Promise<number> {
  const { rows } = await db.raw<{ rows: { ms: number | null }[] }>(
    `select ceil(extract(epoch from min(due_at) - now()) * 1000)::int as ms from mail where ended_at is null`,
  );
  return Math.max(0, rows[0]?.ms ?? Infinity);
}
