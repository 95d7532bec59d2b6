const plural = (count: number, one: string, many: string) =>
  count === 1 ? one : `${count.toLocaleString('en-GB')} ${many}`;
const blocks = (count: number) => plural(count, '1 block', 'blocks');

/** Words of the page of evidence. */
export const evidenceTexts = {
  title: 'Evidence',
  intro:
    'What proves that the audit log still says what was written. Rows are sealed in signed blocks, each tied to the one before, and the newest is kept outside the database: who changes the database leaves a trace here.',
  alarm: {
    title: 'Alarm: the audit log is not as it was sealed',
    since: 'Raised',
    stopped: 'Since then nothing is sealed or anchored. Work continues; its rows wait.',
    what: 'Find out what happened: who had access to the database, whether a copy was restored. Then acknowledge it.',
    findings: 'What was found',
    finding: 'Finding',
    meaning: 'What it means',
    row: 'Row',
    block: 'Block',
    hidden: (count: number) =>
      `… and ${count.toLocaleString('en-GB')} more. The command line names them: audit verify.`,
    acknowledge: 'Acknowledge the alarm',
    ask: 'Acknowledge the alarm?',
    effect:
      'The log is sealed again from here on. Nothing is mended: what was found stays found at every look, but raises no alarm again. Your name and the reason are on record.',
    reason: 'Reason',
    reasonHint: 'What was found out, and what was done. Without data of persons: it stays for ever.',
    acknowledged: 'The alarm is acknowledged. The log is sealed again within a second.',
  },
  seal: {
    title: 'Seal',
    state: 'State',
    running: 'Sealed within a second',
    stopped: 'Stopped by an alarm',
    head: 'Newest block',
    headOf: (block: string) => `Block ${block}, sealed`,
    hash: 'Its hash',
    none: 'Nothing is sealed yet.',
    waiting: 'Not sealed yet',
    rows: (count: number) => plural(count, '1 row', 'rows'),
    signed: 'Signed with',
    unsigned: 'Blocks are not signed: set AUDIT_KEYS_FILE.',
    lastVerified: 'Verified last',
    never: 'Nobody has had it verified yet.',
    by: (who: string) => `by ${who}`,
    result: (findings: number) =>
      findings === 0 ? 'As it was sealed.' : `${plural(findings, 'One thing was', 'things were')} not as sealed.`,
    verify: 'Verify the log',
    verifying: 'Looking at every row, block and anchor …',
    hint: 'Verifying compares every row with the seals; about ten seconds for a million rows. An auditor does the same without the server, with the command line: audit verify.',
    intact: 'The log is as it was sealed.',
    broken: (count: number) =>
      count === 1 ? 'One thing is not as it was sealed.' : `${count} things are not as they were sealed.`,
    covered: (rows: number, count: number) => `${plural(rows, '1 row', 'rows')} in ${blocks(count)} sealed.`,
    unsealed: (rows: number) =>
      rows === 0 ? 'Nothing waits for its seal.' : `${plural(rows, '1 row waits', 'rows wait')} for the seal.`,
    noAnchors:
      'This server keeps no anchors outside the database; what was cut off the end together with its seals cannot be found.',
    anchors: (count: number, block: string | null) =>
      `${plural(count, '1 anchor', 'anchors')} outside the database; ${block === null ? 'none of them is proven yet.' : `proven up to block ${block}.`}`,
  },
  anchors: {
    title: 'Anchors',
    intro: 'Where the newest block is kept outside the database, and what was found there at the last verification.',
    caption: 'Places of anchors',
    empty: 'No anchors are kept outside the database. Set AUDIT_ANCHOR_FILE, best to where the server may only append.',
    columns: { place: 'Place', newest: 'Newest anchor', state: 'State', found: 'Found at the last verification' },
    block: (block: string) => `Block ${block}`,
    nothing: 'Nothing yet',
    taken: 'Takes anchors',
    failing: (message: string) => `Takes none (${message}) since`,
    notLooked: 'Not looked at yet',
    collected: 'Collected elsewhere: verify it there, with audit verify --anchor.',
    proven: (count: number, block: string) =>
      `${plural(count, '1 anchor', 'anchors')}, as the log up to block ${block}`,
    unproven: (count: number) => `${plural(count, '1 anchor', 'anchors')}, none of them as the log`,
    missing: 'No anchors there',
    unreadable: (problem: string) => `Could not be read (${problem})`,
  },
  keys: {
    title: 'Keys',
    intro:
      'Blocks are signed with keys outside the database. An auditor needs the public ones only, to verify on another machine.',
    caption: 'What each key has signed',
    empty: 'No block is sealed yet.',
    columns: { key: 'Key', state: 'State', blocks: 'Blocks', time: 'From – to' },
    unsigned: 'Not signed',
    signs: 'Signs now',
    known: 'Known, signs no more',
    unknown: 'Unknown to this server',
    before: 'From before the first key',
    range: (count: number, first: string, last: string) => `${blocks(count)}: ${first} to ${last}`,
    publicKeys: 'Public keys',
  },
  past: {
    title: 'Acknowledged alarms',
    caption: 'The newest ten',
    empty: 'No alarm was acknowledged.',
    columns: {
      found: 'What was found',
      raised: 'Raised',
      by: 'Acknowledged by',
      when: 'Acknowledged',
      reason: 'Reason',
    },
    more: (count: number) => `and ${count.toLocaleString('en-GB')} more`,
  },
  blocks: {
    title: 'Blocks',
    caption: 'Sealed blocks, newest first',
    empty: 'No block is sealed yet.',
    columns: { block: 'Block', sealed: 'Sealed', rows: 'Rows', key: 'Signed by', hash: 'Hash' },
    rows: (count: number, first: string, last: string) => (count === 1 ? first : `${count}: ${first} to ${last}`),
  },
} as const;
