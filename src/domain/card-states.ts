/** The life of a card, as data. The database holds the same lists; a test compares them. */
export const cardStates = [
  'registered',
  'requested',
  'aborted',
  'approved',
  'rejected',
  'ordered',
  'failed',
  'cancelled',
  'issued',
  'active',
  'inactive',
  'locked',
  'expired',
] as const;

export type CardState = (typeof cardStates)[number];

/** From each state, the states that may follow. A state without an entry here is final. */
export const cardTransitions = {
  registered: ['requested', 'approved', 'ordered'],
  requested: ['approved', 'rejected', 'aborted'],
  approved: ['ordered', 'cancelled'],
  ordered: ['issued', 'failed', 'cancelled'],
  failed: ['ordered', 'cancelled'],
  issued: ['failed', 'active', 'locked', 'expired'],
  active: ['inactive', 'locked', 'expired'],
  inactive: ['active', 'locked', 'expired'],
} as const satisfies Partial<Record<CardState, readonly CardState[]>>;

const transitions: Partial<Record<CardState, readonly CardState[]>> = cardTransitions;

/** True when a card may go from one state to the other in one step. */
export function isCardTransition(from: CardState, to: CardState): boolean {
  return transitions[from]?.includes(to) ?? false;
}

/** Every allowed step as a pair, in the order of the table. */
export function cardTransitionPairs(): [CardState, CardState][] {
  return cardStates.flatMap((from) => (transitions[from] ?? []).map((to): [CardState, CardState] => [from, to]));
}

/** States that no card leaves. */
export const finalCardStates = cardStates.filter((state) => transitions[state] === undefined);
