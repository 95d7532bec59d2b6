import type { Knex } from '../../kernel/db/database.js';
import { appendAudit, type AuditRow } from './audit-store.js';

/** Ends the transaction of a change that was not made. */
class Refused extends Error {}

/**
 * Makes a change outside our database and puts it on record. The row is written first: what cannot be put on record is
 * not made. A change that was refused leaves no row; one of which nobody knows whether it was made leaves a row that
 * says so.
 * @param change says whether it was made; where that stays unknown, it throws
 * @throws what `change` throws, and the database's error
 */
export async function recordChange(db: Knex, row: AuditRow, change: () => Promise<boolean>): Promise<void> {
  let begun = false;
  try {
    await db.transaction(async (trx) => {
      await appendAudit(trx, [row]);
      begun = true;
      if (!(await change())) throw new Refused();
    });
  } catch (raw) {
    if (raw instanceof Refused) return;
    if (begun) await appendAudit(db, [{ ...row, details: { ...row.details, outcome: 'unknown' } }]);
    throw raw;
  }
}
