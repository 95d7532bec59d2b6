import type { BackendStatus } from '../backends/administration/backend-status.js';
import type { CardState } from '../../domain/card-states.js';
import { badge } from '../../web/pages/badge.js';
import { dataTable } from '../../web/pages/data-table.js';
import { html, type Html } from '../../web/pages/html.js';
import { doneNote, refusalNote } from '../../web/pages/notes.js';
import type { PageAnswer } from '../../web/pages/page.js';
import { time } from '../../web/pages/time.js';
import { holderName } from '../../directory/index.js';
import type { OrderDetails } from '../production-types.js';
import type { Change } from '../../cards/snapshots/snapshot-changes.js';
import { CARDS_PATH } from './card-list-page.js';
import type { Possibilities } from './card-page-actions.js';
import { actionForms, type RefusedAct } from './card-page-forms.js';
import type { CardStory } from './card-page-reading.js';
import {
  cardBadges,
  doneSentences,
  evidenceLabel,
  evidenceText,
  productionBadges,
  spoiltBadge,
  texts,
} from './card-page-texts.js';

export interface Shown {
  readonly query: URLSearchParams;
  /** What the person can do about the card; null for one who only reads. */
  readonly possibilities: Possibilities | null;
  readonly refused?: RefusedAct | null;
}

/** One card: whose it is, who approved it, what it looks like, its productions, and what can be done about it. */
export function cardStoryPage(story: CardStory, { query, possibilities, refused = null }: Shown): PageAnswer {
  const { card, holder } = story;
  const status = backendStatusOf(story);
  return {
    title: `${card.cardType.name} for ${holderName(holder)}`,
    ...(refused !== null && { status: refused.refusal.status }),
    main: html`${refused === null ? doneNote(query, doneSentences) : refusalNote(refused.refusal)}
${status?.works === false && html`<p class="note bad" role="status">${status.text}</p>`}
${facts(story, status)}
${unprintableNote(story)}
${changesOf(story.changes)}
<h2>${previewHeading(card.state)}</h2>
${story.unprintable === null ? html`<p>${texts.noPreview}</p>` : preview(story)}
<h2>${texts.productions}</h2>
${story.orders.length === 0 ? html`<p>${texts.noProduction}</p>` : productions(story)}
${possibilities !== null && actionForms(story, possibilities, refused)}
<p>${card.state === 'ordered' && html`<a href="${CARDS_PATH}/${card.id}">${texts.lookAgain}</a> · `}<a href="${CARDS_PATH}">${texts.title}</a></p>`,
  };
}

function facts({ card, holder, request }: CardStory, status: BackendStatus | null): Html {
  return html`<dl class="card">
<dt>State</dt><dd>${badge(cardBadges[card.state])} since ${time(card.changedAt)}</dd>
<dt>Card number</dt><dd>${card.number ?? 'given when the card is ordered'}</dd>
<dt>Card type</dt><dd>${card.cardType.name}</dd>
<dt>Card holder</dt><dd>${holderName(holder)}, ${holder.employeeNumber}, ${holder.department}${holder.state === 'inactive' && html` <strong>(inactive)</strong>`}</dd>
<dt>Request</dt><dd>${request === null ? texts.withoutRequest : html`by ${request.requester}, ${time(request.createdAt)}`}</dd>
${request !== null && html`<dt>Decision</dt><dd>${decisionOf(request)}</dd>`}
${status !== null && html`<dt>Backend</dt><dd>${status.works ? status.text : status.name}</dd>`}
<dt>Card id</dt><dd><code>${card.id}</code></dd>
</dl>`;
}

function decisionOf({ decision, state }: NonNullable<CardStory['request']>): Html | string {
  if (decision === null) return state === 'approved' ? texts.withoutApproval : 'none yet';
  const { approver, reason, decidedAt } = decision;
  const what = decision.decision === 'approve' ? 'approved' : 'rejected';
  return html`${what}${approver === null ? ', because nobody decided in time' : ` by ${approver}`}, ${time(decidedAt)}${reason !== null && html`<br>${reason}`}`;
}

