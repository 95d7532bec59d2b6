import { errorTable, type ProductError } from '../../kernel/errors.js';
import { badge } from '../../web/pages/badge.js';
import { dataTable } from '../../web/pages/data-table.js';
import { html, type Html } from '../../web/pages/html.js';
import { byPlace, filterLinks, pagerLinks } from '../../web/pages/list-links.js';
import { refusalNote } from '../../web/pages/notes.js';
import type { PageAnswer } from '../../web/pages/page.js';
import type { BatchDetails, BatchRow } from '../../batch-rows/batch-types.js';
import type { ChoosableHolder } from '../requesting/holder-choosing.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { batchName } from './batch-page-texts.js';
import type { HoldersQuery } from './holders-query.js';

export interface ChoosingHolders {
  readonly batch: BatchDetails;
  readonly departments: readonly string[];
  /** Of the card holders that the filter means. */
  readonly counts: { readonly matching: number; readonly chosen: number };
  /** A page of them. */
  readonly holders: readonly ChoosableHolder[];
  readonly next: string | null;
  readonly asked: HoldersQuery;
  /** As it stands in the address, so that forms come back to it. */
  readonly query: URLSearchParams;
  /** Where the cards are requested. */
  readonly tasklist: string;
  readonly refusal: ProductError | null;
  /** The first who cannot get a card, and names that nobody has. */
  readonly skipped: readonly BatchRow[];
}

/** The active card holders with a box each; ticked ones are in the draft. */
export function holdersPage(choosing: ChoosingHolders): PageAnswer {
  const { batch, counts, holders, next, asked, refusal, tasklist } = choosing;
  const { q, department, state, cursor } = asked;
  const path = `${BATCHES_PATH}/${batch.id}/holders`;
  const kept = Object.fromEntries(Object.entries({ q, department }).filter(([, value]) => value !== ''));
  const filtered = Object.keys(kept).length > 0;
  const labels = {
    all: `All (${counts.matching})`,
    chosen: `Chosen (${counts.chosen})`,
    left: `Not chosen (${counts.matching - counts.chosen})`,
  };
  return {
    title: `Choose card holders for ${batchName(batch, 'batch order')}`,
    live: true,
    ...(refusal !== null && { status: refusal.status }),
    main: html`${refusal !== null && refusalNote(refusal)} ${standing(choosing)}
      <p><a class="button" href="${tasklist}">Back to Tasklist to request</a></p>
      ${nameForm(batch)} ${filterForm(choosing)}
      <div id="narrowed" data-live>
        ${filterLinks(path, 'Card holders by choice', labels, state, kept)}
        <ul class="filters">
          ${matchingForm(choosing, 'choose', filtered ? `Choose all ${counts.matching} that match` : `Choose all ${counts.matching}`, counts.chosen < counts.matching)}
          ${matchingForm(choosing, 'leave', filtered ? `Choose none of the ${counts.matching} that match` : 'Choose none', counts.chosen > 0)}
        </ul>
      </div>
      ${holders.length > 0 ? tickForm(choosing) : html`<p>${filtered || state !== 'all' ? 'No active card holder matches.' : 'There is no active card holder at present.'}</p>`}
      ${pagerLinks(path, { state, first: cursor === undefined, next, kept, words: byPlace })}`,
  };
}

function standing(choosing: ChoosingHolders): Html {
  const { chosen, skipped } = choosing.batch.counts;
  const people = (count: number) => (count === 1 ? '1 card holder' : `${count} card holders`);
  return html`<div id="choice" data-live>
    <p class="note" role="status">
      <strong>${people(chosen - skipped)} chosen.</strong> ${skipped > 0 && `${skipped} cannot get a card.`} What you
      choose is kept at once; nothing is requested here.
    </p>
    ${skipped > 0 && skippedList(choosing)}
  </div>`;
}

