import { byWireState, rowStateOf, wireRowStates, type WireRowState } from '../../domain/batch-row-words.js';
import type { BatchKind } from '../../domain/batch-states.js';
import { badge } from '../../web/pages/badge.js';
import { dataTable, type Column } from '../../web/pages/data-table.js';
import { html, type Html } from '../../web/pages/html.js';
import { byPlace, filterLinks, pagerLinks, type Choices } from '../../web/pages/list-links.js';
import { CARDS_PATH } from '../../production/index.js';
import type { BatchDetails, BatchRow } from '../../batch-rows/batch-types.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { rowBadge, rowCounts, texts, wordsOf } from './batch-page-texts.js';

/** A page of the rows of a batch order. */
export interface ShownRows {
  readonly rows: readonly BatchRow[];
  /** The filter, as the address names it. */
  readonly state: WireRowState | 'all';
  /** Whether it is the first page. */
  readonly first: boolean;
  readonly next: string | null;
  /** Whether the person may have some of them made again. */
  readonly mayPick: boolean;
}

/** What became of each card; in the review, with boxes to pick those that are made again. */
export function rowList(batch: BatchDetails, { rows, state, first, next, mayPick }: ShownRows): Html {
  const path = `${BATCHES_PATH}/${batch.id}`;
  const csv = `/api/v1/batch-orders/${batch.id}/rows.csv${state === 'all' ? '' : `?state=${state}`}`;
  const picking =
    mayPick && batch.kind === 'issue' && batch.state === 'reviewing' && (state === 'failed' || state === 'produced')
      ? state
      : null;
  return html`${filterLinks(path, texts.rowsFilter, choicesOf(batch, state), state)}
${rows.length === 0 ? html`<p>${texts.noRows}</p>` : picking === null ? table(batch.kind, rows, columnsOf[batch.kind]) : pickForm(path, picking, rows)}
${pagerLinks(path, { state, first, next, words: byPlace })}
${rows.length > 0 && html`<p><a href="${csv}" download>${texts.csv}</a></p>`}`;
}

/** The states that occur, and the one that was asked for. */
function choicesOf({ kind, counts }: BatchDetails, current: string): Choices {
  const of = byWireState(rowCounts(counts));
  const states = wireRowStates.filter((state) => of[state] > 0 || state === current);
  const name = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  return {
    all: `All (${counts.chosen})`,
    ...Object.fromEntries(
      states.map((state) => [state, `${name(rowBadge(kind, rowStateOf(state)).text)} (${of[state]})`]),
    ),
  };
}

type Columns = readonly [Column<BatchRow>, ...Column<BatchRow>[]];

const stateColumn = (kind: BatchKind): Column<BatchRow> => ({
  heading: 'State',
  cell: ({ state, reason }) => html`${badge(rowBadge(kind, state))}${reason !== null && html`<p>${reason}</p>`}`,
});
const columns: Columns = [
  { heading: 'Card holder', cell: whose },
  {
    heading: 'Card',
    cell: ({ cardType, cardNumber }) => html`${cardType}${cardNumber !== null && html` <code>${cardNumber}</code>`}`,
  },
  stateColumn('issue'),
];
const columnsOf: Readonly<Record<BatchKind, Columns>> = {
  issue: columns,
  request: [
    {
      heading: 'Card holder',
      cell: ({ ordinal, holder, namedAs }) =>
        html`<span class="soft">${ordinal}</span> ${holder?.name ?? namedAs} <span class="soft">${holder?.employeeNumber}</span>`,
    },
    { heading: 'Department', cell: ({ holder }) => holder?.department ?? '' },
    stateColumn('request'),
  ],
};

function whose({ cardId, holder, namedAs }: BatchRow): Html | string {
  if (cardId === null) return namedAs ?? '';
  return html`<a href="${CARDS_PATH}/${cardId}">${holder?.name ?? cardId}</a> <span class="soft">${holder?.employeeNumber}</span>`;
}

function table(kind: BatchKind, rows: readonly BatchRow[], [subject, ...others]: Columns): Html {
  return dataTable<BatchRow>(wordsOf[kind].caption, [subject, ...others], rows);
}

const picks = {
  failed: {
    heading: 'Repeat',
    hint: 'Tick the cards that alone are to be made again. The others stay failed.',
    button: 'Repeat only the ticked cards',
  },
  produced: {
    heading: 'Spoilt',
    hint: 'Tick the cards that turned out badly. They are made again under the next production number, together with the failed ones.',
    button: 'Declare the ticked cards spoilt, and repeat',
  },
} as const;

function pickForm(path: string, state: keyof typeof picks, rows: readonly BatchRow[]): Html {
  const { heading, hint, button } = picks[state];
  const box: Column<BatchRow> = {
    heading,
    cell: ({ cardId, holder }) =>
      html`<input type="checkbox" name="card" value="${cardId}" aria-label="${heading}: ${holder?.name ?? cardId}">`,
  };
  return html`<form method="post" action="${path}/repeat" autocomplete="off">
<input type="hidden" name="picked" value="${state}">
<p>${hint}</p>
${table('issue', rows, [...columns, box])}
${
  state === 'produced' &&
  html`<label for="reason-spoilt">What is wrong with them</label>
<textarea id="reason-spoilt" name="reason" rows="2" maxlength="1000" required></textarea>`
}
<div class="actions"><button>${button}</button></div>
</form>`;
}
