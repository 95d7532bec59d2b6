import type { CardState } from '../../domain/card-states.js';
import type { ProductionState } from '../../domain/production-states.js';
import type { Badge } from '../../web/pages/badge.js';

/** What the pages of cards say. */
export const texts = {
  title: 'Cards',
  hint: 'Find a card, issue it, and see what became of it',
  caption: 'Cards, newest first',
  filter: 'Cards by state',
  search: 'Card holder or card number',
  cardType: 'Card type',
  everyType: 'All card types',
  none: 'There is no card yet.',
  noneFound: 'No card matches. Try a part of the name, the employee number, or the whole card number.',
  disabled: 'Issue card is disabled at present: no card can be issued until an administrator enables it.',
  notPrintable: 'Look at this before the card is printed',
  changes: 'Changed since the approval',
  changesHint: 'Printed is what was approved. If that is not wanted any more, cancel the card and request it again.',
  preview: {
    before: 'As it will be printed',
    after: 'As it was sent to be printed',
    never: 'As it would have been printed',
  },
  noPreview: 'There is no preview: the card type has no layout yet. An administrator gives it one.',
  productions: 'Productions',
  noProduction: 'The card was not produced yet.',
  actions: 'What to do',
  reason: 'Reason',
  withoutRequest: 'none: issued directly',
  withoutApproval: 'no approval was needed',
  lookAgain: 'Look again',
} as const;

/** What was done, by the code that a redirect carries. */
export const doneSentences = {
  ordered: 'The card is ordered. Below you see how its production goes.',
  cancelled: 'The card is cancelled.',
  'cancel-asked': 'Its backend is asked not to make the card. What became of it shows here.',
  spoilt: 'It is on record that the card is spoilt. It can be produced again, or cancelled.',
} as const;

export const cardBadges: Readonly<Record<CardState, Badge>> = {
  registered: { text: 'being registered', tone: 'plain' },
  requested: { text: 'waits for a decision', tone: 'plain' },
  aborted: { text: 'request aborted', tone: 'plain' },
  approved: { text: 'approved', tone: 'good' },
  rejected: { text: 'rejected', tone: 'bad' },
  ordered: { text: 'in production', tone: 'plain' },
  failed: { text: 'failed', tone: 'bad' },
  cancelled: { text: 'cancelled', tone: 'plain' },
  issued: { text: 'issued', tone: 'good' },
  active: { text: 'active', tone: 'good' },
  inactive: { text: 'inactive', tone: 'plain' },
  locked: { text: 'locked', tone: 'bad' },
  expired: { text: 'expired', tone: 'plain' },
};

export const productionBadges: Readonly<Record<ProductionState, Badge>> = {
  intent: { text: 'ordered', tone: 'plain' },
  submitted: { text: 'being made', tone: 'plain' },
  unknown: { text: 'answer lost, asking', tone: 'plain' },
  produced: { text: 'produced', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
  cancelled: { text: 'cancelled', tone: 'plain' },
};

export const spoiltBadge: Badge = { text: 'spoilt', tone: 'bad' };

/** The name of a piece of evidence in words: `chipUid` is "chip UID". */
export function evidenceLabel(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\buid\b/, 'UID');
}

/** A piece of evidence in words. */
export function evidenceText(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
