import type { Knex } from 'knex';
import { migrations, type NamedMigration } from '../../../migrations/index.js';
import { ConfigError } from '../config.js';
import { databaseError, exclusively, openDatabase } from './database.js';
import { grantApplication, ownsTables } from './grants.js';

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
  return exclusively(db, 'migration', () => migrate(db));
}

async function migrate(db: Knex): Promise<string[]> {
  // knex's own lock outlives a process that was killed while migrating; ours does not, and we hold it.
  await db.migrate.forceFreeMigrationsLock({ migrationSource: source });
  const [, names] = (await db.migrate.latest({ migrationSource: source })) as [number, string[]];
  return names;
}

/**
 * As `migrateToLatest`, as the owner of the tables, and gives the application's role what it needs. Tables that the
 * application owns, as before there was an owner, change hands first.
 * @param ownerUrl address of the owner
 * @param application the application's role
 * @throws ConfigError where the tables belong to the application and the owner may not take them over
 */
export async function migrateAsOwner(ownerUrl: string, application: string): Promise<string[]> {
  const db = openDatabase(ownerUrl, 2);
  try {
    return await exclusively(db, 'migration', async () => {
      await takeOver(db, application);
      const names = await migrate(db);
      await grantApplication(db, application);
      return names;
    });
  } finally {
    await db.destroy();
  }
}

async function takeOver(db: Knex, application: string): Promise<void> {
  const {
    rows: [known],
  } = await db.raw<{ rows: { owner: string; theirs: boolean }[] }>(
    `select current_user as owner, exists (select from pg_tables where schemaname = 'public' and tableowner = :application) as theirs`,
    { application },
  );
  if (known === undefined || known.owner === application)
    throw new ConfigError('DATABASE_OWNER_URL and DATABASE_URL name the same role: give the application its own one.');
  if (!known.theirs) return;
  try {
    await db.raw('reassign owned by ?? to ??', [application, known.owner]);
  } catch (cause) {
    if (databaseError(cause)?.code !== '42501') throw cause;
    throw new ConfigError(
      `The tables belong to ${application}: run once, as a superuser, in this database: ` +
        `reassign owned by "${application}" to "${known.owner}".`,
      { cause },
    );
  }
}

/**
 * Makes the schema ready for the application: as its owner where the address of one is known, else as the application
 * itself, which then owns the tables, or finds them as new as it is.
 * @param db connected as the application
 * @param ownerUrl DATABASE_OWNER_URL
 * @throws ConfigError where migrations are missing that the application may not run
 */
export async function prepareSchema(db: Knex, ownerUrl: string | undefined): Promise<void> {
  if (ownerUrl !== undefined) {
    await migrateAsOwner(ownerUrl, await roleOf(db));
    return;
  }
  if ((await hasTables(db)) && !(await ownsTables(db))) await assertLatest(db);
  else await migrateToLatest(db);
}

async function roleOf(db: Knex): Promise<string> {
  const {
    rows: [me],
  } = await db.raw<{ rows: { role: string }[] }>('select current_user as role');
  return me?.role ?? '';
}

async function hasTables(db: Knex): Promise<boolean> {
  return (
    (await db('pg_tables').where({ schemaname: 'public', tablename: 'knex_migrations' }).first('tablename')) !==
    undefined
  );
}

async function assertLatest(db: Knex): Promise<void> {
  const done = new Set(await db('knex_migrations').pluck<string[]>('name'));
  const missing = migrations.filter(({ name }) => !done.has(name));
  if (missing.length === 0) return;
  throw new ConfigError(
    `The database lacks ${missing.length} migrations (${missing[0]?.name ?? ''} first), which the role of DATABASE_URL may not run: ` +
      'give the owner of the tables as DATABASE_OWNER_URL.',
  );
}

/** Takes back every migration, newest first; used by tests to show that each one can be. */
export async function rollbackAll(db: Knex): Promise<void> {
  await db.migrate.rollback({ migrationSource: source }, true);
}
