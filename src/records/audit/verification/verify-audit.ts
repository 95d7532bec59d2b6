import type { Knex, Transaction } from '../../../kernel/db/database.js';
import { openAll, type AnchorSource, type OpenedAnchors } from '../anchors/anchor.js';
import { readHead, type ChainHead } from '../sealing/audit-sealer.js';
import { judgeBlockItself, readBlocks, type StoredBlock } from '../sealing/block-reading.js';
import { goneLeaf, hashBytes, joinById, leafById, noBlock, readById, type ReadById } from '../sealing/canonical.js';
import type { AuditKeys } from '../signing/audit-keys.js';
import { compareAnchors, type AnchorComparison } from './anchor-comparison.js';
import { Findings, mostFindings, type Finding } from './findings.js';
import { compareRecords } from './record-comparison.js';
import { RowComparison } from './row-comparison.js';

/** Blocks that are held in memory at once. */
const blocksAtOnce = 10;

/** What a look at the whole audit log has found. */
export interface AuditVerification {
  /** True when nothing was found. */
  readonly intact: boolean;
  readonly blocks: number;
  /** Sealed rows that were looked at. */
  readonly rows: number;
  readonly head: ChainHead | null;
  /** The end of the log that is not sealed yet, so that nothing can be said about it. */
  readonly unsealed: { readonly rows: number; readonly oldestAt: string | null };
  /** Null where the chain was compared with no anchors: then a chain that was made anew, or whose end was cut off, is not found. */
  readonly anchors: AnchorComparison | null;
  /** How many blocks are signed; null where it was not judged, for want of keys. */
  readonly signed: number | null;
  /** The first 1,000. */
  readonly findings: readonly Finding[];
  readonly findingCount: number;
}

export interface VerificationProgress {
  readonly blocks: number;
  readonly ofBlocks: number;
}

/** What the database is compared with. */
export interface Evidence {
  /** Places of anchors outside the database; null for none. */
  readonly anchors: readonly AnchorSource[] | null;
  /** Keys that blocks are signed with; null where signatures are not judged. */
  readonly keys: AuditKeys | null;
}

/** The database alone. */
export const nothingOutside: Evidence = { anchors: null, keys: null };

/**
 * Looks at every row, block, signature and anchor, and at decisions, productions and states, as they are at one moment.
 * @param onProgress called after every few blocks
 */
export async function verifyAudit(
  db: Knex,
  evidence: Evidence = nothingOutside,
  onProgress: (progress: VerificationProgress) => void = () => undefined,
): Promise<AuditVerification> {
  // Before the moment that the transaction sees: blocks of later anchors would be missed there.
  const anchors = evidence.anchors === null ? null : await openAll(db, evidence.anchors);
  return db.transaction((trx) => verifyWithin(trx, { anchors, keys: evidence.keys }, onProgress), {
    isolationLevel: 'repeatable read',
    readOnly: true,
  });
}

/** As `verifyAudit`, with what the transaction sees. */
export async function verifyWithin(
  trx: Transaction,
  { anchors, keys }: { readonly anchors: readonly OpenedAnchors[] | null; readonly keys: AuditKeys | null },
  onProgress: (progress: VerificationProgress) => void = () => undefined,
): Promise<AuditVerification> {
  const findings = new Findings();
  const comparison = new RowComparison(findings);
  const head = await readHead(trx);
  let blocks = 0;
  let rows = 0;
  let signed = 0;
  let before: StoredBlock | null = null;
  for await (const batch of blockBatches(trx)) {
    for (const block of batch) {
      judgePlace(block, before, findings);
      judgeBlockItself(block, keys, findings);
      if (block.keyId !== null) signed += 1;
      else if (signed > 0) missesSignature(block, findings);
      before = block;
    }
    rows += await judgeRows(trx, batch, comparison, findings);
    blocks += batch.length;
    onProgress({ blocks, ofBlocks: Number(head?.block ?? 0) });
  }
  // Who has no key can make the whole chain anew, but not sign it.
  if (keys !== null && before !== null && signed === 0) missesSignature(before, findings);
  await findUnlisted(trx, comparison);
  comparison.conclude();
  await compareRecords(trx, findings);
  const compared = anchors === null ? null : await compareAnchors(trx, anchors, head, findings);
  const unsealed = await readUnsealed(trx, findings);
  return {
    intact: findings.total === 0,
    blocks,
    rows,
    head,
    unsealed,
    anchors: compared,
    signed: keys === null ? null : signed,
    findings: findings.named,
    findingCount: findings.total,
  };
}

function missesSignature({ number }: StoredBlock, findings: Findings): void {
  findings.add('signature-missing', { block: number }, `Block ${number} is not signed.`);
}

