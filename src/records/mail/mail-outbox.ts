import { containing } from '../../kernel/db/containing.js';
import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { mailStates, type Mail, type MailState, type NewMail } from './mail-types.js';

/** Longest subject in characters; longer ones are cut, because mail servers cut or refuse them otherwise. */
const longestSubject = 200;

/**
 * Puts mails into the outbox in the transaction of the event that causes them; the commit wakes the sender. A mail whose
 * `eventKey` was put in before is dropped, so repeating the transaction sends nobody a second mail.
 */
export async function enqueueMail(db: Knex, mails: readonly NewMail[]): Promise<void> {
  if (mails.length === 0) return;
  await db('mail')
    .insert(
      mails.map((mail) => ({
        event_key: mail.eventKey,
        to_account: 'toAccount' in mail ? mail.toAccount : null,
        to_group: 'toGroup' in mail ? mail.toGroup : null,
        to_address: 'toAddress' in mail ? mail.toAddress : null,
        secret_card_id: 'sealedPart' in mail ? mail.sealedPart.cardId : null,
        secret_number: 'sealedPart' in mail ? mail.sealedPart.number : null,
        except_accounts: 'toGroup' in mail ? [...(mail.exceptAccounts ?? [])] : [],
        subject: oneLine(mail.subject),
        body: mail.body,
        link_path: mail.linkPath,
      })),
    )
    .onConflict('event_key')
    .ignore();
}

/** Names come from files and forms: a line break in a subject would begin a header of its own. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return Array.from(line).slice(0, longestSubject).join('');
}

export interface MailFilter {
  readonly before?: string | undefined;
  readonly state?: MailState | undefined;
  /** Part of a recipient or a subject. */
  readonly q?: string | undefined;
}

/** The outbox, newest first; `before` is the id of the last mail of the page before. */
export async function listMails(db: Knex, limit: number, { before, state, q }: MailFilter = {}): Promise<Mail[]> {
  const query = selectMails(db).orderBy('id', 'desc').limit(limit);
  if (before !== undefined) query.where('id', '<', before);
  if (state !== undefined) query.where({ state });
  if (q !== undefined) query.whereRaw('search like lower(?)', [containing(q)]);
  return query;
}

/** One mail of the outbox. @throws ProductError `not-found` */
export async function getMail(db: Knex, id: string): Promise<Mail> {
  const mail = await selectMails(db).where({ id }).first<Mail | undefined>();
  if (mail === undefined) throw new ProductError('not-found', 'There is no such mail.');
  return mail;
}

function selectMails(db: Knex) {
  return db('mail').select({
    id: 'id',
    toAccount: 'to_account',
    toGroup: 'to_group',
    toAddress: 'to_address',
    subject: 'subject',
    state: 'state',
    attempts: 'attempts',
    dueAt: db.raw('case when ended_at is null then due_at end'),
    lastError: 'last_error',
    blame: 'blame',
    createdAt: 'created_at',
    endedAt: 'ended_at',
  });
}

/** How many mails are in each state, for metrics and the start page. */
export async function countMails(db: Knex): Promise<Record<MailState, number>> {
  const rows = await db('mail')
    .groupBy('state')
    .select<{ state: MailState; count: string }[]>('state', db.raw('count(*) as count'));
  const counts = Object.fromEntries(mailStates.map((state) => [state, 0])) as Record<MailState, number>;
  for (const row of rows) counts[row.state] = Number(row.count);
  return counts;
}
