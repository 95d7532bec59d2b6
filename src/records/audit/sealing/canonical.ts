import { createHash } from 'node:crypto';

/**
 * What of a row is sealed, as text in an order that never changes: everything but the id, which the block holds beside
 * it. PostgreSQL writes numbers, times and JSON itself, so that nothing is rounded on the way. The reason counts by its
 * digest, which stays when it is erased. Columns of `audit a`.
 */
export const sealedColumns = `
  to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, a.actor, a.action, a.object_type, a.object_id, a.from_state,
  a.to_state, a.process_key, a.process_version::text, (a.details - 'reason')::text as details,
  audit_reason_digest(a.details, a.salt) as reason_digest`;

/** A row as `sealedColumns` reads it. */
export interface SealedColumns {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly object_type: string;
  readonly object_id: string;
  readonly from_state: string | null;
  readonly to_state: string | null;
  readonly process_key: string | null;
  readonly process_version: string | null;
  readonly details: string;
  readonly reason_digest: string;
}

/** What of a fact is sealed; columns of `audit_fact f`. */
export const factColumns = `
  f.kind as fact_kind, f.object_id as fact_object, f.content::text as fact_content, f.digests::text as fact_digests`;

/** A fact as `factColumns` reads it: what a decision, an approval or a production said when it became final. */
export interface FactColumns {
  readonly fact_kind: string;
  readonly fact_object: string;
  readonly fact_content: string;
  readonly fact_digests: string;
}

/** What an id leads to: a row of the log, a fact, or neither; the columns of what it is not are null. */
export type ReadById = { readonly [Column in keyof SealedColumns]: SealedColumns[Column] | null } & {
  readonly [Column in keyof FactColumns]: string | null;
};

/** Reads what ids lead to: joins of a relation `t (id)`. */
export const readById = `${sealedColumns}, ${factColumns}`;
export const joinById = 'left join audit a on a.id = t.id left join audit_fact f on f.id = t.id';

/** Everything that a block's hash covers. */
export interface BlockContent {
  readonly number: string;
  /** Ids of audit rows, ascending. */
  readonly ids: readonly string[];
  /** `leafOf` each of them, one after the other. */
  readonly leaves: Buffer;
  /** Hash of the block before. */
  readonly previous: Buffer;
  /** UTC with microseconds. */
  readonly sealedAt: string;
}

/** Bytes of a leaf and of a block's hash. */
export const hashBytes = 32;

/** What the first block has in place of the hash of the one before. */
export const noBlock = Buffer.alloc(hashBytes);

/** Stands in a block for a row that was gone before it could be sealed; no row has this leaf. */
export const goneLeaf = Buffer.alloc(hashBytes);

/** SHA-256 over what stands under an id; null where nothing does. A row beside a fact would hide behind it. */
export function leafById(read: ReadById): Buffer | null {
  const { fact_kind, fact_object, fact_content, fact_digests } = read;
  if (fact_kind !== null && isRow(read)) return goneLeaf;
  if (fact_kind !== null) return hash('fact', [fact_kind, fact_object, fact_content, fact_digests]);
  return isRow(read) ? leafOf(read) : null;
}

function isRow(read: ReadById): read is ReadById & SealedColumns {
  return read.at !== null;
}

/** The columns in the order in which they are hashed; another order would be another hash. */
const hashedColumns = [
  'at',
  'actor',
  'action',
  'object_type',
  'object_id',
  'from_state',
  'to_state',
  'process_key',
  'process_version',
  'details',
  'reason_digest',
] as const satisfies readonly (keyof SealedColumns)[];

/** SHA-256 over what a row says. */
export function leafOf(row: SealedColumns): Buffer {
  return hash(
    'row',
    hashedColumns.map((column) => row[column]),
  );
}

/** SHA-256 over a block, which makes it the successor of exactly one other. */
export function blockHash({ number, ids, leaves, previous, sealedAt }: BlockContent): Buffer {
  return hash('block', [number, sealedAt, previous.toString('hex'), leaves.toString('hex'), ...ids]);
}

/** Domain-separated: no row can pass for a block. The JSON of a list of texts has one form only. */
function hash(what: 'row' | 'fact' | 'block', fields: readonly (string | null)[]): Buffer {
  return createHash('sha256').update(`open-card-requests audit ${what} 1\n`).update(JSON.stringify(fields)).digest();
}