async function* blockBatches(trx: Transaction): AsyncGenerator<StoredBlock[]> {
  let after = '0';
  for (;;) {
    const batch = await readBlocks(trx, after, blocksAtOnce);
    const last = batch.at(-1);
    if (last === undefined) return;
    yield batch;
    after = last.number;
  }
}

function judgePlace(block: StoredBlock, before: StoredBlock | null, findings: Findings): void {
  const { number } = block;
  const expected = BigInt(before?.number ?? 0) + 1n;
  if (BigInt(number) > expected) {
    const last = BigInt(number) - 1n;
    const which = last === expected ? `Block ${last} is` : `Blocks ${expected} to ${last} are`;
    findings.add('block-missing', { block: String(expected) }, `${which} gone.`);
  } else if (!block.previous.equals(before?.hash ?? noBlock)) {
    const message =
      before === null
        ? 'Block 1 is not the beginning of the chain.'
        : `Block ${number} does not follow the current block ${before.number}.`;
    findings.add('chain-broken', { block: number }, message);
  }
}

/** Whether a row whose reason was erased is named by the row that records the erasure; true for all others. */
const erasureTold = `
  case when jsonb_typeof(a.details -> 'reason') is distinct from 'object' then true else
    a.salt is null
    and a.details -> 'reason' = jsonb_build_object('digest', a.details -> 'reason' -> 'digest', 'erasedBy', a.details -> 'reason' -> 'erasedBy')
    and exists (select from audit e
      where e.id = case when a.details -> 'reason' ->> 'erasedBy' ~ '^[0-9]{1,18}$' then (a.details -> 'reason' ->> 'erasedBy')::bigint end
        and e.action = 'personal-data-erased' and e.details -> 'auditRows' @> jsonb_build_array(a.id)) end`;

type ReadRow = ReadById & { readonly id: string; readonly erasure_told: boolean };

async function judgeRows(
  trx: Transaction,
  batch: readonly StoredBlock[],
  comparison: RowComparison,
  findings: Findings,
): Promise<number> {
  const { rows } = await trx.raw<{ rows: ReadRow[] }>(
    `select t.id, ${readById}, ${erasureTold} as erasure_told from unnest(cast(:ids as bigint[])) as t (id) ${joinById}
     where a.id is not null or f.id is not null`,
    { ids: batch.flatMap((block) => block.ids) },
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  for (const { ids, leaves, number: block } of batch) {
    for (const [at, id] of ids.entries()) {
      const sealed = leaves.subarray(at * hashBytes, (at + 1) * hashBytes);
      const row = found.get(id);
      const leaf = row === undefined ? null : leafById(row);
      if (leaf?.equals(sealed) !== true || sealed.equals(goneLeaf)) {
        comparison.differs({ id, block, sealed: sealed.toString('hex'), found: leaf?.toString('hex') ?? null });
      } else if (row?.erasure_told === false) {
        findings.add(
          'erasure-untold',
          { row: id, block },
          `The reason of row ${id} of block ${block} was erased, and no row says by whom.`,
        );
      }
    }
  }
  return found.size;
}

/** Rows and facts that no block holds, and that do not wait for one either. */
async function findUnlisted(trx: Transaction, comparison: RowComparison): Promise<void> {
  let after = '-9223372036854775808';
  for (;;) {
    const { rows } = await trx.raw<{ rows: (ReadById & { id: string })[] }>(
      `select t.id, ${readById} from (select id from audit union all select id from audit_fact) t ${joinById}
       left join (select unnest(ids) as id from audit_block) s on s.id = t.id left join audit_unsealed u on u.id = t.id
       where s.id is null and u.id is null and t.id > :after order by t.id limit :limit`,
      { after, limit: mostFindings },
    );
    for (const row of rows) comparison.isUnlisted(row.id, leafById(row)?.toString('hex') ?? '');
    const last = rows.at(-1);
    if (last === undefined || rows.length < mostFindings) return;
    after = last.id;
  }
}

async function readUnsealed(trx: Transaction, findings: Findings): Promise<AuditVerification['unsealed']> {
  const {
    rows: [tail],
  } = await trx.raw<{ rows: { rows: number; oldest: Date | null }[] }>(
    `select count(*)::integer as rows, min(a.at) as oldest from audit_unsealed u left join audit a on a.id = u.id
     where a.id is not null or exists (select from audit_fact f where f.id = u.id)`,
  );
  const { rows: gone } = await trx.raw<{ rows: { id: string }[] }>(
    `select u.id from audit_unsealed u where not exists (select from audit a where a.id = u.id)
     and not exists (select from audit_fact f where f.id = u.id) order by u.id limit ?`,
    [mostFindings],
  );
  for (const { id } of gone) findings.add('row-deleted', { row: id }, `Row ${id} is gone, before it could be sealed.`);
  return { rows: tail?.rows ?? 0, oldestAt: tail?.oldest?.toISOString() ?? null };
}
