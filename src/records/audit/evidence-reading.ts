import type { Knex } from '../../kernel/db/database.js';
import { appendAudit, listAudit } from './audit-store.js';
import type { PlaceComparison } from './verification/anchor-comparison.js';
import type { AuditVerification } from './verification/verify-audit.js';

/** A sealed block, without what it holds. */
export interface BlockSummary {
  readonly number: string;
  readonly sealedAt: Date;
  /** How many rows and facts it seals, and the ids of the first and the last one. */
  readonly rows: number;
  readonly firstId: string;
  readonly lastId: string;
  /** Null for a block that is not signed. */
  readonly keyId: string | null;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/** Blocks, newest first. @param before number of the last block of the page before */
export async function listBlocks(db: Knex, limit: number, before?: string): Promise<BlockSummary[]> {
  const { rows } = await db.raw<{ rows: BlockSummary[] }>(
    `select number, sealed_at as "sealedAt", cardinality(ids) as rows, ids[1] as "firstId", ids[cardinality(ids)] as "lastId",
       key_id as "keyId", encode(hash, 'hex') as hash
     from audit_block where number < coalesce(cast(:before as bigint), 9223372036854775807) order by number desc limit :limit`,
    { before: before ?? null, limit },
  );
  return rows;
}

/** What one key has signed. */
export interface KeyUse {
  /** Null stands for blocks that are not signed. */
  readonly id: string | null;
  readonly blocks: number;
  readonly first: string;
  readonly last: string;
  readonly since: Date;
  readonly until: Date;
}

/** The keys that blocks name, in the order in which they began to sign. */
export async function readKeyUse(db: Knex): Promise<KeyUse[]> {
  const { rows } = await db.raw<{ rows: KeyUse[] }>(
    `select key_id as id, count(*)::integer as blocks, min(number) as first, max(number) as last, min(sealed_at) as since,
       max(sealed_at) as until
     from audit_block group by key_id order by min(number)`,
  );
  return rows;
}

/** How many rows and facts wait for their seal. */
export async function countUnsealed(db: Knex): Promise<number> {
  const row = await db('audit_unsealed').count<{ count: string }[]>().first();
  return Number(row?.count ?? 0);
}

/** The outcome of a verification that somebody asked for. */
export interface VerificationRecord {
  readonly at: Date;
  readonly by: string;
  /** Number of the newest block at that time; null where nothing was sealed. */
  readonly block: string | null;
  readonly findings: number;
  /** Null where no anchors were compared. */
  readonly places: readonly PlaceComparison[] | null;
}

const verified = { action: 'audit-verified', objectType: 'audit', objectId: 'verification' } as const;

/** Records that somebody had the log verified, and what was found: the log itself shows when it was verified last. */
export async function recordVerification(db: Knex, actor: string, found: AuditVerification): Promise<void> {
  const details: Omit<VerificationRecord, 'at' | 'by'> = {
    block: found.head?.block ?? null,
    findings: found.findingCount,
    places: found.anchors?.places ?? null,
  };
  await appendAudit(db, [{ actor, ...verified, details: { ...details } }]);
}

/** The newest verification through a server; null before the first. */
export async function readLastVerification(db: Knex): Promise<VerificationRecord | null> {
  const [row] = await listAudit(db, verified, 1);
  if (row === undefined) return null;
  const { block, findings, places } = row.details as unknown as Omit<VerificationRecord, 'at' | 'by'>;
  return { at: row.at, by: row.actor, block, findings, places };
}
