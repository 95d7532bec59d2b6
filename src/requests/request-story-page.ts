import type { Knex } from '../kernel/db/database.js';
import type { ProductError } from '../kernel/errors.js';
import { badge } from '../web/pages/badge.js';
import { dataTable } from '../web/pages/data-table.js';
import { html, type Html } from '../web/pages/html.js';
import { doneNote, refusalNote } from '../web/pages/notes.js';
import type { PageAnswer } from '../web/pages/page.js';
import { time } from '../web/pages/time.js';
import { REQUESTS_PATH } from './request-list-page.js';
import { actionText, doneSentences, stateBadges, texts } from './request-page-texts.js';
import { listTransitions, type TransitionRow } from './request-reading.js';
import type { CurrentStep, RequestTasks } from './request-tasks.js';
import type { RequestDetails } from './request-types.js';

/** What was tried with the request before the page is shown again. */
export interface RefusedAbort {
  readonly refusal: ProductError;
  readonly reason: string;
}

/** One request with its story, and the way to abort it while it waits. */
export async function requestStoryPage(
  db: Knex,
  tasks: RequestTasks,
  request: RequestDetails,
  { query, refused = null }: { readonly query: URLSearchParams; readonly refused?: RefusedAbort | null },
): Promise<PageAnswer> {
  const [step, transitions] = await Promise.all([tasks.currentStep(request), listTransitions(db, request.id)]);
  return {
    title: `${request.cardType.name} for ${request.holder.name}`,
    ...(refused !== null && { status: refused.refusal.status }),
    main: html`${request.state === 'aborted' && doneNote(query, doneSentences)}${refused !== null && refusalNote(refused.refusal)}
${facts(request, step)}
${mayAbort(request) && abortForm(request.id, refused)}
<h2>${texts.happened}</h2>
${story(transitions)}
<p><a href="${REQUESTS_PATH}">${texts.title}</a></p>`,
  };
}

function facts(request: RequestDetails, step: CurrentStep | null): Html {
  const { holder, decision, card } = request;
  const reason = decision?.reason ?? request.reason;
  return html`<dl class="card">
<dt>State</dt><dd>${badge(stateBadges[request.state])}</dd>
${step !== null && html`<dt>Waits at</dt><dd>${step.name}</dd>`}
${request.decideBefore !== null && request.state === 'requested' && html`<dt>Decided before</dt><dd>${time(request.decideBefore)}</dd>`}
${decision !== null && html`<dt>Decision</dt><dd>${decisionOf(decision)}</dd>`}
${reason !== null && html`<dt>Reason</dt><dd>${reason}</dd>`}
<dt>Card holder</dt><dd>${holder.name}, ${holder.employeeNumber}, ${holder.department}</dd>
<dt>Card type</dt><dd>${request.cardType.name}</dd>
${card?.number != null && html`<dt>Card number</dt><dd>${card.number}</dd>`}
<dt>Requested</dt><dd>${time(request.createdAt)}</dd>
<dt>Process variant</dt><dd>${request.variant}, version ${request.processDefinitionVersion}</dd>
<dt>Request id</dt><dd><code>${request.id}</code></dd>
</dl>`;
}

function decisionOf({ decision, approver, approvals, decidedAt }: NonNullable<RequestDetails['decision']>): Html {
  if (approver === null) return html`${texts.notDecidedInTime}, ${time(decidedAt)}`;
  const people = approvals.length === 0 ? approver : approvals.map((each) => each.approver).join(' and ');
  return html`${decision === 'approve' ? 'Approved' : 'Rejected'} by ${people}, ${time(decidedAt)}`;
}

/** Also before it is registered: its first step may never succeed. */
function mayAbort({ state, batchOrder }: RequestDetails): boolean {
  return state === 'requested' || (state === 'registered' && batchOrder === null);
}

/** A confirmation without a script: the button only comes out when the person opens the block. */
function abortForm(id: string, refused: RefusedAbort | null): Html {
  return html`<details class="card"${refused !== null && html` open`}>
<summary>${texts.abort}</summary>
<form method="post" action="${REQUESTS_PATH}/${id}/abort">
<p>${texts.abortHint}</p>
<label for="reason">${texts.abortReason}</label>
<textarea id="reason" name="reason" rows="3" maxlength="1000">${refused?.reason}</textarea>
<div class="actions"><button>${texts.abortButton}</button></div>
</form>
</details>`;
}

function story(transitions: readonly TransitionRow[]): Html {
  return dataTable<TransitionRow>(
    'Steps, oldest first',
    [
      { heading: 'Step', cell: ({ action }) => actionText(action) },
      { heading: 'By', cell: ({ actor }) => actor },
      { heading: 'State afterwards', cell: ({ to }) => stateAfter(to) },
      { heading: 'When', cell: ({ at }) => time(at) },
    ],
    transitions,
  );
}

function stateAfter(to: string | null): Html | string {
  return isState(to) ? badge(stateBadges[to]) : 'unchanged';
}

function isState(to: string | null): to is keyof typeof stateBadges {
  return to !== null && Object.hasOwn(stateBadges, to);
}
