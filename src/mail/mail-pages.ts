import type { Knex } from '../db/database.js';
import { html, type Html } from '../http/pages/html.js';
import type { Page } from '../http/pages/page.js';
import { countMails, listMails } from './mail-outbox.js';
import type { Mail, MailState } from './mail-types.js';

const path = '/mails';
const pageLength = 50;

const meanings: Readonly<Record<MailState, { readonly text: string; readonly tone: '' | 'good' | 'bad' }>> = {
  pending: { text: 'waits', tone: '' },
  expanded: { text: 'one mail a member', tone: '' },
  sending: { text: 'on its way', tone: '' },
  sent: { text: 'sent', tone: 'good' },
  failed: { text: 'not sent', tone: 'bad' },
  unknown: { text: 'may have arrived', tone: 'bad' },
};

/** `/mails`: the outbox, for administrators; the only place to see mails where no mail server is set. */
export function mailPages(db: Knex): Page[] {
  return [
    {
      method: 'get',
      path,
      roles: ['admin'],
      link: { label: 'Mails', hint: 'What was sent, what waits, and what went wrong' },
      handler: async ({ query }) => {
        const before = /^\d{1,18}$/.exec(query.get('before') ?? '')?.[0];
        const [counts, mails] = await Promise.all([countMails(db), listMails(db, pageLength + 1, { before })]);
        const shown = mails.slice(0, pageLength);
        const last = shown.at(-1);
        return {
          title: 'Mails',
          main: html`<p>${counts.pending} wait, ${counts.failed} were not sent, ${counts.unknown} may have arrived.</p>
${shown.length === 0 ? html`<p>There are no mails.</p>` : table(shown)}
${mails.length > pageLength && last !== undefined && html`<p><a href="${path}?before=${last.id}">Older mails</a></p>`}`,
        };
      },
    },
  ];
}

function table(mails: readonly Mail[]): Html {
  return html`<table>
<thead><tr><th>Created</th><th>To</th><th>Subject</th><th>State</th></tr></thead>
<tbody>${mails.map(
    (mail) => html`<tr><td>${timeOf(mail.createdAt)}</td><td>${recipientOf(mail)}</td><td>${mail.subject}</td><td>${stateOf(mail)}</td></tr>`,
  )}</tbody>
</table>`;
}

function recipientOf({ toAddress, toAccount, toGroup }: Mail): string {
  if (toGroup !== null) return `group ${toGroup}`;
  return toAddress ?? toAccount ?? '';
}

function stateOf({ state, lastError, attempts, dueAt }: Mail): Html {
  const { text, tone } = meanings[state];
  const again = state === 'pending' && attempts > 0 && dueAt !== null && ` Next try: ${timeOf(dueAt)}.`;
  return html`<span class="state ${tone}">${text}</span>${lastError !== null && html`<br>${lastError}${again}`}`;
}

function timeOf(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
