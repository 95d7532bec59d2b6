import type { Knex } from '../db/database.js';

/** One line of the log of who did what to which object, and in which process and version. */
export interface AuditRow {
  readonly actor: string;
  readonly action: string;
  readonly objectType: 'card' | 'card-request' | 'holder' | 'use-case' | 'option' | 'process' | 'session' | 'card-type' | 'number-range' | 'backend' | 'secrets' | 'layout';
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

/** Appends rows in one statement; call it in the transaction of the change that they describe. */
export async function appendAudit(db: Knex, rows: readonly AuditRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db('audit').insert(
    rows.map((row) => ({
      actor: row.actor,
      action: row.action,
      object_type: row.objectType,
      object_id: row.objectId,
      from_state: row.fromState ?? null,
      to_state: row.toState ?? null,
      process_key: row.processKey ?? null,
      process_version: row.processVersion ?? null,
      details: JSON.stringify(row.details ?? {}),
    })),
  );
}

/** The newest rows first; `before` is the id of the last row of the page before. */
export async function listAudit(db: Knex, filter: AuditFilter, limit: number, before?: string): Promise<StoredAuditRow[]> {
  const query = db('audit').orderBy('id', 'desc').limit(limit).select<StoredAuditRow[]>({
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
  });
  if (filter.actor !== undefined) query.where('actor', filter.actor);
  if (filter.action !== undefined) query.where('action', filter.action);
  if (filter.objectType !== undefined) query.where('object_type', filter.objectType);
  if (filter.objectId !== undefined) query.where('object_id', filter.objectId);
  if (filter.from !== undefined) query.where('at', '>=', filter.from);
  if (filter.to !== undefined) query.where('at', '<', filter.to);
  if (before !== undefined) query.where('id', '<', before);
  return query;
}
