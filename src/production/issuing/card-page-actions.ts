import type { CardDetails } from '../../cards/card-reading.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import type { CardState } from '../../domain/card-states.js';
import { isProductError } from '../../kernel/errors.js';
import { judgeCards } from '../order-refusals.js';
import { assertNewest, orderFromApproved, repeatProduction } from '../production-service.js';
import type { OrderDetails } from '../production-types.js';
import { cancelCard, declareSpoilt, requestCancel } from '../production-withdrawal.js';
import type { doneSentences } from './card-page-texts.js';

/** What a production operator can do about a card. */
export const cardActions = ['issue', 'repeat', 'cancel', 'spoilt'] as const;
export type CardAction = (typeof cardActions)[number];

/** What is submitted about a card. */
export interface Act {
  readonly cardId: string;
  /** Account of the production operator. */
  readonly by: string;
  /** The production that the person saw; null where there was none. */
  readonly number: number | null;
  readonly reason: string;
}

/** Each action in a transaction, with the rules of the API. They return what the page says afterwards. */
export const actionsOnCards: Readonly<
  Record<CardAction, (trx: Transaction, act: Act) => Promise<keyof typeof doneSentences>>
> = {
  issue: async (trx, { cardId, by }) => {
    await orderFromApproved(trx, { cardId, orderedBy: by, runningIn: null });
    return 'ordered';
  },
  repeat: async (trx, { cardId, by, number }) => {
    await assertNewest(trx, { cardId, number: number ?? 0 });
    await repeatProduction(trx, { cardId, orderedBy: by, runningIn: null });
    return 'ordered';
  },
  cancel: async (trx, { cardId, by, number, reason }) => {
    if (number !== null)
      return (await requestCancel(trx, { cardId, number, by, reason })) ? 'cancelled' : 'cancel-asked';
    await cancelCard(trx, { cardId, by, reason, runningIn: null });
    return 'cancelled';
  },
  spoilt: async (trx, { cardId, by, number, reason }) => {
    await declareSpoilt(trx, { cardId, number: number ?? 0, by, reason });
    return 'spoilt';
  },
};

const beingMade = 'The card is being produced.';
const issued = 'The card is issued. Declare it spoilt first if it turned out badly.';

/** Why the state of a card prevents an action; null where it does not. A state that is not named ends every action. */
const byState: Readonly<Record<CardAction, Partial<Record<CardState, string | null>>>> = {
  issue: {
    registered: 'The request of the card is not decided yet.',
    requested: 'The request of the card is not decided yet.',
    approved: null,
    ordered: beingMade,
    failed: 'The card was ordered before. Try again instead.',
    issued: 'The card is issued already.',
  },
  repeat: { approved: 'The card was not produced yet.', ordered: beingMade, failed: null, issued },
  cancel: {
    requested: 'Until the request is decided, its requester can abort it.',
    approved: null,
    ordered: null,
    failed: null,
    issued,
  },
  spoilt: {
    approved: 'The card was not produced yet.',
    ordered: beingMade,
    failed: 'The card is not issued.',
    issued: null,
  },
};

/** An action with what prevents it, as a sentence; null where nothing does. */
export type Possibilities = Readonly<Record<CardAction, string | null>>;

/**
 * What can be done about a card by this person now. Ordering is judged by the same rules as when it is done; that nothing
 * prevents it here is no promise.
 * @param newest the newest production of the card
 */
export async function whatCanBeDone(
  db: Knex,
  { id, state }: CardDetails,
  newest: OrderDetails | undefined,
  by: string,
): Promise<Possibilities> {
  const ended = `The card is ${state}.`;
  const stands = (action: CardAction) => {
    const reason = byState[action][state];
    return reason === undefined ? ended : reason;
  };
  const ordering = state === 'approved' || state === 'failed' ? await whyNotOrdered(db, id, state, by) : null;
  const asked = newest?.cancelRequestedBy ?? null;
  return {
    issue: stands('issue') ?? ordering,
    repeat: stands('repeat') ?? ordering,
    cancel:
      stands('cancel') ??
      (state === 'ordered' && asked !== null ? `Its backend has been asked to cancel it, by ${asked}.` : null),
    spoilt: stands('spoilt'),
  };
}

async function whyNotOrdered(
  db: Knex,
  cardId: string,
  from: 'approved' | 'failed',
  by: string,
): Promise<string | null> {
  try {
    const { refused } = await db.transaction((trx) => judgeCards(trx, { cardIds: [cardId], from }, 'issue-card', by));
    return refused[0]?.reason ?? null;
  } catch (raw) {
    if (!isProductError(raw, 'use-case-disabled')) throw raw;
    return raw.publicMessage;
  }
}
