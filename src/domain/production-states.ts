import type { EndedRowState } from './batch-states.js';
import type { CardMove } from './card-states.js';

/**
 * The life of a production order, the row of the print ledger for one card and production number. `unknown` is the
 * state that peers forget: the backend was called and its answer is lost, so it has to be asked before anything else.
 */
export const productionStates = ['intent', 'submitted', 'unknown', 'produced', 'failed', 'cancelled'] as const;

export type ProductionState = (typeof productionStates)[number];

/** From each state, the states that may follow. A state without an entry here is final. */
export const productionTransitions = {
  intent: ['submitted', 'unknown', 'produced', 'failed', 'cancelled'],
  unknown: ['intent', 'submitted', 'produced', 'failed', 'cancelled'],
  submitted: ['produced', 'failed', 'cancelled'],
} as const satisfies Partial<Record<ProductionState, readonly ProductionState[]>>;

/** States in which an order may still become a card: a card has at most one order in these. */
export const liveProductionStates = ['intent', 'submitted', 'unknown'] as const satisfies readonly ProductionState[];

/** How the card of an order moves when the order ends. */
export const cardMoveAfter = {
  produced: 'produce',
  failed: 'fail',
  cancelled: 'cancel-production',
} as const satisfies Partial<Record<ProductionState, CardMove>>;

/** What becomes of the row of a batch order when the production that it has ordered ends. */
export const batchRowAfter = {
  produced: 'succeeded',
  failed: 'failed',
  cancelled: 'withdrawn',
} as const satisfies Partial<Record<ProductionState, EndedRowState>>;

/** Every allowed step as a pair. */
export function productionTransitionPairs(): [ProductionState, ProductionState][] {
  const table: Partial<Record<ProductionState, readonly ProductionState[]>> = productionTransitions;
  return productionStates.flatMap((from) =>
    (table[from] ?? []).map((to): [ProductionState, ProductionState] => [from, to]),
  );
}
