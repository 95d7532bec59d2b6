import type { ProductError } from '../../kernel/errors.js';
import { html, type Html } from '../../web/pages/html.js';
import { CARDS_PATH } from './card-list-page.js';
import { cardActions, type CardAction, type Possibilities } from './card-page-actions.js';
import type { CardStory } from './card-page-reading.js';
import { texts } from './card-page-texts.js';

/** What was tried with the card before its page is shown again. */
export interface RefusedAct {
  readonly refusal: ProductError;
  readonly action: CardAction;
  readonly reason: string;
}

/** What each action says; one with a `hint` asks for a reason first. */
const wording: Readonly<Record<CardAction, { readonly button: string; readonly hint?: string }>> = {
  issue: { button: 'Issue card' },
  repeat: { button: 'Try again' },
  cancel: {
    button: 'Cancel card',
    hint: 'The card is withdrawn for good. A card that is being made already is cancelled only if its backend still can.',
  },
  spoilt: {
    button: 'Declare spoilt',
    hint: 'The card that was made is unusable. It can then be produced again under the next production number, or cancelled.',
  },
};

/** A form for each action; those that are not possible come last and show why. */
export function actionForms(story: CardStory, possibilities: Possibilities, refused: RefusedAct | null): Html {
  const possible = (action: CardAction) => possibilities[action] === null;
  const inOrder = [...cardActions.filter(possible), ...cardActions.filter((action) => !possible(action))];
  return html`<h2>${texts.actions}</h2>
<ul class="doings">${inOrder.map((action) => html`<li>${actionForm(story, action, possibilities[action], refused)}</li>`)}</ul>`;
}

function actionForm(
  { card, orders }: CardStory,
  action: CardAction,
  impossible: string | null,
  refused: RefusedAct | null,
): Html {
  const { button, hint } = wording[action];
  if (impossible !== null) {
    return html`<button disabled aria-describedby="not-${action}">${button}</button> <span class="soft" id="not-${action}">${impossible}</span>`;
  }
  // Cancelling is about the production only while there is one to cancel.
  const newest = action === 'cancel' && card.state !== 'ordered' ? undefined : orders.at(-1);
  const form = html`<form method="post" action="${CARDS_PATH}/${card.id}/${action}">
${newest !== undefined && html`<input type="hidden" name="production" value="${newest.number}">`}
${hint !== undefined && reasonField(action, hint, refused?.action === action ? refused.reason : '')}
<div class="actions"><button>${button}</button></div>
</form>`;
  if (hint === undefined) return form;
  // A confirmation without a script: the button only comes out when the person opens the block.
  return html`<details class="card"${refused?.action === action && html` open`}><summary>${button}</summary>${form}</details>`;
}

function reasonField(action: CardAction, hint: string, reason: string): Html {
  return html`<p>${hint}</p>
<label for="reason-${action}">${texts.reason}</label>
<textarea id="reason-${action}" name="reason" rows="3" maxlength="1000" required>${reason}</textarea>`;
}
