import type { Knex } from '../../../kernel/db/database.js';
import type { AuditKeys } from '../signing/audit-keys.js';
import type { Findings } from '../verification/findings.js';
import { blockHash, type BlockContent } from './canonical.js';

/** A block as it stands in the database. */
export interface StoredBlock extends BlockContent {
  readonly hash: Buffer;
  readonly keyId: string | null;
  readonly signature: Buffer | null;
}

const columns = `number, ids, leaves, previous, hash, key_id as "keyId", signature,
  to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "sealedAt"`;

/** Blocks after a number, in order. */
export async function readBlocks(db: Knex, after: string, limit: number): Promise<StoredBlock[]> {
  const { rows } = await db.raw<{ rows: StoredBlock[] }>(
    `select ${columns} from audit_block where number > :after order by number limit :limit`,
    { after, limit },
  );
  return rows;
}

/** The newest block with everything in it; null before the first. */
export async function readNewestBlock(db: Knex): Promise<StoredBlock | null> {
  const { rows } = await db.raw<{ rows: StoredBlock[] }>(
    `select ${columns} from audit_block order by number desc limit 1`,
  );
  return rows[0] ?? null;
}

/** Whether a block holds what its hash was made of, and was signed by a key of ours. */
export function judgeBlockItself(block: StoredBlock, keys: AuditKeys | null, findings: Findings): void {
  const { number, hash, keyId, signature } = block;
  if (!blockHash(block).equals(hash)) findings.add('block-edited', { block: number }, `Block ${number} was changed.`);
  if (keys === null || keyId === null || signature === null) return;
  const judgement = keys.judge(block, { keyId, signature });
  if (judgement === 'wrong')
    findings.add('signature-wrong', { block: number }, `The signature of block ${number} is not one of ${keyId}.`);
  if (judgement === 'unknown-key')
    findings.add(
      'signature-unknown',
      { block: number },
      `Block ${number} is signed by ${keyId}, a key that is not among the known ones.`,
    );
}
