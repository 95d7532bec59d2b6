import { prepared, type Knex } from '../../kernel/db/database.js';

/**
 * One line of the log of who did what to which object, and in which process and version. It is sealed and stays for ever:
 * it names people by accounts and ids only, never by name or address. What a person wrote goes into `details.reason`, the
 * one thing that can be erased (docs/decisions/tamper-evident-audit.md).
 */
export interface AuditRow {
  readonly actor: string;
  readonly action: string;
  readonly objectType:
    | 'card'
    | 'card-request'
    | 'holder'
    | 'use-case'
    | 'option'
    | 'process'
    | 'session'
    | 'card-type'
    | 'number-range'
    | 'backend'
    | 'batch-order'
    | 'secrets'
    | 'layout'
    | 'account'
    | 'group'
    | 'mail'
    | 'retention'
    | 'pending-change'
    | 'audit';
  readonly objectId: string;
  readonly fromState?: string | null;
  readonly toState?: string | null;
  readonly processKey?: string | null;
  readonly processVersion?: number | null;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface StoredAuditRow extends Required<AuditRow> {
  readonly id: string;
  readonly at: Date;
}

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly objectType?: string | undefined;
  readonly objectId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** Appends rows in one statement, which is the same for any number; call it in the transaction of the change that they describe. */
export async function appendAudit(db: Knex, rows: readonly AuditRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db
    .raw(
      `insert into audit (actor, action, object_type, object_id, from_state, to_state, process_key, process_version, details)
       select actor, action, "objectType", "objectId", "fromState", "toState", "processKey", "processVersion", coalesce(details, '{}')
       from jsonb_to_recordset(cast(:rows as jsonb)) as row (
         actor text, action text, "objectType" text, "objectId" text, "fromState" text, "toState" text,
         "processKey" text, "processVersion" integer, details jsonb)`,
      { rows: JSON.stringify(rows) },
    )
    .options(prepared('append-audit'));
}

/** The newest rows first; `before` is the id of the last row of the page before. */
export async function listAudit(
  db: Knex,
  filter: AuditFilter,
  limit: number,
  before?: string,
): Promise<StoredAuditRow[]> {
  const query = matching(db, filter).orderBy('id', 'desc').limit(limit);
  if (before !== undefined) query.where('id', '<', before);
  return query.select<StoredAuditRow[]>(columns);
}

/** Every row that was there at the beginning, oldest first, a page at a time. */
export async function* exportAudit(db: Knex, filter: AuditFilter, pageRows = 1_000): AsyncGenerator<StoredAuditRow[]> {
  const last = await db('audit').max<{ max: string | null }>('id').first();
  let after: string | null = null;
  for (;;) {
    const query = matching(db, filter)
      .where('id', '<=', last?.max ?? 0)
      .orderBy('id')
      .limit(pageRows);
    if (after !== null) query.where('id', '>', after);
    const rows: StoredAuditRow[] = await query.select<StoredAuditRow[]>(columns);
    if (rows.length > 0) yield rows;
    if (rows.length < pageRows) return;
    after = rows.at(-1)?.id ?? null;
  }
}

const columns = {
  id: 'id',
  at: 'at',
  actor: 'actor',
  action: 'action',
  objectType: 'object_type',
  objectId: 'object_id',
  fromState: 'from_state',
  toState: 'to_state',
  processKey: 'process_key',
  processVersion: 'process_version',
  details: 'details',
} as const;

function matching(db: Knex, { actor, action, objectType, objectId, from, to }: AuditFilter): Knex.QueryBuilder {
  const query = db('audit');
  if (actor !== undefined) query.where('actor', actor);
  if (action !== undefined) query.where('action', action);
  if (objectType !== undefined) query.where('object_type', objectType);
  if (objectId !== undefined) query.where('object_id', objectId);
  if (from !== undefined) query.where('at', '>=', from);
  if (to !== undefined) query.where('at', '<', to);
  return query;
}
