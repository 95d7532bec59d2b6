import type { RequestState } from '../domain/request-states.js';
import type { Badge } from '../web/pages/badge.js';

/** What the pages of requests say. */
export const texts = {
  title: 'My requests',
  hint: 'Cards you asked for, and what became of them',
  caption: 'Your requests, newest first',
  filter: 'Requests by state',
  none: 'You have not requested a card yet.',
  noneInState: 'You have no request in this state.',
  disabled: 'Request card is disabled at present: no card can be requested until an administrator enables it.',
  happened: 'What happened to this request',
  abort: 'Abort this request',
  abortHint: 'The request ends without a card. You can request the card again afterwards.',
  abortReason: 'Reason (optional)',
  abortButton: 'Abort request',
  notDecidedInTime: 'Not decided in time',
} as const;

/** What was done, by the code that a redirect carries. */
export const doneSentences = { aborted: 'The request is aborted.' } as const;

export const stateBadges: Readonly<Record<RequestState, Badge>> = {
  registered: { text: 'being registered', tone: 'plain' },
  requested: { text: 'waits for a decision', tone: 'plain' },
  approved: { text: 'approved', tone: 'good' },
  rejected: { text: 'rejected', tone: 'bad' },
  aborted: { text: 'aborted', tone: 'plain' },
  refused: { text: 'not accepted', tone: 'bad' },
};

/** The audit log's actions on a request. */
const actionTexts: Readonly<Record<string, string>> = {
  'request-reserved': 'Asked for over the programming interface',
  'request-registered': 'Registered',
  'request-approved': 'Approved',
  'request-rejected': 'Rejected',
  'request-aborted': 'Aborted',
  'request-refused': 'Not accepted',
  'process-started-again': 'Process started again, because its instance was cancelled',
};

/** An action in words; one that has none is called what the log calls it. */
export function actionText(action: string): string {
  return actionTexts[action] ?? action;
}
