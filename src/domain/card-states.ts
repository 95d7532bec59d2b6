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

interface Move {
  /** How the audit log calls it. */
  readonly action: string;
  /** States in which it begins; null before there is a card. */
  readonly from: readonly (CardState | null)[];
  readonly to: CardState;
}

/** Everything that can happen to the state of a card. `cards/card-moves.ts` carries it out, and nothing else does. */
export const cardMoves = {
  make: { action: 'card-registered', from: [null], to: 'registered' },
  register: { action: 'card-registered', from: ['registered'], to: 'requested' },
  'register-approved': { action: 'card-registered', from: ['registered'], to: 'approved' },
  approve: { action: 'request-approved', from: ['requested'], to: 'approved' },
  reject: { action: 'request-rejected', from: ['requested'], to: 'rejected' },
  abort: { action: 'card-aborted', from: ['requested'], to: 'aborted' },
  order: { action: 'card-ordered', from: ['registered', 'approved', 'failed'], to: 'ordered' },
  produce: { action: 'card-produced', from: ['ordered'], to: 'issued' },
  fail: { action: 'card-failed', from: ['ordered'], to: 'failed' },
  'cancel-production': { action: 'card-cancelled', from: ['ordered'], to: 'cancelled' },
  cancel: { action: 'card-cancelled', from: ['approved', 'failed'], to: 'cancelled' },
  spoil: { action: 'card-spoilt', from: ['issued'], to: 'failed' },
  activate: { action: 'card-activated', from: ['issued'], to: 'active' },
  deactivate: { action: 'card-deactivated', from: ['active'], to: 'inactive' },
  reactivate: { action: 'card-reactivated', from: ['inactive'], to: 'active' },
  lock: { action: 'card-locked', from: ['issued', 'active', 'inactive'], to: 'locked' },
  expire: { action: 'card-expired', from: ['issued', 'active', 'inactive'], to: 'expired' },
} as const satisfies Record<string, Move>;

export type CardMove = keyof typeof cardMoves;

/** Every allowed step as a pair, in the order of the states. */
export function cardTransitionPairs(): [CardState, CardState][] {
  const moves: Move[] = Object.values(cardMoves);
  return cardStates.flatMap((from) =>
    moves.filter((move) => move.from.includes(from)).map(({ to }): [CardState, CardState] => [from, to]),
  );
}

/** True when a card may go from one state to the other in one step. */
export function isCardTransition(from: CardState, to: CardState): boolean {
  return cardTransitionPairs().some(([before, after]) => before === from && after === to);
}

/** States that no card leaves. */
export const finalCardStates = cardStates.filter((state) => !cardTransitionPairs().some(([from]) => from === state));
