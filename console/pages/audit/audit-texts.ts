/** Words of the audit page. */
export const auditTexts = {
  title: 'Audit',
  intro:
    'Who did what, newest first. Rows are only ever added, and sealed in blocks within a second: a row that is changed, removed or moved afterwards is found.',
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
  seal: {
    title: 'Seal',
    verify: 'Verify the log',
    verifying: 'Looking at every row, block and anchor …',
    hint: 'Compares every row with the seals; about ten seconds for a million rows.',
    intact: 'The log is as it was sealed.',
    broken: (count: number) =>
      count === 1 ? 'One thing is not as it was sealed.' : `${count} things are not as they were sealed.`,
    covered: (rows: number, blocks: number) =>
      `${rows.toLocaleString('en-GB')} rows in ${blocks.toLocaleString('en-GB')} blocks are sealed.`,
    unsealed: (rows: number) =>
      rows === 0 ? 'Nothing waits for its seal.' : `${rows.toLocaleString('en-GB')} rows wait for their seal.`,
    noAnchors:
      'This server keeps no anchors outside the database; what was cut off the end together with its seals cannot be found.',
    anchors: (count: number, block: string | null) =>
      `${count.toLocaleString('en-GB')} anchors outside the database; ${block === null ? 'none of them is proven yet.' : `proven up to block ${block}.`}`,
    findings: 'What was found',
    finding: 'Finding',
    row: 'Row',
    block: 'Block',
    head: 'Newest seal',
  },
} as const;
