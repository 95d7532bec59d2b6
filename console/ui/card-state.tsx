import type { CardState } from '../../src/domain/card-states.js';
import type { RequestState } from '../../src/domain/request-states.js';
import { Badge } from './badge.js';

const good: ReadonlySet<string> = new Set(['approved', 'issued', 'active'] satisfies (CardState | RequestState)[]);
const bad: ReadonlySet<string> = new Set([
  'failed',
  'rejected',
  'refused',
  'aborted',
  'cancelled',
  'locked',
  'expired',
] satisfies (CardState | RequestState)[]);

/** The state of a card or a request. */
export function CardStateBadge({ state }: { readonly state: CardState | RequestState }) {
  return <Badge text={state} tone={good.has(state) ? 'good' : bad.has(state) ? 'bad' : 'plain'} />;
}
