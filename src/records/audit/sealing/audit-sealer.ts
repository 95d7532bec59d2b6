import type { Knex, Transaction } from '../../../kernel/db/database.js';
import { locks } from '../../../kernel/db/locks.js';
import type { AuditKeys } from '../signing/audit-keys.js';
import {
  blockHash,
  goneLeaf,
  joinById,
  leafById,
  noBlock,
  readById,
  type BlockContent,
  type ReadById,
} from './canonical.js';

/** Most rows of a block: what one look at a block has to hold in memory. */
const mostRows = 1_000;

/** The newest block: it proves whether anything before it was changed. */
export interface ChainHead {
  readonly block: string;
  /** Hexadecimal. */
  readonly hash: string;
}

export interface Sealing {
  /** Most rows of a block. */
  readonly blockRows?: number;
  /** Signs each block; without it blocks are not signed. */
  readonly keys?: AuditKeys | null;
  /** Called with the ids of rows that were gone before they could be sealed. */
  readonly onGone?: (ids: readonly string[]) => void;
}

/**
 * Chains the rows that nothing has sealed yet in blocks, until there are none. Any number of servers may call it: one
 * seals, the others have nothing to do. Were two to seal at once, the number of the block would refuse one of them.
 * @returns how many rows were sealed now
 */
export async function sealAudit(db: Knex, sealing: Sealing = {}): Promise<number> {
  const { blockRows = mostRows } = sealing;
  let sealed = 0;
  for (;;) {
    const rows = await db.transaction((trx) => sealBlock(trx, blockRows, sealing));
    sealed += rows;
    if (rows < blockRows) return sealed;
  }
}

async function sealBlock(trx: Transaction, most: number, { keys = null, onGone }: Sealing): Promise<number> {
  const {
    rows: [lock],
  } = await trx.raw<{ rows: { ours: boolean }[] }>('select pg_try_advisory_xact_lock(?) as ours', [locks.sealing]);
  if (lock?.ours !== true) return 0;
  // One statement, so one snapshot: a row and its place on the list are seen together or not at all.
  const { rows } = await trx.raw<{ rows: ({ readonly id: string } & ReadById)[] }>(
    `with taken as (
       delete from audit_unsealed u using (select ctid from audit_unsealed order by id limit ?) t where u.ctid = t.ctid returning u.id)
     select t.id, ${readById} from taken t ${joinById} order by t.id`,
    [most],
  );
  if (rows.length === 0) return 0;
  const head = await readHead(trx);
  const {
    rows: [now],
  } = await trx.raw<{ rows: { at: string }[] }>(
    `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
  );
  const leaves = rows.map((row) => leafById(row));
  const content: BlockContent = {
    number: String(BigInt(head?.block ?? 0) + 1n),
    ids: rows.map((row) => row.id),
    leaves: Buffer.concat(leaves.map((leaf) => leaf ?? goneLeaf)),
    previous: head === null ? noBlock : Buffer.from(head.hash, 'hex'),
    sealedAt: now?.at ?? '',
  };
  const { sealedAt, ...columns } = content;
  const hash = blockHash(content);
  const signature = keys?.sign({ number: content.number, hash }) ?? null;
  await trx('audit_block').insert({
    ...columns,
    hash,
    sealed_at: sealedAt,
    key_id: signature?.keyId ?? null,
    signature: signature?.signature ?? null,
  });
  const gone = content.ids.filter((_id, at) => leaves[at] === null);
  if (gone.length > 0) onGone?.(gone);
  return rows.length;
}

/** The newest block; null before the first. */
export async function readHead(db: Knex): Promise<ChainHead | null> {
  const row = await db('audit_block')
    .orderBy('number', 'desc')
    .first<{ number: string; hash: Buffer } | undefined>('number', 'hash');
  return row === undefined ? null : { block: row.number, hash: row.hash.toString('hex') };
}
