import type { Transaction } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { html, type Html } from '../../web/pages/html.js';
import { cardIdsIn } from '../batch-checks.js';
import { cancelBatch, completeBatch } from '../batch-closing.js';
import { repeatBatch, type BatchRepeat } from '../batch-service.js';
import type { BatchDetails } from '../../batch-rows/batch-types.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { cardsText, texts, type doneSentences } from './batch-page-texts.js';

/** What a production operator can do about a batch order that was ordered. */
export const batchActions = ['repeat', 'complete', 'cancel'] as const;
export type BatchAction = (typeof batchActions)[number];

/** What was tried before the page is shown again. */
export interface RefusedAct {
  readonly refusal: ProductError;
  readonly action: BatchAction;
  readonly reason: string;
}

/** The person who looks at a batch order. */
export interface Onlooker {
  /** Whether batch orders of this kind are their work; others only read. */
  readonly mayAct: boolean;
  /** An approver, who decides on requests. */
  readonly mayDecide: boolean;
  /** Whether the batch order is theirs. */
  readonly owns: boolean;
  /** Where they continue in Tasklist. */
  readonly tasklist: string;
  readonly refused: RefusedAct | null;
}

/** Each action in a transaction, with the rules of the API. They return what the page says afterwards. */
export const actionsOnBatches: Readonly<
  Record<
    BatchAction,
    (trx: Transaction, batchId: string, by: string, form: FormData) => Promise<keyof typeof doneSentences>
  >
> = {
  repeat: async (trx, batchId, by, form) => {
    await repeatBatch(trx, { batchId, by, ...pickedOf(form) });
    return 'repeated';
  },
  complete: async (trx, batchId, by) => {
    await completeBatch(trx, { batchId, by, runningIn: null });
    return 'completed';
  },
  cancel: async (trx, batchId, by, form) => {
    await cancelBatch(trx, { batchId, by, runningIn: null, reason: reasonOf(form) });
    return 'cancelled';
  },
};

/** The reason that was given in a form. */
export function reasonOf(form: FormData): string {
  const value = form.get('reason');
  return typeof value === 'string' ? value : '';
}

/** Failed cards that alone are repeated, or badly printed ones; all failed ones where nothing could be picked. */
function pickedOf(form: FormData): Pick<BatchRepeat, 'only' | 'spoilt'> {
  const picked = form.get('picked');
  if (picked === null) return {};
  const cardIds = cardIdsIn(form.getAll('card'));
  if (cardIds.length === 0) throw new ProductError('batch-empty', 'Tick the cards first.');
  return picked === 'produced' ? { spoilt: { cardIds, reason: reasonOf(form) } } : { only: cardIds };
}

/** What comes next, in words, with the forms of those who may act. */
export function whatNext(batch: BatchDetails, onlooker: Onlooker): Html {
  const { kind, state, counts, id, owner } = batch;
  const { mayAct, owns, tasklist } = onlooker;
  if (kind === 'request') return whatNextOfRequests(batch, onlooker);
  switch (state) {
    case 'draft':
      return owns && mayAct
        ? html`<p><a href="${BATCHES_PATH}/${id}/cards">Choose the cards</a>, then <a href="${tasklist}">order them in Tasklist</a>.</p>`
        : html`<p>${owner} is still choosing the cards. Nothing is ordered yet.</p>`;
    case 'ordering':
    case 'running':
      return html`<p>The batch order continues without you. When its last card is made it is completed; if cards have failed, production operators decide what becomes of them.</p>
${mayAct && html`<ul class="doings"><li>${cancelForm(id, 'Cancel what is not at a backend yet', 'Cards that were not ordered yet stay approved; ordered ones are withdrawn for good. What is at a backend is made.', onlooker)}</li></ul>`}`;
    case 'reviewing':
      return html`<p>${cardsText(counts.failed)} failed. Decide here, or <a href="${tasklist}">at the task in Tasklist</a>. Badly printed cards are picked below, under “Produced”.</p>
${mayAct && reviewForms(id, onlooker)}`;
    case 'completed':
      return counts.failed > 0
        ? html`<p>The batch order is completed. ${cardsText(counts.failed)} stayed failed; each can still be tried again or cancelled on its own page.</p>`
        : html`<p>Nothing is left to do. A card that turned out badly is declared spoilt on its own page, and made again there.</p>`;
    case 'cancelled':
      return html`<p>The batch order is cancelled. Nothing is left to do.</p>`;
  }
}

function whatNextOfRequests({ id, owner, state, counts }: BatchDetails, onlooker: Onlooker): Html {
  const { mayAct, mayDecide, owns, tasklist } = onlooker;
  switch (state) {
    case 'draft':
      return owns && mayAct
        ? html`<p><a href="${BATCHES_PATH}/${id}/holders">Choose the card holders</a>, then <a href="${tasklist}">request their cards in Tasklist</a>.</p>`
        : html`<p>${owner} is still choosing the card holders. Nothing is requested yet.</p>`;
    case 'ordering':
      return html`<p>The requests are being registered.</p>`;
    case 'running':
      return html`${mayDecide && html`<p><a class="button" href="${BATCHES_PATH}/${id}/decision">Decide on the requests</a></p>`}
<p>Approvers decide on all requests at once, here or in Tasklist under Approvals; single ones may be rejected.</p>
${mayAct && owns && html`<ul class="doings"><li>${cancelForm(id, 'Abort the requests that wait', 'What is decided already stays so.', onlooker)}</li></ul>`}`;
    default:
      return counts.succeeded > 0
        ? html`<p>Nothing is left to decide. Approved cards are produced by Issue card, or together by Issue multiple cards.</p>`
        : html`<p>Nothing is left to decide.</p>`;
  }
}

function reviewForms(id: string, onlooker: Onlooker): Html {
  const form = (action: BatchAction, button: Html) =>
    html`<li><form method="post" action="${BATCHES_PATH}/${id}/${action}"><div class="actions">${button}</div></form></li>`;
  return html`<ul class="doings">
${form('repeat', html`<button>Repeat production of the failed cards</button>`)}
${form('complete', html`<button class="quiet">Complete order: leave the failed cards as they are</button>`)}
<li>${cancelForm(id, 'Cancel the failed cards', 'The failed cards are withdrawn for good, and the batch order ends.', onlooker)}</li>
</ul>`;
}

/** A confirmation without a script: the button only comes out when the person opens the block. */
function cancelForm(id: string, title: string, hint: string, { refused }: Onlooker): Html {
  const tried = refused?.action === 'cancel';
  return html`<details class="card"${tried && html` open`}><summary>${title}</summary>
<form method="post" action="${BATCHES_PATH}/${id}/cancel">
<p>${hint}</p>
<label for="reason-cancel">${texts.reason}</label>
<textarea id="reason-cancel" name="reason" rows="3" maxlength="1000" required>${tried && refused.reason}</textarea>
<div class="actions"><button>${title}</button></div>
</form></details>`;
}