function skippedList(choosing: ChoosingHolders): Html {
  const { batch, skipped } = choosing;
  const more = batch.counts.skipped - skipped.length;
  return html`<details class="card" open>
    <summary>Who cannot get a card</summary>
    ${dataTable<BatchRow>(
      more > 0 ? `The first ${skipped.length} of ${batch.counts.skipped}` : 'They are left out; the others go on',
      [
        {
          heading: 'Card holder',
          cell: ({ holder, namedAs }) =>
            html`${holder?.name ?? namedAs} <span class="soft">${holder?.employeeNumber}</span>`,
        },
        { heading: 'Why', cell: ({ reason }) => reason },
      ],
      skipped,
    )}
    <form method="post" action="${addressOf(choosing, 'forget')}">
      <div class="actions"><button class="quiet">Take them out of the list</button></div>
    </form>
  </details>`;
}

function nameForm(batch: BatchDetails): Html {
  return html`<details class="card">
    <summary>Paste a list, or upload a file</summary>
    <form
      method="post"
      enctype="multipart/form-data"
      action="${BATCHES_PATH}/${batch.id}/holders/named"
      autocomplete="off"
    >
      <label for="names">Employee numbers</label>
      <textarea id="names" name="names" rows="5" aria-describedby="names-hint"></textarea>
      <p id="names-hint">Also UPNs or e-mail addresses; one a line, or separated by commas or semicolons.</p>
      <label for="file">CSV file</label>
      <input id="file" name="file" type="file" accept=".csv,.txt,text/csv,text/plain" aria-describedby="file-hint" />
      <p id="file-hint">The column employee_number, upn or email counts; without such a heading, the first column.</p>
      <div class="actions"><button>Choose them</button></div>
    </form>
  </details>`;
}

function filterForm({ batch, departments, asked }: ChoosingHolders): Html {
  return html`<form class="card" role="search" action="${BATCHES_PATH}/${batch.id}/holders">
    <input type="hidden" name="state" value="${asked.state}" />
    <div class="search">
      <div>
        <label for="q">Name or number</label><input id="q" name="q" type="search" value="${asked.q}" maxlength="320" />
      </div>
      <div>
        <label for="department">Department</label
        ><input id="department" name="department" list="departments" value="${asked.department}" maxlength="200" />
        <datalist id="departments">${departments.map((each) => html`<option value="${each}"></option>`)}</datalist>
      </div>
    </div>
    <div class="actions"><button>Find card holders</button></div>
  </form>`;
}

/** A button for all that the filter means, on whatever page they are. */
function matchingForm(choosing: ChoosingHolders, name: 'choose' | 'leave', text: string, possible: boolean): Html {
  return html`<li>
    <form method="post" action="${addressOf(choosing, name)}">
      <button class="quiet" ${!possible && html` disabled`}>${text}</button>
    </form>
  </li>`;
}

function addressOf({ batch, query }: ChoosingHolders, name: string): string {
  return `${BATCHES_PATH}/${batch.id}/holders/${name}?${query.toString()}`;
}

/** `shown` tells the boxes that were there from those that were not: only these may be unticked. */
function tickForm(choosing: ChoosingHolders): Html {
  const box = ({ id, chosen }: ChoosableHolder) =>
    html`<input type="checkbox" name="chosen" value="${id}" id="holder-${id}" ${chosen && html` checked`} />`;
  return html`<form method="post" action="${addressOf(choosing, 'tick')}" data-save autocomplete="off">
    ${choosing.holders.map(({ id }) => html`<input type="hidden" name="shown" value="${id}" />`)}
    ${dataTable<ChoosableHolder>(
      'Active card holders, by their names',
      [
        {
          heading: 'Card holder',
          cell: (holder) =>
            html`<span class="pick"
              >${box(holder)}<label for="holder-${holder.id}"
                >${holder.name} <span class="soft">${holder.employeeNumber}</span></label
              ></span
            >`,
        },
        { heading: 'Department', cell: ({ department }) => department },
        {
          heading: 'Can get a card',
          cell: ({ chosen, code }) =>
            chosen ? badge(code === null ? { text: 'yes', tone: 'good' } : { text: titleOf(code), tone: 'bad' }) : '',
        },
      ],
      choosing.holders,
    )}
    <noscript
      ><div class="actions"><button>Save the choice on this page</button></div></noscript
    >
  </form>`;
}

function titleOf(code: string): string {
  return Object.entries(errorTable).find(([each]) => each === code)?.[1].title ?? code;
}
