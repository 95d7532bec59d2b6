import type { CardType } from '../../directory/card-types/card-type-store.js';
import type { ProductError } from '../../kernel/errors.js';
import { dataTable } from '../../web/pages/data-table.js';
import { html, type Html } from '../../web/pages/html.js';
import { byPlace, filterLinks, pagerLinks } from '../../web/pages/list-links.js';
import { refusalNote } from '../../web/pages/notes.js';
import type { PageAnswer } from '../../web/pages/page.js';
import { time } from '../../web/pages/time.js';
import { CARDS_PATH } from '../../production/issuing/card-list-page.js';
import type { Choosable } from '../batch-choosing.js';
import type { BatchDetails } from '../../batch-rows/batch-types.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { batchName, cardsText } from './batch-page-texts.js';
import type { ChoosingQuery } from './choosing-query.js';

export interface Choosing {
  readonly batch: BatchDetails;
  readonly types: readonly CardType[];
  readonly departments: readonly string[];
  /** Of the cards that the filter means. */
  readonly counts: { readonly matching: number; readonly chosen: number };
  /** A page of them. */
  readonly cards: readonly Choosable[];
  readonly next: string | null;
  readonly asked: ChoosingQuery;
  /** As it stands in the address, so that forms come back to it. */
  readonly query: URLSearchParams;
  /** Where the draft is ordered. */
  readonly tasklist: string;
  readonly refusal: ProductError | null;
}

/** The approved cards with a box each; ticked ones are in the draft. */
export function choosingPage(choosing: Choosing): PageAnswer {
  const { batch, counts, cards, next, asked, refusal, tasklist } = choosing;
  const { q, type, department, before, state, cursor } = asked;
  const path = `${BATCHES_PATH}/${batch.id}/cards`;
  const kept = Object.fromEntries(Object.entries({ q, type, department, before }).filter(([, value]) => value !== ''));
  const filtered = Object.keys(kept).length > 0;
  const labels = {
    all: `All (${counts.matching})`,
    chosen: `Chosen (${counts.chosen})`,
    left: `Not chosen (${counts.matching - counts.chosen})`,
  };
  return {
    title: `Choose cards for ${batchName(batch, 'batch order')}`,
    live: true,
    ...(refusal !== null && { status: refusal.status }),
    main: html`${refusal !== null && refusalNote(refusal)}
      <p class="note" id="choice" role="status" data-live>
        <strong>${cardsText(batch.counts.chosen)} chosen.</strong> What you tick is kept at once; nothing is ordered
        here.
      </p>
      <p><a class="button" href="${tasklist}">Back to Tasklist to order</a></p>
      ${filterForm(choosing)}
      <div id="narrowed" data-live>
        ${filterLinks(path, 'Cards by choice', labels, state, kept)}
        <ul class="filters">
          ${matchingForm(choosing, 'choose', filtered ? `Choose all ${counts.matching} that match` : `Choose all ${counts.matching}`, counts.chosen < counts.matching)}
          ${matchingForm(choosing, 'leave', filtered ? `Choose none of the ${counts.matching} that match` : 'Choose none', counts.chosen > 0)}
        </ul>
      </div>
      ${cards.length > 0 ? tickForm(choosing) : html`<p>${filtered || state !== 'all' ? 'No approved card matches.' : 'There is no approved card at present.'}</p>`}
      ${pagerLinks(path, { state, first: cursor === undefined, next, kept, words: byPlace })}`,
  };
}

function filterForm({ batch, types, departments, asked }: Choosing): Html {
  const options = [{ id: '', name: 'All card types' }, ...types].map(
    ({ id, name }) => html`<option value="${id}" ${id === asked.type && html` selected`}>${name}</option>`,
  );
  return html`<form class="card" role="search" action="${BATCHES_PATH}/${batch.id}/cards">
    <input type="hidden" name="state" value="${asked.state}" />
    <div class="search">
      <div>
        <label for="q">Name or number</label><input id="q" name="q" type="search" value="${asked.q}" maxlength="320" />
      </div>
      <div>
        <label for="type">Card type</label
        ><select id="type" name="type">
          ${options}
        </select>
      </div>
      <div>
        <label for="department">Department</label
        ><input id="department" name="department" list="departments" value="${asked.department}" maxlength="200" />
        <datalist id="departments">${departments.map((each) => html`<option value="${each}"></option>`)}</datalist>
      </div>
      <div>
        <label for="before">Approved before</label
        ><input id="before" name="before" type="date" value="${asked.before}" />
      </div>
    </div>
    <div class="actions"><button>Find cards</button></div>
  </form>`;
}

/** A button for all that the filter means, on whatever page they are. */
function matchingForm(choosing: Choosing, name: 'choose' | 'leave', text: string, possible: boolean): Html {
  return html`<li>
    <form method="post" action="${addressOf(choosing, name)}">
      <button class="quiet" ${!possible && html` disabled`}>${text}</button>
    </form>
  </li>`;
}

function addressOf({ batch, query }: Choosing, name: string): string {
  return `${BATCHES_PATH}/${batch.id}/cards/${name}?${query.toString()}`;
}

/** `shown` tells the boxes that were there from those that were not: only these may be unticked. */
function tickForm(choosing: Choosing): Html {
  const box = ({ cardId, chosen }: Choosable) =>
    html`<input type="checkbox" name="chosen" value="${cardId}" id="card-${cardId}" ${chosen && html` checked`} />`;
  return html`<form method="post" action="${addressOf(choosing, 'tick')}" data-save autocomplete="off">
    ${choosing.cards.map(({ cardId }) => html`<input type="hidden" name="shown" value="${cardId}" />`)}
    ${dataTable<Choosable>(
      'Approved cards, in the order of their approval',
      [
        {
          heading: 'Card holder',
          cell: (card) =>
            html`<span class="pick"
              >${box(card)}<label for="card-${card.cardId}"
                >${card.holder} <span class="soft">${card.employeeNumber}</span></label
              ></span
            >`,
        },
        { heading: 'Department', cell: ({ department }) => department },
        { heading: 'Card', cell: ({ cardId, cardType }) => html`<a href="${CARDS_PATH}/${cardId}">${cardType}</a>` },
        { heading: 'Approved', cell: ({ approvedAt }) => time(approvedAt) },
      ],
      choosing.cards,
    )}
    <noscript
      ><div class="actions"><button>Save the choice on this page</button></div></noscript
    >
  </form>`;
}
