import type { Knex } from 'knex';
import { exclusively } from './database.js';
import { migrations, type NamedMigration } from '../../../migrations/index.js';

/**
 * knex's table names files with their extension and breaks when `.ts` becomes `.js`; an explicit source names migrations
 * without one.
 */
const source: Knex.MigrationSource<NamedMigration> = {
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: (migration) => migration.name,
  getMigration: (migration) => Promise.resolve(migration),
};

/**
 * Brings the database to the newest schema and returns the names of the migrations that it ran.
 * @throws the database's error; each migration is one transaction, so a failed one leaves nothing behind
 */
export async function migrateToLatest(db: Knex): Promise<string[]> {
  return exclusively(db, 'migration', async () => {
    // knex's own lock outlives a process that was killed while migrating; ours does not, and we hold it.
    await db.migrate.forceFreeMigrationsLock({ migrationSource: source });
    const [, names] = (await db.migrate.latest({ migrationSource: source })) as [number, string[]];
    return names;
  });
}

/** Takes back every migration, newest first; used by tests to show that each one can be. */
export async function rollbackAll(db: Knex): Promise<void> {
  await db.migrate.rollback({ migrationSource: source }, true);
}
