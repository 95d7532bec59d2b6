/** What can be wrong with the audit log, and what it means. */
export const findingKinds = {
  'row-edited': 'A row does not say any more what was sealed.',
  'row-deleted': 'A row is gone.',
  'row-moved': 'What a row said stands under another id, so that the order of events is another one.',
  'row-inserted': 'A row is in no block, and does not wait for one either.',
  'erasure-untold': 'The reason of a row was erased, and no row tells by whom.',
  'block-edited': 'A block does not hold any more what its hash was made of.',
  'block-missing': 'A block is gone.',
  'chain-broken': 'A block does not follow the one before: one of the two was made anew.',
  'chain-rewritten': 'A block is not the one that was anchored: the chain was made anew, at the latest from there on.',
  'tail-cut': 'The chain ends before a block that was anchored.',
  'anchor-unreadable': 'A line of the anchors is none.',
} as const;

export type FindingKind = keyof typeof findingKinds;

/** One thing that is wrong, with the row or block that it is about. */
export interface Finding {
  readonly kind: FindingKind;
  /** Id of the audit row. */
  readonly row: string | null;
  /** Number of the block that the row was sealed in, or that the finding is about. */
  readonly block: string | null;
  /** One sentence. */
  readonly message: string;
}

/** Most findings that are named; the others are counted. */
export const mostFindings = 1_000;

/** Collects findings in bounded memory. */
export class Findings {
  readonly named: Finding[] = [];
  total = 0;

  add(kind: FindingKind, at: { readonly row?: string; readonly block?: string }, message: string): void {
    this.total += 1;
    if (this.named.length < mostFindings)
      this.named.push({ kind, row: at.row ?? null, block: at.block ?? null, message });
  }
}
