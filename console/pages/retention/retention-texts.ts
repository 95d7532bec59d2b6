/** Words of the page about retention. */
export const retentionTexts = {
  title: 'Retention',
  intro:
    'How long personal data and the history of the process engine stay. Data past its time is erased once a day; ids, states, times and the sealed audit log stay for good.',
  howLong: 'How long it stays',
  requests: 'Data of requests, after their end',
  cards: 'Data of cards, after their last state',
  engine: 'History of the process engine',
  days: (days: number | null) =>
    days === null ? 'Without end' : days === 1 ? '1 day' : `${days.toLocaleString('en-GB')} days`,
  change: 'Change these in Options',
  due: 'What is due',
  kinds: { requests: 'Requests', cards: 'Cards', photos: 'Photos that nothing refers to any more' },
  nothing: 'Nothing is due.',
  unfinished: (count: number) =>
    `Processes in the engine may still show ${count.toLocaleString('en-GB')} of what was erased; the engine forgets it within minutes, or once open forms have ended.`,
  erase: 'Erase what is due now',
  ask: 'Erase what is due?',
  warning: 'It cannot be taken back.',
  erased: (requests: number, cards: number, photos: number) =>
    `Erased: requests ${requests}, cards ${cards}, photos ${photos}.`,
  last: 'Last run',
  never: 'There has not been a run yet.',
  lastBy: (actor: string) => `by ${actor}`,
  goes: 'It is still running.',
} as const;
