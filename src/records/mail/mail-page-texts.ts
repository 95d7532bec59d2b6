import type { Badge } from '../../web/pages/badge.js';
import type { MailState } from './mail-types.js';

/** What the page of mails says. */
export const texts = {
  title: 'Mails',
  hint: 'What was sent, what waits, and what went wrong',
  caption: 'Outbox, newest first',
  filter: 'Mails by state',
  none: 'There are no mails yet. One is written when a request waits for a decision and when it is decided.',
  noneInState: 'No mail is in this state.',
  cardHolder: 'card holder',
  sealed: 'The PIN is put in when the mail is sent, and is erased then. Nobody can read it here.',
  notConfigured:
    'No mail server is set, so mails stay here and reach nobody. Set SMTP_URL and start again; those of the last 24 hours are sent then.',
} as const;

export const stateBadges: Readonly<Record<MailState, Badge>> = {
  pending: { text: 'waits', tone: 'plain' },
  expanded: { text: 'one mail a member', tone: 'plain' },
  sending: { text: 'on its way', tone: 'plain' },
  sent: { text: 'sent', tone: 'good' },
  failed: { text: 'not sent', tone: 'bad' },
  unknown: { text: 'may have arrived', tone: 'bad' },
};
