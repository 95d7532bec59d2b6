/** Words of the audit page. */
export const auditTexts = {
  title: 'Audit',
  intro:
    'Who did what, newest first. Rows are only ever added, and sealed in blocks within a second: a row that is changed, removed or moved afterwards is found.',
  evidence: 'Is it still as it was written? See Evidence.',
  caption: 'Audit log',
  empty: 'Nothing was done that matches.',
  columns: { what: 'What', who: 'Who', when: 'When', state: 'State', process: 'Process', details: 'Details' },
  filters: {
    actor: 'Who',
    actorHint: 'Account, exactly',
    action: 'What',
    actionHint: 'For example use-case-changed',
    objectType: 'Kind of object',
    objectId: 'Id of the object',
    from: 'From day',
    to: 'To day',
  },
  version: (key: string, version: number | null) => (version === null ? key : `${key}, version ${version}`),
  became: (from: string | null, to: string | null) => [from, to].filter((state) => state !== null).join(' → '),
  showDetails: 'Show',
  export: 'Download as CSV',
} as const;
