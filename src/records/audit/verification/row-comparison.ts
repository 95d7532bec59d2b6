import type { Findings } from './findings.js';

/** Most rows that are compared with each other to distinguish a moved row from one that was edited or is gone. */
const mostCompared = 10_000;

/** A place in a block whose row is not as it was sealed. */
interface Broken {
  readonly id: string;
  readonly block: string;
  /** Leaf of what was sealed, hexadecimal. */
  readonly sealed: string;
  /** Leaf of what stands there now; null where nothing does. */
  readonly found: string | null;
}

/** Reports what happened to rows that are not as they were sealed. */
export class RowComparison {
  private readonly broken: Broken[] = [];
  private readonly unlisted: { readonly id: string; readonly found: string }[] = [];

  constructor(private readonly findings: Findings) {}

  /** A row that differs from its leaf, or is gone. */
  differs(row: Broken): void {
    if (this.broken.length < mostCompared) this.broken.push(row);
    else this.report(row, null);
  }

  /** A row that is in no block and does not wait for one. */
  isUnlisted(id: string, found: string): void {
    if (this.unlisted.length < mostCompared) this.unlisted.push({ id, found });
    else this.reportInserted(id);
  }

  /** Reports the findings; content that another row has now was moved. */
  conclude(): void {
    const sealed = new Set(this.broken.map((row) => row.sealed));
    const now = new Map<string, string>();
    for (const { id, found } of [...this.broken, ...this.unlisted])
      if (found !== null && sealed.has(found)) now.set(found, id);
    for (const row of this.broken)
      this.report(row, now.get(row.sealed) ?? null, row.found !== null && now.has(row.found));
    for (const { id, found } of this.unlisted) if (!now.has(found)) this.reportInserted(id);
  }

  /** @param movedTo id under which its content stands now · @param taken whether its place holds what was another row */
  private report({ id, block, found }: Broken, movedTo: string | null, taken = false): void {
    const at = { row: id, block };
    if (movedTo !== null)
      this.findings.add('row-moved', at, `Row ${id} of block ${block} stands under the id ${movedTo} now.`);
    else if (found === null || taken) this.findings.add('row-deleted', at, `Row ${id} of block ${block} is gone.`);
    else this.findings.add('row-edited', at, `Row ${id} of block ${block} was changed.`);
  }

  private reportInserted(id: string): void {
    this.findings.add('row-inserted', { row: id }, `Row ${id} is in no block, and does not wait for one.`);
  }
}
