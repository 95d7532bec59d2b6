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

/** Owns the tables for cards in the embedded PostgreSQL; the role `cards` of server and workers does not. */
export const cardsOwner = 'cards_owner';

/** A database of the embedded PostgreSQL. */
export interface OwnDatabase {
  readonly name: string;
  /** The role that owns it and everything in it; of the same name where there is no other one. */
  readonly owner: string;
  /** Roles that may connect, with their passwords. */
  readonly roles: Readonly<Record<string, string>>;
}

/**
 * Creates what is missing of databases and roles, sets the roles' passwords and lets nobody else connect.
 * @param adminUrl a superuser's address of the same server
 */
export async function createDatabases(adminUrl: string, databases: readonly OwnDatabase[]): Promise<void> {
  await asSuperuser(adminUrl, async (client) => {
    // A statement that fails would be written to the server's log with its password.
    await client.query('set log_min_error_statement = panic');
    for (const { name, owner, roles } of databases) {
      for (const [role, password] of Object.entries(roles)) await setRole(client, role, password);
      const [database, owned] = [client.escapeIdentifier(name), client.escapeIdentifier(owner)];
      const existing = await client.query<{ owner: string }>(
        'select pg_get_userbyid(datdba) as owner from pg_database where datname = $1',
        [name],
      );
      if (existing.rows[0] === undefined) await client.query(`create database ${database} owner ${owned}`);
      const former = existing.rows[0]?.owner ?? owner;
      // First, because what the former owner was granted goes to the new one too.
      if (former !== owner) await changeOwner(adminUrl, name, former, owner);
      await client.query(`revoke connect on database ${database} from public`);
      for (const role of Object.keys(roles))
        await client.query(`grant connect, temporary on database ${database} to ${client.escapeIdentifier(role)}`);
    }
  });
}

async function setRole(client: pg.Client, name: string, password: string): Promise<void> {
  const known = await client.query('select from pg_roles where rolname = $1', [name]);
  const verb = known.rowCount === 0 ? 'create' : 'alter';
  await client.query(`${verb} role ${client.escapeIdentifier(name)} login password ${client.escapeLiteral(password)}`);
}

/** An installation from before there was an owner: everything in the database changes hands, the database itself last. */
async function changeOwner(adminUrl: string, database: string, former: string, owner: string): Promise<void> {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  await asSuperuser(url.href, async (client) => {
    await client.query(`reassign owned by ${client.escapeIdentifier(former)} to ${client.escapeIdentifier(owner)}`);
  });
}

async function asSuperuser(adminUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function reason(raw: unknown): string {
  if (raw instanceof AggregateError) return reason(raw.errors[0]);
  return raw instanceof Error ? raw.message : String(raw);
}
