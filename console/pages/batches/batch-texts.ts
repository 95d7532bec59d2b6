/** Words of the pages about batch orders. */
export const batchTexts = {
  title: 'Batch orders',
  intro:
    'Many cards ordered or requested together, newest first. Production operators and approvers decide on them; this page shows their progress.',
  caption: 'Batch orders',
  empty: 'No batch order matches.',
  filters: { number: 'Number', kind: 'Kind', state: 'State' },
  columns: {
    batch: 'Batch order',
    state: 'State',
    progress: 'Progress',
    owner: 'Owner',
    created: 'Made',
    ended: 'Ended',
  },
  one: (number: number, label: string) => (label === '' ? `Batch order ${number}` : `Batch order ${number}: ${label}`),
  kinds: { issue: 'Issue cards', request: 'Request cards' },
  progress: (done: number, all: number) => `${done.toLocaleString('en-GB')} of ${all.toLocaleString('en-GB')} done`,
  failed: (count: number, kind: 'issue' | 'request') =>
    `${count.toLocaleString('en-GB')} ${kind === 'issue' ? 'failed' : 'rejected'}`,
  bar: 'Progress',
  left: (seconds: number) =>
    `About ${seconds < 90 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`} left at the average speed of this round.`,
  facts: {
    state: 'State',
    kind: 'Kind',
    owner: 'Owner',
    round: 'Round',
    made: 'Made',
    began: 'Round began',
    ended: 'Ended',
    firstFailure: 'First failure',
  },
  counts: 'Counts',
  rows: {
    title: 'Cards',
    caption: 'Cards of this batch order',
    empty: 'No card is in this state.',
    state: 'State',
    columns: { card: 'Card', holder: 'Card holder', state: 'State', reason: 'Reason' },
  },
  csv: 'Download as CSV',
} as const;
