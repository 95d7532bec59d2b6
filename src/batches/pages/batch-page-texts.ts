import { rowWords } from '../../domain/batch-row-words.js';
import type { BatchKind, BatchRowState, BatchState } from '../../domain/batch-states.js';
import type { Badge } from '../../web/pages/badge.js';
import type { BatchCounts, BatchDetails } from '../../batch-rows/batch-types.js';

/** What the pages of batch orders say. */
export const texts = {
  title: 'Batch orders',
  hint: 'Many cards together: choose them, follow them, and see what became of each',
  caption: 'Batch orders, newest first',
  filter: 'Batch orders by state',
  none: 'There is no batch order yet.',
  noneInState: 'No batch order is in this state.',
  noDrafts: 'You are not putting a batch order together at present.',
  rowsFilter: 'Cards by state',
  noRows: 'No card is in this state.',
  csv: 'Download these rows as CSV',
  next: 'What next',
  lookAgain: 'Look again',
  reason: 'Reason',
} as const;

/** What was done, by the code that a redirect carries. */
export const doneSentences = {
  repeated: 'The cards are ordered again, in a round of their own.',
  completed: 'The batch order is completed. The failed cards stay as they are.',
  cancelled: 'What could still be withdrawn is withdrawn.',
  decided: 'Your decisions are taken; they are on record within a moment.',
} as const;

/** What is said differently of cards that are issued and of cards that are requested. */
export const wordsOf = {
  issue: {
    rows: 'Cards',
    caption: 'Cards in the order of the batch order',
    first: 'First failure',
  },
  request: {
    rows: 'Card holders',
    caption: 'Card holders in the order of the batch order',
    first: 'First rejection',
  },
} as const satisfies Record<BatchKind, object>;

/** How a batch order stands, in its own words. */
export function batchBadge({ kind, state }: Pick<BatchDetails, 'kind' | 'state'>): Badge {
  return (kind === 'request' ? requestBadges[state] : undefined) ?? batchBadges[state];
}

/** What became of a row, in the words of its batch order. */
export function rowBadge(kind: BatchKind, state: BatchRowState): Badge {
  return (kind === 'request' ? requestRowBadges[state] : undefined) ?? rowBadges[state];
}

const requestBadges: Readonly<Partial<Record<BatchState, Badge>>> = {
  ordering: { text: 'being registered', tone: 'plain' },
  running: { text: 'waits for a decision', tone: 'plain' },
};

const requestRowBadges: Readonly<Partial<Record<BatchRowState, Badge>>> = {
  ordered: { text: 'waits for a decision', tone: 'plain' },
  succeeded: { text: 'approved', tone: 'good' },
  failed: { text: 'rejected', tone: 'bad' },
  withdrawn: { text: 'aborted', tone: 'plain' },
};

const batchBadges: Readonly<Record<BatchState, Badge>> = {
  draft: { text: 'being put together', tone: 'plain' },
  ordering: { text: 'being ordered', tone: 'plain' },
  running: { text: 'in production', tone: 'plain' },
  reviewing: { text: 'waits for a decision', tone: 'bad' },
  completed: { text: 'completed', tone: 'good' },
  cancelled: { text: 'cancelled', tone: 'plain' },
};

const rowBadges: Readonly<Record<BatchRowState, Badge>> = {
  chosen: { text: 'chosen', tone: 'plain' },
  skipped: { text: 'skipped', tone: 'plain' },
  ordered: { text: 'in production', tone: 'plain' },
  succeeded: { text: 'produced', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
  withdrawn: { text: 'cancelled', tone: 'plain' },
};

/** What people call a batch order. @param word as it begins, or in the middle of a sentence */
export function batchName({ number, label }: Pick<BatchDetails, 'number' | 'label'>, word = 'Batch order'): string {
  return label === '' ? `${word} ${number}` : `${word} ${number}: ${label}`;
}

/** Cards with their number, or without one where there is just one. */
export function cardsText(count: number): string {
  return count === 1 ? '1 card' : `${count} cards`;
}

/** How far a batch order is, in one line. */
export function countsText(
  { chosen, skipped, succeeded, failed, withdrawn }: BatchCounts,
  kind: BatchKind = 'issue',
): string {
  const words = rowWords[kind];
  const others = [
    [failed, words.failed],
    [withdrawn, words.withdrawn],
    [skipped, words.skipped],
  ] as const;
  const further = others.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word.toLowerCase()}`]));
  return [`${succeeded} of ${cardsText(chosen - skipped)} ${words.succeeded.toLowerCase()}`, ...further].join(', ');
}

/** How many rows are in each state. */
export function rowCounts({
  chosen,
  skipped,
  ordered,
  succeeded,
  failed,
  withdrawn,
}: BatchCounts): Readonly<Record<BatchRowState, number>> {
  return {
    chosen: chosen - skipped - ordered,
    skipped,
    ordered: ordered - succeeded - failed - withdrawn,
    succeeded,
    failed,
    withdrawn,
  };
}

/** A waiting time in words, as exact as an estimate allows. @param seconds at least 0 */
export function durationText(seconds: number): string {
  if (seconds < 60) return 'less than a minute';
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return minutes === 1 ? 'about a minute' : `about ${minutes} minutes`;
  return `about ${Math.round(minutes / 60)} hours`;
}
