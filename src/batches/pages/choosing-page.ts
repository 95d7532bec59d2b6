import type { ProductError } from '../../kernel/errors.js';
import { dataTable, type Column } from '../../web/pages/data-table.js';
import { html, type Html } from '../../web/pages/html.js';
import { byPlace, filterLinks, pagerLinks } from '../../web/pages/list-links.js';
import { refusalNote } from '../../web/pages/notes.js';
import type { PageAnswer } from '../../web/pages/page.js';
import type { BatchDetails } from '../../batch-rows/batch-types.js';
import type { Choice, Choosable } from '../batch-choosing.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { batchName } from './batch-page-texts.js';
import { entered, filterFields, type FieldOffers, type FieldValues } from './choosing-fields.js';
import type { ChoosingKind } from './choosing-kind.js';

export interface Choosing<Item> {
  readonly batch: BatchDetails;
  readonly offers: FieldOffers;
  /** Of the rows that the filter means. */
  readonly counts: { readonly matching: number; readonly chosen: number };
  /** A page of them. */
  readonly items: readonly Item[];
  readonly next: string | null;
  /** What is in the address: its fields, and which of the rows it shows. */
  readonly asked: FieldValues & { readonly state: Choice; readonly cursor?: unknown };
  /** As it stands in the address, so that forms come back to it. */
  readonly query: URLSearchParams;
  /** Where the draft is ordered. */
  readonly tasklist: string;
  readonly refusal: ProductError | null;
  readonly underChosen: Html | null;
}

type ShownKind<Item extends Choosable> = Pick<
  ChoosingKind<Item, never>,
  'segment' | 'fields' | 'columns' | 'texts' | 'otherWays'
>;

/** What a draft may hold, with a box each; ticked ones are in the draft. */
export function choosingPage<Item extends Choosable>(kind: ShownKind<Item>, choosing: Choosing<Item>): PageAnswer {
  const { batch, counts, items, next, asked, refusal, tasklist, underChosen } = choosing;
  const { texts } = kind;
  const { state, cursor } = asked;
  const path = pathOf(kind, batch);
  const kept = Object.fromEntries(entered(asked));
  const filtered = Object.keys(kept).length > 0;
  const labels = {
    all: `All (${counts.matching})`,
    chosen: `Chosen (${counts.chosen})`,
    left: `Not chosen (${counts.matching - counts.chosen})`,
  };
  const change = (name: string, text: string, possible: boolean) =>
    changeForm(addressOf(kind, choosing, name), text, possible);
  return {
    title: `${texts.title} ${batchName(batch, 'batch order')}`,
    live: true,
    ...(refusal !== null && { status: refusal.status }),
    main: html`${refusal !== null && refusalNote(refusal)}
      <div id="choice" data-live>
        <p class="note" role="status">
          <strong>${texts.chosen(batch.counts)} chosen.</strong> ${texts.note(batch.counts)}
        </p>
        ${underChosen}
      </div>
      <p><a class="button" href="${tasklist}">${texts.back}</a></p>
      ${kind.otherWays?.((name) => `${path}/${name}`)} ${filterForm(kind, choosing)}
      <div id="narrowed" data-live>
        ${filterLinks(path, texts.byChoice, labels, state, kept)}
        <ul class="filters">
          ${change('choose', filtered ? `Choose all ${counts.matching} that match` : `Choose all ${counts.matching}`, counts.chosen < counts.matching)}
          ${change('leave', filtered ? `Choose none of the ${counts.matching} that match` : 'Choose none', counts.chosen > 0)}
        </ul>
      </div>
      ${items.length > 0 ? tickForm(kind, choosing) : html`<p>${filtered || state !== 'all' ? texts.noMatch : texts.none}</p>`}
      ${pagerLinks(path, { state, first: cursor === undefined, next, kept, words: byPlace })}`,
  };
}

function filterForm<Item extends Choosable>(kind: ShownKind<Item>, { batch, offers, asked }: Choosing<Item>): Html {
  return html`<form class="card" role="search" action="${pathOf(kind, batch)}">
    <input type="hidden" name="state" value="${asked.state}" />
    <div class="search">
      ${kind.fields.map((name) => {
        const { label, input } = filterFields[name];
        return html`<div><label for="${name}">${label}</label>${input(asked[name], offers)}</div>`;
      })}
    </div>
    <div class="actions"><button>${kind.texts.find}</button></div>
  </form>`;
}

/** A button for everything that the filter selects, over all pages. */
function changeForm(address: string, text: string, possible: boolean): Html {
  return html`<li>
    <form method="post" action="${address}">
      <button class="quiet" ${!possible && html` disabled`}>${text}</button>
    </form>
  </li>`;
}

/** `shown` names the boxes that were on the page: only these may be unticked. */
function tickForm<Item extends Choosable>(kind: ShownKind<Item>, choosing: Choosing<Item>): Html {
  const { items } = choosing;
  const columns: [Column<Item>, ...Column<Item>[]] = [
    { heading: 'Card holder', cell: box },
    { heading: 'Department', cell: ({ department }) => department },
    ...kind.columns,
  ];
  return html`<form method="post" action="${addressOf(kind, choosing, 'tick')}" data-save autocomplete="off">
    ${items.map(({ id }) => html`<input type="hidden" name="shown" value="${id}" />`)}
    ${dataTable(kind.texts.caption, columns, items)}
    <noscript
      ><div class="actions"><button>Save the choice on this page</button></div></noscript
    >
  </form>`;
}

function box({ id, name, employeeNumber, chosen }: Choosable): Html {
  return html`<span class="pick"
    ><input type="checkbox" name="chosen" value="${id}" id="pick-${id}" ${chosen && html` checked`} /><label
      for="pick-${id}"
      >${name} <span class="soft">${employeeNumber}</span></label
    ></span
  >`;
}

/** The page's own address. */
export function pathOf({ segment }: { readonly segment: string }, { id }: { readonly id: string }): string {
  return `${BATCHES_PATH}/${id}/${segment}`;
}

/** Where a form of the page is sent to: it comes back to the same filter. */
export function addressOf(
  kind: { readonly segment: string },
  { batch, query }: { readonly batch: { readonly id: string }; readonly query: URLSearchParams },
  change: string,
): string {
  return `${pathOf(kind, batch)}/${change}?${query.toString()}`;
}
