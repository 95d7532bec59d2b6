import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { StartFailure } from './start-failure.js';

/** How long a connection attempt may take, in milliseconds. */
const CONNECT_MS = 5_000;

export interface JdbcAddress {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/** The same database for Java: the driver wants user and password apart from the address. */
export function jdbcAddress(databaseUrl: string): JdbcAddress {
  const { host, pathname, search, username, password } = new URL(databaseUrl);
  return {
    url: `jdbc:postgresql://${host}${pathname}${search}`,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}

/**
 * Makes sure that a database of the installation's own can be opened.
 * @param variable the setting that names it
 * @throws StartFailure saying what PostgreSQL or the network answered, never the password
 */
export async function assertDatabase(variable: string, databaseUrl: string): Promise<void> {
  const failure = await tryConnect(databaseUrl);
  if (failure === null) return;
  const { hostname, port, pathname } = new URL(databaseUrl);
  const where = `${hostname}:${port || 5432}${pathname}`;
  throw new StartFailure(
    `The database of ${variable} (${where}) cannot be opened (${failure}): start that database or correct ${variable}.`,
  );
}

/** @returns null when a query was answered, else the reason in a few words */
export async function tryConnect(databaseUrl: string): Promise<string | null> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
  });
  // A connection that breaks after the answer is of no interest here, but unheard it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return null;
  } catch (raw) {
    return reason(raw);
  } finally {
    await Promise.race([client.end().catch(() => undefined), delay(1_000, undefined, { ref: false })]);
  }
}

/**
 * Creates what is missing of databases and their owners, and sets the owners' passwords.
 * @param adminUrl a superuser's address of the same server
 */
export async function createDatabases(
  adminUrl: string,
  databases: readonly { readonly name: string; readonly password: string }[],
): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // A statement that fails would be written to the server's log with its password.
    await client.query('set log_min_error_statement = panic');
    for (const { name, password } of databases) {
      const role = client.escapeIdentifier(name);
      const known = await client.query('select from pg_roles where rolname = $1', [name]);
      const verb = known.rowCount === 0 ? 'create' : 'alter';
      await client.query(`${verb} role ${role} login password ${client.escapeLiteral(password)}`);
      const existing = await client.query('select from pg_database where datname = $1', [name]);
      if (existing.rowCount === 0) await client.query(`create database ${role} owner ${role}`);
    }
  } finally {
    await client.end();
  }
}

function reason(raw: unknown): string {
  if (raw instanceof AggregateError) return reason(raw.errors[0]);
  return raw instanceof Error ? raw.message : String(raw);
}
