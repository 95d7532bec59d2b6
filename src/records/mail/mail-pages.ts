import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { listPage, listQuery } from '../../web/list.js';
import { badge } from '../../web/pages/badge.js';
import { dataTable } from '../../web/pages/data-table.js';
import { html, type Html } from '../../web/pages/html.js';
import { filterLinks, pagerLinks, type Choices } from '../../web/pages/list-links.js';
import type { Page, PageAnswer } from '../../web/pages/page.js';
import { readPageQuery } from '../../web/pages/page-query.js';
import { time } from '../../web/pages/time.js';
import { countMails, listMails } from './mail-outbox.js';
import { stateBadges, texts } from './mail-page-texts.js';
import { readMailContents, type MailContent } from './mail-reading.js';
import { mailStates, type Mail, type MailState } from './mail-types.js';

const path = '/mails';
const pageLength = 50;
const parameters = listQuery(z.object({ id: z.string().regex(/^\d{1,18}$/) }), {
  state: z.enum(['all', ...mailStates]).default('all'),
}).omit({ limit: true });

interface Row {
  readonly mail: Mail;
  readonly content: MailContent | undefined;
}

/**
 * `/mails`: the outbox, for administrators; the only place to read mails where no mail server is set.
 * @param sending whether there is a mail server to send them to
 */
export function mailPages(db: Knex, { sending }: { readonly sending: boolean }): Page[] {
  return [
    {
      method: 'get',
      path,
      roles: ['admin'],
      link: { label: texts.title, hint: texts.hint },
      handler: ({ query }) => outboxPage(db, sending, query),
    },
  ];
}

async function outboxPage(db: Knex, sending: boolean, query: URLSearchParams): Promise<PageAnswer> {
  const { state, cursor } = readPageQuery(parameters, query);
  const only = state === 'all' ? undefined : state;
  const [counts, found] = await Promise.all([
    countMails(db),
    listMails(db, pageLength + 1, { before: cursor?.id, state: only }),
  ]);
  const { items, next } = listPage(
    found,
    pageLength,
    (mail) => mail,
    ({ id }) => ({ id }),
  );
  const contents = await readMailContents(
    db,
    items.map(({ id }) => id),
  );
  const rows = items.map((mail): Row => ({ mail, content: contents.get(mail.id) }));
  return {
    title: texts.title,
    main: html`${!sending && html`<p class="note">${texts.notConfigured}</p>`}
${filterLinks(path, texts.filter, choicesOf(counts, state), state)}
${rows.length > 0 ? table(rows) : html`<p>${state === 'all' ? texts.none : texts.noneInState}</p>`}
${pagerLinks(path, { state, first: cursor === undefined, next })}`,
  };
}

/** The states that occur, and the one that was asked for. */
function choicesOf(counts: Readonly<Record<MailState, number>>, current: string): Choices {
  const states = mailStates.filter((state) => counts[state] > 0 || state === current);
  return {
    all: 'All',
    ...Object.fromEntries(states.map((state) => [state, `${stateBadges[state].text} (${counts[state]})`])),
  };
}

function table(rows: readonly Row[]): Html {
  return dataTable<Row>(
    texts.caption,
    [
      { heading: 'Subject', cell: subject },
      { heading: 'To', cell: ({ mail }) => recipient(mail) },
      { heading: 'State', cell: ({ mail }) => state(mail) },
      { heading: 'Tries', cell: ({ mail }) => mail.attempts },
      { heading: 'Written', cell: ({ mail }) => time(mail.createdAt) },
    ],
    rows,
  );
}

function subject({ mail, content }: Row): Html | string {
  if (content === undefined) return mail.subject;
  const { body, linkPath, sealed } = content;
  return html`<details><summary>${mail.subject}</summary><pre>${body}</pre>${sealed && html`<p class="soft">${texts.sealed}</p>`}${linkPath !== null && html`<p>Link: <a href="${linkPath}">${linkPath}</a></p>`}</details>`;
}

function recipient({ toAddress, toAccount, toGroup }: Mail): Html {
  if (toGroup !== null) return html`group ${toGroup}`;
  return html`${toAccount ?? texts.cardHolder}${toAddress !== null && html` <span class="soft">${toAddress}</span>`}`;
}

function state({ state, lastError, attempts, dueAt, endedAt }: Mail): Html {
  return html`${badge(stateBadges[state])}
${lastError !== null && html`<p>${lastError}</p>`}
${state === 'pending' && attempts > 0 && dueAt !== null && html`<p>Next try: ${time(dueAt)}</p>`}
${state !== 'expanded' && endedAt !== null && html`<p>${time(endedAt)}</p>`}`;
}
