import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type Knex } from '../../src/kernel/db/database.js';
import { grantApplication } from '../../src/kernel/db/grants.js';
import { migrateToLatest } from '../../src/kernel/db/migrate.js';
import { askKeeper } from './ask-keeper.js';
import type { TestPostgres } from './postgres.js';

/** A database of one test file's own. */
export interface TestDatabase {
  readonly knex: Knex;
  readonly url: string;
  /** The same database for the role that the application has in an installation: it does not own the tables. */
  readonly applicationUrl: string;
  /** Empties every table that tests write to, and lets ids begin anew; what migrations have filled in stays. */
  clear(): Promise<void>;
  /**
   * Ends the pool and removes the database. With `KEEP_DATA` set the database stays, and so does the server's directory.
   * @throws Error when the test has left connections of its own open
   */
  drop(): Promise<void>;
}

/** The database with all migrations, which the others are copies of. */
export const migratedTemplate = 'cards_template';

/** The application's role on the server of a test run. */
const application = { role: 'cards_application', password: 'test-only' };

/** Filled in by migrations and never written to by the product. */
const reference = [
  'card_state',
  'card_transition',
  'request_state',
  'request_transition',
  'production_state',
  'production_transition',
  'knex_migrations',
  'knex_migrations_lock',
];

/** Makes the migrated database that every test database is a copy of; once in a run. */
export async function createTemplate(postgres: TestPostgres): Promise<void> {
  await postgres.createDatabase(migratedTemplate);
  const db = openDatabase(postgres.url(migratedTemplate), 2);
  try {
    await migrateToLatest(db);
    await db.raw(`create role ${application.role} login password '${application.password}'`);
    await grantApplication(db, application.role);
  } finally {
    await db.destroy();
  }
}

/** Copies a template, by default the migrated one; a few tens of milliseconds. */
export async function createTestDatabase(template = migratedTemplate): Promise<TestDatabase> {
  return open(`template ${template} strategy file_copy`);
}

/** A database without any table, for tests of migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return open('');
}

async function open(options: string): Promise<TestDatabase> {
  const { url: server } = await askKeeper<{ url: string }>('postgres');
  const name = await createOn(server, options);
  const url = urlOf(server, name);
  const knex = openDatabase(url);
  return {
    knex,
    url,
    applicationUrl: applicationUrlOf(url),
    clear: () => clear(knex),
    drop: () => drop(server, name, knex),
  };
}

/** Named after the test file, so that one that was kept can be found. */
async function createOn(server: string, options: string): Promise<string> {
  const file = basename(expect.getState().testPath ?? 'test', '.test.ts')
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 40);
  const name = `${file}_${randomBytes(4).toString('hex')}`;
  await asAdministrator(server, (admin) => admin.raw(`create database ${name} ${options}`));
  return name;
}

/**
 * Deletes rather than truncates: truncating makes a new file for every table and index, which takes longer than all that a
 * test writes.
 */
async function clear(knex: Knex): Promise<void> {
  await knex.transaction(async (trx) => {
    // Append-only tables refuse it through triggers, which are what must not stop a test from cleaning up. Nor are keys
    // between tables checked, so that any order will do.
    await trx.raw(`set local session_replication_role = 'replica'`);
    await trx.raw(`do $$
      declare one record;
      begin
        for one in select tablename from pg_tables where schemaname = 'public' and tablename <> all('{${reference.join()}}')
        loop execute format('delete from %I', one.tablename); end loop;
        for one in select sequencename, start_value from pg_sequences where schemaname = 'public' and last_value is not null
        loop perform setval(quote_ident(one.sequencename)::regclass, one.start_value, false); end loop;
      end $$`);
  });
}

async function drop(server: string, name: string, knex: Knex): Promise<void> {
  await knex.destroy();
  await asAdministrator(server, async (admin) => {
    const open = await connectionsLeft(admin, name);
    if (process.env['KEEP_DATA'] === undefined) await admin.raw(`drop database ${name} with (force)`);
    if (open.length > 0) throw new Error(`Connections were left open, with these last statements: ${open.join('; ')}`);
  });
}

/** The server notices a moment later that a client has gone, so one that stays for a second was left open. */
async function connectionsLeft(admin: Knex, database: string): Promise<string[]> {
  const deadline = performance.now() + 1_000;
  for (;;) {
    const { rows } = await admin.raw<{ rows: { query: string }[] }>(
      'select query from pg_stat_activity where datname = ?',
      [database],
    );
    if (rows.length === 0 || performance.now() > deadline) return rows.map((row) => row.query);
    await sleep(10);
  }
}

async function asAdministrator<T>(server: string, work: (admin: Knex) => Promise<T>): Promise<T> {
  const admin = openDatabase(server, 1);
  try {
    return await work(admin);
  } finally {
    await admin.destroy();
  }
}

function applicationUrlOf(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.username = application.role;
  url.password = application.password;
  return url.href;
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
