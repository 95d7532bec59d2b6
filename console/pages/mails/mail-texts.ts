/** Words of the pages of mails. */
export const mailTexts = {
  title: 'Mails',
  intro:
    'What was sent, what waits, and what went wrong, newest first. Where no mail server is set, mails stay here and reach nobody.',
  caption: 'Outbox, newest first',
  empty: 'No mail matches. One is written when a request waits for a decision and when it is decided.',
  filters: { q: 'Search', qHint: 'Recipient or subject', state: 'State' },
  columns: { subject: 'Subject', to: 'To', state: 'State', attempts: 'Tries', written: 'Written' },
  states: {
    pending: 'waits',
    expanded: 'one mail a member',
    sending: 'on its way',
    sent: 'sent',
    failed: 'not sent',
    unknown: 'may have arrived',
  },
  group: (name: string) => `group ${name}`,
  cardHolder: 'card holder',
  facts: {
    to: 'To',
    state: 'State',
    attempts: 'Tries',
    written: 'Written',
    due: 'Next try',
    ended: 'Ended',
    error: 'What went wrong',
    link: 'Leads to',
  },
  body: 'What it says',
  sealed: 'The PIN is put in when the mail is sent, and is erased then. Nobody can read it here.',
  unknownHint: 'The mail server may or may not have taken it, so it is not sent again by itself.',
  tries: 'Mails that were not taken are tried again by themselves.',
} as const;
