import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { batchStates, type BatchState } from '../../domain/batch-states.js';
import { listPage, listQuery } from '../../web/list.js';
import { badge } from '../../web/pages/badge.js';
import { dataTable } from '../../web/pages/data-table.js';
import { html, type Html } from '../../web/pages/html.js';
import { filterLinks, pagerLinks } from '../../web/pages/list-links.js';
import { readPageQuery } from '../../web/pages/page-query.js';
import type { PageAnswer, PageContext } from '../../web/pages/page.js';
import { time } from '../../web/pages/time.js';
import { visibleTo } from '../batch-access.js';
import { listBatches } from '../../batch-rows/index.js';
import type { BatchDetails } from '../../batch-rows/batch-types.js';
import { batchBadge, batchName, countsText, texts } from './batch-page-texts.js';

export const BATCHES_PATH = '/batches';

const pageLength = 20;

const filters = {
  all: { text: 'All', states: batchStates.filter((state) => state !== 'draft') },
  running: { text: 'Under way', states: ['ordering', 'running'] },
  reviewing: { text: 'To decide', states: ['reviewing'] },
  ended: { text: 'Ended', states: ['completed', 'cancelled'] },
  draft: { text: 'Your drafts', states: ['draft'] },
} as const satisfies Record<string, { readonly text: string; readonly states: readonly BatchState[] }>;
type FilterName = keyof typeof filters;

const labels = Object.fromEntries(Object.entries(filters).map(([name, { text }]) => [name, text]));
const position = z.object({ createdAt: z.iso.datetime(), id: z.uuid() });
const parameters = listQuery(position, { state: z.enum(Object.keys(filters) as FilterName[]).default('all') }).omit({
  limit: true,
});

/** Batch orders of everyone, and the person's own drafts. */
export async function batchListPage(
  db: Knex,
  { query, user }: Pick<PageContext, 'query' | 'user'>,
): Promise<PageAnswer> {
  const { state, cursor } = readPageQuery(parameters, query);
  const visible = visibleTo(user);
  const owner = state === 'draft' ? user.id : visible.owner;
  const found = await listBatches(db, { ...visible, states: filters[state].states, owner }, pageLength + 1, cursor);
  const { items, next } = listPage(
    found,
    pageLength,
    (row) => row.details,
    (row) => row.position,
  );
  return {
    title: texts.title,
    main: html`<p>To order or request many cards together, start Issue multiple cards or Request multiple cards in <a href="/camunda/app/tasklist/default/">Tasklist</a>.</p>
${filterLinks(BATCHES_PATH, texts.filter, labels, state)}
${items.length > 0 ? table(items) : html`<p>${emptyText(state)}</p>`}
${pagerLinks(BATCHES_PATH, { state, first: cursor === undefined, next })}`,
  };
}

function emptyText(state: FilterName): string {
  if (state === 'all') return texts.none;
  return state === 'draft' ? texts.noDrafts : texts.noneInState;
}

function table(batches: readonly BatchDetails[]): Html {
  return dataTable<BatchDetails>(
    texts.caption,
    [
      { heading: 'Batch order', cell: (batch) => html`<a href="${BATCHES_PATH}/${batch.id}">${batchName(batch)}</a>` },
      { heading: 'State', cell: (batch) => badge(batchBadge(batch)) },
      {
        heading: 'Cards',
        cell: ({ kind, state, counts }) => (state === 'draft' ? `${counts.chosen} chosen` : countsText(counts, kind)),
      },
      { heading: 'Owner', cell: ({ owner }) => owner },
      { heading: 'Made', cell: ({ createdAt }) => time(createdAt) },
    ],
    batches,
  );
}
