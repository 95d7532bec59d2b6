import { batchRowStates, type BatchRowState } from '../../domain/batch-states.js';
import { badge } from '../../http/pages/badge.js';
import { dataTable, type Column } from '../../http/pages/data-table.js';
import { html, type Html } from '../../http/pages/html.js';
import { byPlace, filterLinks, pagerLinks, type Choices } from '../../http/pages/list-links.js';
import { CARDS_PATH } from '../../issuing/card-list-page.js';
import type { BatchDetails, BatchRow } from '../batch-types.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { rowBadges, rowCounts, texts } from './batch-page-texts.js';

/** A page of the rows of a batch order. */
export interface ShownRows {
  readonly rows: readonly BatchRow[];
  readonly state: BatchRowState | 'all';
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
  const picking = mayPick && batch.state === 'reviewing' && (state === 'failed' || state === 'produced') ? state : null;
  return html`${filterLinks(path, texts.rowsFilter, choicesOf(batch, state), state)}
${rows.length === 0 ? html`<p>${texts.noRows}</p>` : picking === null ? table(rows, columns) : pickForm(path, picking, rows)}
${pagerLinks(path, { state, first, next, words: byPlace })}
${rows.length > 0 && html`<p><a href="${csv}" download>${texts.csv}</a></p>`}`;
}

/** The states that occur, and the one that was asked for. */
function choicesOf({ counts }: BatchDetails, current: string): Choices {
  const of = rowCounts(counts);
  const states = batchRowStates.filter((state) => of[state] > 0 || state === current);
  const name = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  return { all: `All (${counts.chosen})`, ...Object.fromEntries(states.map((state) => [state, `${name(rowBadges[state].text)} (${of[state]})`])) };
}

const columns: readonly [Column<BatchRow>, ...Column<BatchRow>[]] = [
  { heading: 'Card holder', cell: whose },
  { heading: 'Card', cell: ({ cardType, cardNumber }) => html`${cardType}${cardNumber !== null && html` <code>${cardNumber}</code>`}` },
  { heading: 'State', cell: ({ state, reason }) => html`${badge(rowBadges[state])}${reason !== null && html`<p>${reason}</p>`}` },
];

function whose({ cardId, holder, namedAs }: BatchRow): Html | string {
  if (cardId === null) return namedAs ?? '';
  return html`<a href="${CARDS_PATH}/${cardId}">${holder?.name ?? cardId}</a> <span class="soft">${holder?.employeeNumber}</span>`;
}

function table(rows: readonly BatchRow[], [subject, ...others]: typeof columns): Html {
  return dataTable<BatchRow>(texts.rowsCaption, [subject, ...others], rows);
}

const picks = {
  failed: { heading: 'Repeat', hint: 'Tick the cards that alone are to be made again. The others stay failed.', button: 'Repeat only the ticked cards' },
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
    cell: ({ cardId, holder }) => html`<input type="checkbox" name="card" value="${cardId}" aria-label="${heading}: ${holder?.name ?? cardId}">`,
  };
  return html`<form method="post" action="${path}/repeat" autocomplete="off">
<input type="hidden" name="picked" value="${state}">
<p>${hint}</p>
${table(rows, [...columns, box])}
${state === 'produced' && html`<label for="reason-spoilt">What is wrong with them</label>
<textarea id="reason-spoilt" name="reason" rows="2" maxlength="1000" required></textarea>`}
<div class="actions"><button>${button}</button></div>
</form>`;
}