/** How the backend stands that makes the card, or that would make it; null while the card needs none. */
function backendStatusOf({ card, orders, backendStatuses, backend }: CardStory): BackendStatus | null {
  if (card.state !== 'approved' && card.state !== 'ordered' && card.state !== 'failed') return null;
  const where = card.state === 'ordered' ? orders.at(-1)?.backend : backend;
  return where == null ? null : (backendStatuses.get(where) ?? null);
}

function unprintableNote({ unprintable }: CardStory): Html | null {
  if (unprintable === null || unprintable.length === 0) return null;
  return html`<div class="note bad" role="status"><strong>${texts.notPrintable}</strong><ul>${unprintable.map((each) => html`<li>${each}</li>`)}</ul></div>`;
}

function changesOf(changes: readonly Change[]): Html | null {
  if (changes.length === 0) return null;
  return html`<h2>${texts.changes}</h2>
<p>${texts.changesHint}</p>
${dataTable<Change>(
  'What is different now',
  [
    { heading: 'What', cell: ({ field }) => field },
    { heading: 'Approved, and printed', cell: ({ approved }) => approved },
    { heading: 'Now', cell: ({ now }) => now },
  ],
  changes,
)}`;
}

const beforePrint: readonly CardState[] = ['registered', 'requested', 'approved'];
const neverPrinted: readonly CardState[] = ['aborted', 'rejected'];

function previewHeading(state: CardState): string {
  if (neverPrinted.includes(state)) return texts.preview.never;
  return beforePrint.includes(state) ? texts.preview.before : texts.preview.after;
}

function preview({ card, holder }: CardStory): Html {
  const picture = (side: 'front' | 'back', text: string) =>
    html`<li><img src="/api/v1/cards/${card.id}/preview.png?side=${side}&of=${card.changedAt}" alt="${text} of the card of ${holderName(holder)}" width="1011" height="638"></li>`;
  return html`<ul class="sides">${picture('front', 'Front')}${picture('back', 'Back')}</ul>`;
}

function productions({ orders, backendStatuses }: CardStory): Html {
  return dataTable<OrderDetails>(
    'Productions of this card, oldest first',
    [
      { heading: 'Number', cell: ({ number }) => number },
      { heading: 'State', cell: stateOf },
      { heading: 'Backend', cell: (order) => backendOf(order, backendStatuses.get(order.backend)) },
      { heading: 'When', cell: whenOf },
    ],
    orders,
  );
}

function stateOf({ state, spoilt, reason, cancelRequestedBy, endedAt }: OrderDetails): Html {
  return html`${badge(spoilt === null ? productionBadges[state] : spoiltBadge)}
${reason !== null && html`<p>${reason}</p>`}
${endedAt === null && cancelRequestedBy !== null && html`<p>${cancelRequestedBy} asked for it to be cancelled.</p>`}
${spoilt !== null && html`<p>${spoilt.reason}</p><p>Declared by ${spoilt.by}, ${time(spoilt.at)}</p>`}`;
}

/** Who makes the card, under which order, and what proves it. */
function backendOf({ backend, orderId, evidence }: OrderDetails, status: BackendStatus | undefined): Html {
  const proofs = Object.entries({ ...(orderId === null ? {} : { order: orderId }), ...evidence });
  return html`${status?.name ?? backend}${proofs.map(([name, value]) => html`<br>${evidenceLabel(name)} <code>${evidenceText(value)}</code>`)}`;
}

function whenOf({ orderedBy, orderedAt, endedAt }: OrderDetails): Html {
  return html`Ordered by ${orderedBy}<br>${time(orderedAt)}${endedAt !== null && html`<br>Ended<br>${time(endedAt)}`}`;
}
