import knexFactory, { type Knex } from 'knex';
import { timeZone } from '../time-zone.js';
import { locks, type LockName } from './locks.js';

export type { Knex };
export type Transaction = Knex.Transaction;

/**
 * Opens the pool of one process. Pass it on; there is no module-level handle.
 * @param url PostgreSQL connection URI
 * @param max most connections held open at once
 */
export function openDatabase(url: string, max = 10): Knex {
  return knexFactory({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'open-card-requests',
      keepAlive: true,
      // `current_date`, and every day that is taken from a time, are those of the installation.
      options: `-c TimeZone=${timeZone()}`,
    },
    pool: { min: 0, max },
    acquireConnectionTimeout: 10_000,
    // The caller gets the error; knex would print it as well.
    log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore },
  });
}

function ignore(): void {
  // Nothing to do.
}

/**
 * Option of a statement that runs for every card: PostgreSQL parses and plans it once for each connection, not every
 * time, which for a join costs more than carrying it out.
 * @param name unique to the text of the statement, which must not depend on its values (no lists of varying length)
 */
export function prepared(name: string): { readonly name: string } {
  return { name };
}

/**
 * Does `work` while no other process with the same database and lock does; the others wait.
 * @param lock the same for work that must not overlap
 */
export async function exclusively<T>(db: Knex, lock: LockName, work: () => Promise<T>): Promise<T> {
  return db.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [locks[lock]]);
    return work();
  });
}

/** PostgreSQL's error class and constraint, where `raw` is an error of the database. */
export function databaseError(raw: unknown): { code: string; constraint: string | undefined } | null {
  if (!(raw instanceof Error) || !('code' in raw) || typeof raw.code !== 'string' || raw.code.length !== 5) return null;
  return {
    code: raw.code,
    constraint: 'constraint' in raw && typeof raw.constraint === 'string' ? raw.constraint : undefined,
  };
}

/** True when the database refused a row because of the unique index or constraint of this name. */
export function violates(raw: unknown, constraint: string): boolean {
  return databaseError(raw)?.constraint === constraint;
}
