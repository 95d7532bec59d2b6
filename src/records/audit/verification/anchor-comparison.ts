import type { Transaction } from '../../../kernel/db/database.js';
import type { OpenedAnchors } from '../anchors/anchor.js';
import { missingAnchors } from '../anchors/anchor-sender.js';
import type { ChainHead } from '../sealing/audit-sealer.js';
import type { Findings } from './findings.js';

/** Anchors that are held in memory at once. */
const anchorsAtOnce = 1_000;

/** What the anchors of one place say about the chain. */
export interface PlaceComparison {
  readonly name: string;
  readonly count: number;
  /** The newest block that is as it was anchored there; null where there is none. */
  readonly provenTo: string | null;
  /** Why the place could not be read: `missing` where it has no anchors, else the error's code; null where it was read. */
  readonly problem: string | null;
}

/** What anchors say about the chain. */
export interface AnchorComparison {
  readonly count: number;
  /** The newest block that is as it was anchored; null where there is none. Up to it the chain is proven from outside. */
  readonly provenTo: string | null;
  readonly places: readonly PlaceComparison[];
}

/** How long after its seal a block may stay without an anchor, as an interval of PostgreSQL. */
const patience = '2 minutes';

/** Compares the chain with its anchors, in any order, of one place or of several. */
export async function compareAnchors(
  trx: Transaction,
  places: readonly OpenedAnchors[],
  head: ChainHead | null,
  findings: Findings,
): Promise<AnchorComparison> {
  const sum: Sum = { count: 0, unreadable: 0, proven: 0n, rewritten: null, cut: BigInt(head?.block ?? 0) };
  const compared: PlaceComparison[] = [];
  for (const place of places) {
    const { name, problem } = place;
    const readable = problem === null || problem === 'missing';
    const own = readable ? await comparePlace(trx, place, head, sum, findings) : { count: 0, proven: 0n };
    if (!readable)
      findings.add('anchor-unreachable', { object: name }, `The anchors of ${name} cannot be read (${problem}).`);
    compared.push({ name, count: own.count, provenTo: blockOf(own.proven), problem });
  }
  report(sum, head, findings);
  await findBehind(trx, sum, findings);
  return { count: sum.count, provenTo: blockOf(sum.proven), places: compared };
}

function blockOf(proven: bigint): string | null {
  return proven === 0n ? null : String(proven);
}

/** What anchors of all places say together. */
interface Sum {
  count: number;
  unreadable: number;
  proven: bigint;
  rewritten: bigint | null;
  cut: bigint;
}

async function comparePlace(
  trx: Transaction,
  { name, anchors, expected }: OpenedAnchors,
  head: ChainHead | null,
  sum: Sum,
  findings: Findings,
): Promise<{ readonly count: number; readonly proven: bigint }> {
  let newest = 0n;
  let lines = 0;
  let count = 0;
  let proven = 0n;
  for await (const batch of inBatches(anchors)) {
    const known = batch.filter((anchor) => anchor !== null);
    lines += batch.length;
    sum.unreadable += batch.length - known.length;
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
      if (number > newest) newest = number;
      if (now === hash) proven = number > proven ? number : proven;
      else if (now !== undefined)
        sum.rewritten = sum.rewritten === null || number < sum.rewritten ? number : sum.rewritten;
      else if (number > sum.cut) sum.cut = number;
    }
  }
  sum.count += count;
  sum.proven = proven > sum.proven ? proven : sum.proven;
  if (newest < expected) missingAnchors(findings, name, newest === 0n ? null : String(newest), String(expected));
  else if (lines === 0 && head !== null && (await isOld(trx, 1n)))
    findings.add('anchor-missing', { object: name }, `There are no anchors in ${name}, although blocks are sealed.`);
  return { count, proven };
}

function report({ unreadable, rewritten, proven, cut }: Sum, head: ChainHead | null, findings: Findings): void {
  const end = BigInt(head?.block ?? 0);
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
}

/** A server anchors within a second what was sealed, so blocks without an anchor were sealed while nobody could. */
async function findBehind(trx: Transaction, { count, proven }: Sum, findings: Findings): Promise<void> {
  const next = proven + 1n;
  if (count === 0 || !(await isOld(trx, next))) return;
  findings.add('anchor-behind', { block: String(next) }, `Nothing from block ${next} on was anchored.`);
}

/** Whether a block is there and was sealed more than two minutes ago. */
async function isOld(trx: Transaction, block: bigint): Promise<boolean> {
  const row = await trx('audit_block')
    .where({ number: String(block) })
    .whereRaw('sealed_at < now() - cast(? as interval)', [patience])
    .first<object | undefined>('number');
  return row !== undefined;
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
