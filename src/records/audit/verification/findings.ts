/** What can be wrong with the audit log, and what it means. */
export const findingKinds = {
  'row-edited': 'A row does not say any more what was sealed.',
  'row-deleted': 'A row is gone.',
  'row-moved': 'What a row said stands under another id, so that the order of events is another one.',
  'row-inserted': 'A row is in no block, and does not wait for one either.',
  'erasure-untold': 'A reason was erased, and no row says by whom.',
  'record-edited': 'A decision, an approval or the end of a production does not say any more what was sealed.',
  'record-deleted': 'A decision, an approval, an ended production, a card or a request is gone.',
  'record-inserted': 'A decision, an approval or an ended production was put in without being sealed.',
  'decision-untold': 'A decision has no row in the log, or one that says something else.',
  'decision-missing': 'A row of the log records a decision that is not there.',
  'state-untold': 'The state of a card or a request is not the one that the log records, or the log leaves a move out.',
  'block-edited': 'A block does not hold any more what its hash was made of.',
  'block-missing': 'A block is gone.',
  'chain-broken': 'A block does not follow the one before: one of the two was made anew.',
  'signature-missing': 'A block is not signed although one before it is, or the newest one is not.',
  'signature-wrong': 'The signature of a block was not made with its key.',
  'signature-unknown': 'A block is signed with a key that is not among the known ones.',
  'chain-rewritten': 'A block is not the one that was anchored: the chain was made anew, at the latest from there on.',
  'tail-cut': 'The chain ends before a block that was anchored.',
  'anchor-missing': 'A place of anchors has none, although blocks are sealed.',
  'anchor-older': 'A place of anchors holds less than was anchored there: an older copy was put in its place.',
  'anchor-behind': 'Blocks were not anchored in the minutes after they were sealed.',
  'anchor-unreadable': 'A line of the anchors is none.',
  'anchor-unreachable': 'A place of anchors could not be read, so nothing is proven by it.',
} as const;

export type FindingKind = keyof typeof findingKinds;

/** Findings that a network or a disk causes too: they are reported, but stop nothing. */
const harmless: readonly FindingKind[] = ['anchor-behind', 'anchor-unreachable'];

/** One thing that is wrong, with the row, block or object that it is about. */
export interface Finding {
  readonly kind: FindingKind;
  /** Id of the audit row. */
  readonly row: string | null;
  /** Number of the block that the row was sealed in, or that the finding is about. */
  readonly block: string | null;
  /** What it is about, where that is no row or block: `decision 5f…`, `production 5f…/2`, a place of anchors. */
  readonly object: string | null;
  /** One sentence. */
  readonly message: string;
}

/** Most findings that are named; the others are counted. */
export const mostFindings = 1_000;

/** True where sealing has to stop until someone has looked. */
export function isAlarming({ kind }: Finding): boolean {
  return !harmless.includes(kind);
}

/** Collects findings in bounded memory. */
export class Findings {
  readonly named: Finding[] = [];
  total = 0;

  add(
    kind: FindingKind,
    at: { readonly row?: string; readonly block?: string; readonly object?: string },
    message: string,
  ): void {
    this.total += 1;
    if (this.named.length < mostFindings)
      this.named.push({ kind, row: at.row ?? null, block: at.block ?? null, object: at.object ?? null, message });
  }
}
