import type { BatchKind, BatchRowState } from './batch-states.js';

/**
 * The words that the API, its CSV, the addresses of pages and the forms of the engine use for the states of rows. They are
 * those of cards for requests too: clients and deployed forms read them.
 */
const wireWords = {
  chosen: 'chosen',
  skipped: 'skipped',
  ordered: 'ordered',
  succeeded: 'produced',
  failed: 'failed',
  withdrawn: 'cancelled',
} as const satisfies Record<BatchRowState, string>;

export type WireRowState = (typeof wireWords)[BatchRowState];

const pairs = Object.entries(wireWords) as readonly (readonly [BatchRowState, WireRowState])[];
const statesByWord = new Map(pairs.map(([state, word]) => [word, state]));

export const wireRowStates = pairs.map(([, word]) => word);

/** A state of a row in the words of the API. */
export function wireRowState(state: BatchRowState): WireRowState {
  return wireWords[state];
}

/** The state of a row that a word of the API means. */
export function rowStateOf(word: WireRowState): BatchRowState {
  const state = statesByWord.get(word);
  if (state === undefined) throw new Error(`no state of a row is called ${word}`);
  return state;
}

/** Values by state, such as counts, under the words of the API. */
export function byWireState<T>(values: Readonly<Record<BatchRowState, T>>): Record<WireRowState, T> {
  return Object.fromEntries(pairs.map(([state, word]) => [word, values[state]])) as Record<WireRowState, T>;
}

/** Values that the API gives by state, under the states themselves. */
export function byRowState<T>(values: Readonly<Record<WireRowState, T>>): Record<BatchRowState, T> {
  return Object.fromEntries(pairs.map(([state, word]) => [state, values[word]])) as Record<BatchRowState, T>;
}

/** What people read: cards are ordered and produced, requests are registered and approved. */
export const rowWords = {
  issue: {
    chosen: 'Chosen',
    skipped: 'Skipped',
    ordered: 'Ordered',
    succeeded: 'Produced',
    failed: 'Failed',
    withdrawn: 'Cancelled',
  },
  request: {
    chosen: 'Chosen',
    skipped: 'Skipped',
    ordered: 'Requested',
    succeeded: 'Approved',
    failed: 'Rejected',
    withdrawn: 'Aborted',
  },
} as const satisfies Record<BatchKind, Record<BatchRowState, string>>;
