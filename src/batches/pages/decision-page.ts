import type { Decision } from '../../domain/decisions.js';
import type { ProductError } from '../../kernel/errors.js';
import { dataTable } from '../../web/pages/data-table.js';
import { html, type Html } from '../../web/pages/html.js';
import { refusalNote } from '../../web/pages/notes.js';
import type { PageAnswer } from '../../web/pages/page.js';
import type { BatchDetails } from '../../batch-rows/batch-types.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { batchName, cardsText } from './batch-page-texts.js';

/** A request that waits, as an approver is shown it. */
export interface DecidingRow {
  /** Place in the list. */
  readonly ordinal: number;
  readonly name: string;
  readonly employeeNumber: string;
  readonly department: string;
  readonly email: string;
  readonly photoId: string | null;
  readonly fingerprint: string;
}

/** What was tried before the page is shown again. */
export interface TriedDecision {
  readonly decision: Decision | null;
  readonly reason: string;
  /** Exceptions that were written down by their places. */
  readonly lines: string;
  /** Of the list that the person saw. */
  readonly seen: string;
  readonly ticked: ReadonlySet<number>;
  readonly reasons: ReadonlyMap<number, string>;
  readonly refusal: ProductError;
}

export interface Deciding {
  readonly batch: BatchDetails;
  readonly rows: readonly DecidingRow[];
  readonly seen: string;
  readonly tried: TriedDecision | null;
}

/** All requests that wait with a box each: ticked ones are rejected, each for its reason, and the others approved. */
export function decisionPage({ batch, rows, seen, tried }: Deciding): PageAnswer {
  const { ordered, succeeded, failed, withdrawn } = batch.counts;
  const waiting = ordered - succeeded - failed - withdrawn;
  return {
    title: `Decide on ${batchName(batch, 'batch order')}`,
    ...(tried !== null && { status: tried.refusal.status }),
    main: html`${tried !== null && refusalNote(tried.refusal)}
<p>${batch.owner} has requested ${cardsText(ordered)} together; ${waiting} ${waiting === 1 ? 'waits' : 'wait'} for a decision.
A request for your own card, which you may not decide, keeps waiting for another approver.</p>
${rows.length === 0 ? html`<p>Nothing waits for a decision any more.</p>` : form(batch, rows, seen, tried, waiting)}
<p><a href="${BATCHES_PATH}/${batch.id}">${batchName(batch)}</a></p>`,
  };
}

function form(
  batch: BatchDetails,
  rows: readonly DecidingRow[],
  seen: string,
  tried: TriedDecision | null,
  waiting: number,
): Html {
  const all = waiting > rows.length;
  return html`<form method="post" action="${BATCHES_PATH}/${batch.id}/decision" autocomplete="off">
<input type="hidden" name="seen" value="${seen}">
<fieldset><legend>Decision</legend>
${choice('approve', 'Approve all but the ticked ones', tried?.decision !== 'reject')}
${choice('reject', 'Reject all', tried?.decision === 'reject')}
<label for="reason">Reason, to reject all</label>
<textarea id="reason" name="reason" rows="2" maxlength="1000">${tried?.reason}</textarea>
${
  all &&
  html`<label for="lines">Exceptions further down the list</label>
<textarea id="lines" name="lines" rows="3" maxlength="4000" aria-describedby="lines-hint">${tried?.lines}</textarea>
<p id="lines-hint">The first ${rows.length} are listed below. Others one a line: place, colon, reason, for example 612: has left.</p>`
}
<div class="actions"><button>Decide</button></div>
</fieldset>
${dataTable<DecidingRow>(
  'Requests that wait, in the order of the batch order',
  [
    {
      heading: 'Card holder',
      cell: ({ ordinal, name, employeeNumber }) =>
        html`<span class="soft">${ordinal}</span> ${name} <span class="soft">${employeeNumber}</span>`,
    },
    {
      heading: 'Photo',
      cell: ({ name, photoId }) =>
        photoId === null
          ? 'none'
          : html`<img class="face" src="/api/v1/photos/${photoId}" alt="Photo of ${name}" loading="lazy" width="48" height="60">`,
    },
    { heading: 'Department', cell: ({ department, email }) => html`${department} <span class="soft">${email}</span>` },
    { heading: 'Reject', cell: (row) => exception(row, tried) },
  ],
  rows,
)}
</form>`;
}

function choice(value: Decision, text: string, checked: boolean): Html {
  return html`<p class="pick"><input type="radio" name="decision" value="${value}" id="decide-${value}"${checked && html` checked`}><label for="decide-${value}">${text}</label></p>`;
}

function exception({ ordinal, name }: DecidingRow, tried: TriedDecision | null): Html {
  const ticked = tried?.ticked.has(ordinal) === true;
  return html`<span class="pick"><input type="checkbox" name="except" value="${ordinal}" aria-label="Reject: ${name}"${ticked && html` checked`}>
<input name="reason-${ordinal}" maxlength="1000" aria-label="Reason to reject: ${name}" placeholder="Reason" value="${tried?.reasons.get(ordinal) ?? ''}"></span>`;
}
