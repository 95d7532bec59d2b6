import type { Knex } from '../kernel/db/database.js';
import type { BatchKind, BatchRowState, BatchState } from '../domain/batch-states.js';
import { errorTable, ProductError } from '../kernel/errors.js';
import type { BatchCounts, BatchDetails, BatchRow } from './batch-types.js';

export interface BatchPosition {
  readonly createdAt: string;
  readonly id: string;
}

/** A batch order in a list, with the position from which the next page continues. */
export interface ListedBatch {
  readonly details: BatchDetails;
  readonly position: BatchPosition;
}

const batchSql = `
  select b.id, b.number::integer as number, b.kind, b.label, b.owner, b.state, b.round, b.filter, b.card_type as "cardType", b.chosen, b.skipped, b.ordered, b.succeeded, b.failed,
    b.withdrawn, b.created_at as "createdAt", b.round_began_at as "roundBeganAt", b.ended_at as "endedAt",
    case when b.kind = 'issue' and b.state = 'running' and b.ordered - b.open > b.ended_before then ceil(
      b.open * extract(epoch from now() - b.round_began_at) / (b.ordered - b.open - b.ended_before))::integer end as "secondsLeft",
    (select f.ordinal from batch_row f where f.batch_id = b.id and f.state = 'failed' order by f.ordinal limit 1) as "firstFailed",
    to_char(b.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position
  from batch_order b`;

interface StoredBatch
  extends Omit<BatchDetails, 'counts' | 'firstFailure' | 'createdAt' | 'roundBeganAt' | 'endedAt'>, BatchCounts {
  readonly createdAt: Date;
  readonly roundBeganAt: Date | null;
  readonly endedAt: Date | null;
  readonly firstFailed: number | null;
  readonly position: string;
}

/** One batch order. @throws ProductError `not-found` */
export async function getBatch(db: Knex, id: string): Promise<BatchDetails> {
  const { rows } = await db.raw<{ rows: StoredBatch[] }>(`${batchSql} where b.id = ?`, [id]);
  const [row] = rows;
  if (row === undefined) throw new ProductError('not-found', 'There is no such batch order.');
  return toDetails(db, row);
}

export interface BatchFilter {
  readonly kinds: readonly BatchKind[];
  /** Without it, all states but drafts, which are their makers' own business. */
  readonly states?: readonly BatchState[] | undefined;
  readonly owner?: string | undefined;
  /** What people call it. */
  readonly number?: number | undefined;
}

/** Batch orders, newest first. */
export async function listBatches(
  db: Knex,
  { states, owner, number, kinds }: BatchFilter,
  limit: number,
  after?: BatchPosition,
): Promise<ListedBatch[]> {
  const conditions = ['b.kind = any(:kinds)', states === undefined ? `b.state <> 'draft'` : 'b.state = any(:states)'];
  if (owner !== undefined) conditions.push('b.owner = :owner');
  if (number !== undefined) conditions.push('b.number = :number');
  if (after !== undefined) conditions.push('(b.created_at, b.id) < (cast(:at as timestamptz), cast(:id as uuid))');
  const { rows } = await db.raw<{ rows: StoredBatch[] }>(
    `${batchSql} where ${conditions.join(' and ')} order by b.created_at desc, b.id desc limit :limit`,
    {
      kinds: [...kinds],
      states: [...(states ?? [])],
      owner: owner ?? null,
      number: number ?? null,
      at: after?.createdAt ?? null,
      id: after?.id ?? null,
      limit,
    },
  );
  return Promise.all(
    rows.map(async (row) => ({ details: await toDetails(db, row), position: { createdAt: row.position, id: row.id } })),
  );
}

async function toDetails(db: Knex, stored: StoredBatch): Promise<BatchDetails> {
  const {
    chosen,
    skipped,
    ordered,
    succeeded,
    failed,
    withdrawn,
    firstFailed,
    position: _,
    createdAt,
    roundBeganAt,
    endedAt,
    ...batch
  } = stored;
  const [firstFailure] =
    firstFailed === null ? [] : await listRows(db, batch.id, { state: 'failed', after: firstFailed - 1, limit: 1 });
  return {
    ...batch,
    counts: { chosen, skipped, ordered, succeeded, failed, withdrawn },
    firstFailure: firstFailure ?? null,
    createdAt: createdAt.toISOString(),
    roundBeganAt: roundBeganAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}

/** Ids of the backends at which a batch order has cards that are not made yet. */
export async function backendsOf(db: Knex, id: string): Promise<string[]> {
  return db('production_order')
    .where({ batch_id: id })
    .whereNull('ended_at')
    .distinct('backend')
    .orderBy('backend')
    .pluck('backend');
}

/** Which rows of a batch order are read. */
export interface RowPage {
  readonly state?: BatchRowState | undefined;
  /** Rows behind this place in the list. */
  readonly after?: number | undefined;
  readonly limit: number;
}

interface StoredRow extends Omit<BatchRow, 'reason' | 'code'> {
  readonly code: string | null;
  readonly reasonCode: string | null;
  readonly reason: string | null;
}

/** Rows of a batch order in the order of its list. */
export async function listRows(db: Knex, id: string, { state, after = 0, limit }: RowPage): Promise<BatchRow[]> {
  const { rows } = await db.raw<{ rows: StoredRow[] }>(
    `select r.ordinal, r.state, r.request_id as "requestId", r.card_id as "cardId", c.number as "cardNumber", t.name as "cardType", r.named_as as "namedAs",
       r.number as "productionNumber", r.code, case when o.spoilt_at is null then o.reason_code else 'spoilt' end as "reasonCode",
       coalesce(o.spoilt_reason, o.reason, q.reason) as reason,
       case when h.id is not null then json_build_object('id', h.id, 'employeeNumber', h.employee_number,
         'name', h.given_name || ' ' || h.family_name, 'department', h.department) end as holder
     from batch_row r join batch_order b on b.id = r.batch_id left join card c on c.id = r.card_id left join holder h on h.id = r.holder_id
     left join card_type t on t.id = coalesce(c.card_type, b.card_type) left join card_request q on q.id = r.request_id
     left join production_order o on o.card_id = r.card_id and o.number = r.number
     where r.batch_id = :id and r.ordinal > :after ${state === undefined ? '' : 'and r.state = :state'}
     order by r.ordinal limit :limit`,
    { id, after, limit, state: state ?? null },
  );
  return rows.map(toRow);
}

function toRow({ code, reasonCode, reason, ...row }: StoredRow): BatchRow {
  return code === null ? { ...row, code: reasonCode, reason } : { ...row, code, reason: titleOf(code) };
}

function titleOf(code: string): string | null {
  return Object.entries(errorTable).find(([each]) => each === code)?.[1].title ?? null;
}
