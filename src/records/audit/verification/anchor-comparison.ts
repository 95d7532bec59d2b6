import type { Transaction } from '../../../kernel/db/database.js';
import type { Anchor } from '../sealing/anchor-file.js';
import type { ChainHead } from '../sealing/audit-sealer.js';
import type { Findings } from './findings.js';

/** Anchors that are held in memory at once. */
const anchorsAtOnce = 1_000;

/** What anchors say about the chain. */
export interface AnchorComparison {
  readonly count: number;
  /** The newest block that is as it was anchored; null where there is none. Up to it the chain is proven from outside. */
  readonly provenTo: string | null;
}

/** Compares the chain with its anchors, in any order, of one server or of several. */
export async function compareAnchors(
  trx: Transaction,
  anchors: AsyncIterable<Anchor | null>,
  head: ChainHead | null,
  findings: Findings,
): Promise<AnchorComparison> {
  const end = BigInt(head?.block ?? 0);
  let count = 0;
  let unreadable = 0;
  let proven = 0n;
  let rewritten: bigint | null = null;
  let cut = end;
  for await (const batch of inBatches(anchors)) {
    const known = batch.filter((anchor) => anchor !== null);
    unreadable += batch.length - known.length;
    count += known.length;
    const stored = await trx('audit_block')
      .whereIn(
        'number',
        known.map(({ block }) => block),
      )
      .select<{ number: string; hash: Buffer }[]>('number', 'hash');
    const hashes = new Map(stored.map(({ number, hash }) => [number, hash.toString('hex')]));
    for (const { block, hash } of known) {
      const number = BigInt(block);
      const now = hashes.get(block);
      if (now === hash) proven = number > proven ? number : proven;
      else if (now !== undefined) rewritten = rewritten === null || number < rewritten ? number : rewritten;
      else if (number > cut) cut = number;
    }
  }
  if (unreadable > 0)
    findings.add(
      'anchor-unreadable',
      {},
      `${unreadable} ${unreadable === 1 ? 'line of the anchors is none' : 'lines of the anchors are none'}.`,
    );
  if (rewritten !== null) {
    const since = proven > 0n && proven < rewritten ? `, and later than block ${proven}` : '';
    findings.add(
      'chain-rewritten',
      { block: String(rewritten) },
      `Block ${rewritten} is not the one that was anchored: the chain was made anew, at the latest from there on${since}.`,
    );
  }
  if (cut > end) {
    findings.add(
      'tail-cut',
      { block: String(end + 1n) },
      `The chain ends with block ${end}; blocks up to ${cut} were anchored and are gone.`,
    );
  }
  return { count, provenTo: proven === 0n ? null : String(proven) };
}

async function* inBatches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < anchorsAtOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
