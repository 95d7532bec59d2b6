import { z } from 'zod';
import { readBackendStatuses, type BackendStatus } from '../backends/administration/backend-status.js';
import { listCardTypes } from '../../directory/index.js';
import type { CardType } from '../../directory/card-types/card-type-store.js';
import { listCards } from '../../cards/index.js';
import type { CardDetails } from '../../cards/card-reading.js';
import type { Knex } from '../../kernel/db/database.js';
import { cardStates, type CardState } from '../../domain/card-states.js';
import { listPage, listQuery } from '../../web/list.js';
import { badge } from '../../web/pages/badge.js';
import { dataTable } from '../../web/pages/data-table.js';
import { html, type Html } from '../../web/pages/html.js';
import { filterLinks, pagerLinks } from '../../web/pages/list-links.js';
import { readPageQuery } from '../../web/pages/page-query.js';
import type { PageAnswer, PageContext } from '../../web/pages/page.js';
import { time } from '../../web/pages/time.js';
import type { UseCaseId } from '../../process/contract/index.js';
import { readUseCases } from '../../variants/index.js';
import { cardBadges, texts } from './card-page-texts.js';

export const CARDS_PATH = '/cards';

const pageLength = 20;
const useCase: UseCaseId = 'issue-card';

const filters = {
  all: { text: 'All', states: cardStates },
  approved: { text: 'To issue', states: ['approved'] },
  ordered: { text: 'In production', states: ['ordered'] },
  failed: { text: 'Failed', states: ['failed'] },
  issued: { text: 'Issued', states: ['issued'] },
  cancelled: { text: 'Cancelled', states: ['cancelled'] },
  undecided: { text: 'Not decided', states: ['registered', 'requested'] },
  refused: { text: 'Not approved', states: ['rejected', 'aborted'] },
} as const satisfies Record<string, { readonly text: string; readonly states: readonly CardState[] }>;
type FilterName = keyof typeof filters;

const choices = Object.fromEntries(Object.entries(filters).map(([name, { text }]) => [name, text]));
const position = z.object({ createdAt: z.iso.datetime(), id: z.uuid() });
const parameters = listQuery(position, {
  state: z.enum(Object.keys(filters) as FilterName[]).default('all'),
  type: z.string().max(100).default(''),
  q: z.string().max(320).default(''),
}).omit({ limit: true });

/** The cards of everyone, to find the one to do something about. */
export async function cardListPage(db: Knex, { query }: Pick<PageContext, 'query'>): Promise<PageAnswer> {
  const { state, type, q, cursor } = readPageQuery(parameters, query);
  const search = q.trim();
  const filter = {
    states: filters[state].states,
    cardType: type === '' ? undefined : type,
    search: search === '' ? undefined : search,
  };
  const [useCases, types, statuses, found] = await Promise.all([
    readUseCases(db),
    listCardTypes(db),
    readBackendStatuses(db),
    listCards(db, filter, pageLength + 1, cursor),
  ]);
  const { items, next } = listPage(
    found,
    pageLength,
    (row) => row.details,
    (row) => row.position,
  );
  const kept = { ...(search === '' ? {} : { q: search }), ...(type === '' ? {} : { type }) };
  const enabled = useCases.some(({ id, enabled }) => id === useCase && enabled);
  const everything = state === 'all' && search === '' && type === '';
  return {
    title: texts.title,
    main: html`${enabled ? howToIssue : html`<p class="note">${texts.disabled}</p>`}
${[...statuses.values()].filter(({ works }) => !works).map(stoppedNote)}
${searchForm({ state, type, q: search }, types)}
${filterLinks(CARDS_PATH, texts.filter, choices, state, kept)}
${items.length > 0 ? table(items) : html`<p>${everything ? texts.none : texts.noneFound}</p>`}
${pagerLinks(CARDS_PATH, { state, first: cursor === undefined, next, kept })}`,
  };
}

const howToIssue = html`<p>Open a card to issue it, or start Issue card in <a href="/camunda/app/tasklist/default/">Tasklist</a>. Failed productions
wait there under Production.</p>`;

function stoppedNote({ text }: BackendStatus): Html {
  return html`<p class="note bad" role="status">${text}</p>`;
}

function searchForm(
  { state, type, q }: { readonly state: string; readonly type: string; readonly q: string },
  types: readonly CardType[],
): Html {
  const options = [{ id: '', name: texts.everyType }, ...types].map(
    ({ id, name }) => html`<option value="${id}"${id === type && html` selected`}>${name}</option>`,
  );
  return html`<form class="card" role="search" action="${CARDS_PATH}">
<input type="hidden" name="state" value="${state}">
<div class="search">
<div><label for="q">${texts.search}</label><input id="q" name="q" type="search" value="${q}" maxlength="320"></div>
<div><label for="type">${texts.cardType}</label><select id="type" name="type">${options}</select></div>
</div>
<div class="actions"><button>Find cards</button></div>
</form>`;
}

function table(cards: readonly CardDetails[]): Html {
  return dataTable<CardDetails>(
    texts.caption,
    [
      {
        heading: 'Card holder',
        cell: ({ id, holder }) =>
          html`<a href="${CARDS_PATH}/${id}">${holder.name}</a> <span class="soft">${holder.employeeNumber}</span>`,
      },
      {
        heading: 'Card',
        cell: ({ cardType, number }) => html`${cardType.name}${number !== null && html` <code>${number}</code>`}`,
      },
      { heading: 'State', cell: ({ state }) => badge(cardBadges[state]) },
      { heading: 'Since', cell: ({ changedAt }) => time(changedAt) },
    ],
    cards,
  );
}
