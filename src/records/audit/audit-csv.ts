import { Readable } from 'node:stream';
import type { Knex } from '../../kernel/db/database.js';
import { isoText } from '../../kernel/time-zone.js';
import { csvLine } from '../../web/csv.js';
import { exportAudit, type AuditFilter, type StoredAuditRow } from './audit-store.js';

const columns = {
  id: (row) => row.id,
  at: (row) => isoText(row.at),
  actor: (row) => row.actor,
  action: (row) => row.action,
  object_type: (row) => row.objectType,
  object_id: (row) => row.objectId,
  from_state: (row) => row.fromState,
  to_state: (row) => row.toState,
  process_key: (row) => row.processKey,
  process_version: (row) => row.processVersion,
  details: (row) => JSON.stringify(row.details),
} as const satisfies Record<string, (row: StoredAuditRow) => string | number | null>;

/** The log as CSV (RFC 4180, UTF-8), oldest first, times with the offset of the installation's zone, read page by page, so that a log of any length needs the memory of one page. */
export function auditCsv(db: Knex, filter: AuditFilter): Readable {
  return Readable.from(csvLines(db, filter));
}

async function* csvLines(db: Knex, filter: AuditFilter): AsyncGenerator<string> {
  yield csvLine(Object.keys(columns));
  for await (const rows of exportAudit(db, filter)) {
    yield rows.map((row) => csvLine(Object.values(columns).map((cell) => cell(row)))).join('');
  }
}
