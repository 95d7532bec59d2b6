import { z } from 'zod';
import type { Knex } from '../kernel/db/database.js';
import { openRequestStates, requestStates, type RequestState } from '../domain/request-states.js';
import { PHOTO_SEARCH_PATH } from '../directory/index.js';
import { listPage, listQuery } from '../web/list.js';
import { badge } from '../web/pages/badge.js';
import { dataTable } from '../web/pages/data-table.js';
import { html, type Html } from '../web/pages/html.js';
import { filterLinks, pagerLinks } from '../web/pages/list-links.js';
import { doneNote } from '../web/pages/notes.js';
import { readPageQuery } from '../web/pages/page-query.js';
import type { PageAnswer, PageContext } from '../web/pages/page.js';
import { time } from '../web/pages/time.js';
import type { UseCaseId } from '../process/contract/index.js';
import { readUseCases } from '../variants/index.js';
import { doneSentences, stateBadges, texts } from './request-page-texts.js';
import { listRequests } from './request-reading.js';
import type { CurrentStep, RequestTasks } from './request-tasks.js';
import type { RequestDetails } from './request-types.js';

export const REQUESTS_PATH = '/my-requests';

const pageLength = 20;
const useCase: UseCaseId = 'request-card';

const filters = {
  all: { text: 'All', states: requestStates },
  open: { text: 'Open', states: openRequestStates },
  approved: { text: 'Approved', states: ['approved'] },
  rejected: { text: 'Rejected', states: ['rejected'] },
  aborted: { text: 'Aborted', states: ['aborted'] },
  refused: { text: 'Not accepted', states: ['refused'] },
} as const satisfies Record<string, { readonly text: string; readonly states: readonly RequestState[] }>;
type FilterName = keyof typeof filters;

const choices = Object.fromEntries(Object.entries(filters).map(([name, { text }]) => [name, text]));
const position = z.object({ createdAt: z.iso.datetime(), id: z.uuid() });
const parameters = listQuery(position, { state: z.enum(Object.keys(filters) as FilterName[]).default('all') }).omit({
  limit: true,
});

interface Row {
  readonly request: RequestDetails;
  readonly step: CurrentStep | null;
}

/** A person's own requests, and how to request a card. */
export async function requestListPage(
  db: Knex,
  tasks: RequestTasks,
  { user, query }: PageContext,
): Promise<PageAnswer> {
  const { state, cursor } = readPageQuery(parameters, query);
  const [useCases, found] = await Promise.all([
    readUseCases(db),
    listRequests(db, { requester: user.id, states: filters[state].states }, pageLength + 1, cursor),
  ]);
  const { items, next } = listPage(
    found,
    pageLength,
    (row) => row.details,
    (row) => row.position,
  );
  const rows = await Promise.all(
    items.map(async (request): Promise<Row> => ({ request, step: await tasks.currentStep(request) })),
  );
  const enabled = useCases.some(({ id, enabled }) => id === useCase && enabled);
  return {
    title: texts.title,
    main: html`${doneNote(query, doneSentences)}
${enabled ? howToRequest : html`<p class="note">${texts.disabled}</p>`}
${filterLinks(REQUESTS_PATH, texts.filter, choices, state)}
${rows.length > 0 ? table(rows) : html`<p>${state === 'all' ? texts.none : texts.noneInState}</p>`}
${pagerLinks(REQUESTS_PATH, { state, first: cursor === undefined, next })}`,
  };
}

const howToRequest = html`<p>To request a card, open <a href="/camunda/app/tasklist/default/">Tasklist</a>, choose Start process, then
Request card. A photo that is missing is added under <a href="${PHOTO_SEARCH_PATH}">Photos</a>.</p>`;

function table(rows: readonly Row[]): Html {
  return dataTable<Row>(
    texts.caption,
    [
      {
        heading: 'Card holder',
        cell: ({ request: { id, holder } }) =>
          html`<a href="${REQUESTS_PATH}/${id}">${holder.name}</a> <span class="soft">${holder.employeeNumber}</span>`,
      },
      { heading: 'Card', cell: ({ request }) => request.cardType.name },
      { heading: 'State', cell: state },
      { heading: 'Requested', cell: ({ request }) => time(request.createdAt) },
    ],
    rows,
  );
}

function state({ request, step }: Row): Html {
  const reason = request.decision?.reason ?? request.reason;
  return html`${badge(stateBadges[request.state])}${step !== null && html`<p>At: ${step.name}</p>`}${reason !== null && html`<p>${reason}</p>`}`;
}
