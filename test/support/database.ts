import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type Knex } from '../../src/kernel/db/database.js';
import { migrateToLatest } from '../../src/kernel/db/migrate.js';
import type { TestPostgres } from './postgres.js';

/** A database of one test file's own. */
export interface TestDatabase {
  readonly knex: Knex;
  readonly url: string;
  /** Empties every table that tests write to; what migrations have filled in stays. */
  clear(): Promise<void>;
  /**
   * Ends the pool and removes the database. With `KEEP_DATA` set the database stays, and so does the server's directory.
   * @throws Error when the test has left connections of its own open
   */
  drop(): Promise<void>;
}

const template = 'cards_template';

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
  await postgres.createDatabase(template);
  const db = openDatabase(postgres.url(template), 2);
  try {
    await migrateToLatest(db);
  } finally {
    await db.destroy();
  }
}

/** Copies the migrated template; a few tens of milliseconds. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return open(`template ${template}`);
}

/** A database without any table, for tests of migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return open('');
}

async function open(options: string): Promise<TestDatabase> {
  const server = await sharedPostgres();
  const name = await createOn(server, options);
  const url = urlOf(server, name);
  const knex = openDatabase(url);
  return { knex, url, clear: () => clear(knex), drop: () => drop(server, name, knex) };
}

async function sharedPostgres(): Promise<string> {
  const keeper = process.env['TEST_KEEPER'];
  if (keeper === undefined) throw new Error('No keeper of PostgreSQL: run the tests with `npm test`.');
  const response = await fetch(`${keeper}/postgres`);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
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

async function clear(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename <> all(?)`,
    [reference],
  );
  await knex.transaction(async (trx) => {
    // Append-only tables refuse it through triggers, which are what must not stop a test from cleaning up.
    await trx.raw(`set local session_replication_role = 'replica'`);
    await trx.raw(`truncate ${rows.map((row) => row.name).join(', ')} restart identity`);
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

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
