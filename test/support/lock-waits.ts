import type { Knex } from '../../src/kernel/db/database.js';

/** How many statements wait for a lock in this database. */
export async function lockWaits(db: Knex): Promise<number> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length;
}
