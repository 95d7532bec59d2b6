import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Installation } from './installation.js';
import { inParallel } from './pool.js';
import type { CanaryWatch } from './canaries.js';
import { listAll, ok, type ProductionInstallation } from './production-installation.js';

/** Rows of a table that are read at once. */
const batch = 200;

/** Addresses of both databases, with their passwords. */
export interface DatabaseUrls {
  readonly cards: string;
  readonly engine: string;
}

/** The databases of an installation whose parts all run: it is read from their environment. */
export async function databaseUrls(installation: Installation): Promise<DatabaseUrls> {
  const cards = await installation.settingOf('server', 'DATABASE_URL');
  const [jdbc, user, password] = await Promise.all(
    ['ENGINE_JDBC_URL', 'ENGINE_DB_USER', 'ENGINE_DB_PASSWORD'].map((name) => installation.settingOf('engine', name)),
  );
  const engine = new URL((jdbc ?? '').replace(/^jdbc:postgresql:/, 'postgres:'));
  engine.username = user ?? '';
  engine.password = password ?? '';
  return { cards, engine: engine.href };
}

/** Looks for canaries in every value of every table; bytes are shown in hexadecimal, as in a dump. */
export async function searchDatabase(watch: CanaryWatch, name: string, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ table: string }>(
      `select format('%I.%I', schemaname, tablename) as table from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    await client.query('begin isolation level repeatable read read only');
    for (const { table } of tables) {
      await client.query(`declare everything no scroll cursor for select t::text as line from ${table} t`);
      for (;;) {
        const { rows } = await client.query<{ line: string }>(`fetch ${batch} from everything`);
        if (rows.length === 0) break;
        for (const { line } of rows) watch.look(`${name}: ${table}`, line);
      }
      await client.query('close everything');
    }
  } finally {
    await client.end();
  }
}

/** Looks for canaries in everything that the tables of both databases hold at this moment. */
export async function searchDatabases(watch: CanaryWatch, urls: DatabaseUrls): Promise<void> {
  for (const [name, url] of Object.entries(urls)) await searchDatabase(watch, `database ${name}`, url);
}

/** Looks for canaries in logs, the print shop's journal, answers of the interface and process variables. */
export async function searchInstallation(
  watch: CanaryWatch,
  { installation, said }: ProductionInstallation,
  cards: readonly string[],
): Promise<void> {
  watch.look('launcher', said.join('\n'));
  for (const folder of ['logs', 'print-shop']) {
    const path = join(installation.directory, folder);
    for (const file of await readdir(path)) watch.look(`${folder}/${file}`, await readFile(join(path, file), 'utf8'));
  }
  for (const path of ['/cards', '/audit', '/mails', '/secrets']) {
    watch.look(`API ${path}`, JSON.stringify(await listAll(installation, 'admin', path)));
  }
  await inParallel(cards, 4, async (card) => {
    for (const [account, path] of [
      ['producer', `/cards/${card}/production`],
      ['admin', `/cards/${card}`],
    ] as const) {
      watch.look(`API ${path}`, JSON.stringify((await ok(installation.callUntilAnswered(account, 'GET', path))).body));
    }
  });
  for (const path of ['/variable-instance', '/history/variable-instance', '/history/detail']) {
    for (let first = 0; ; first += batch) {
      const page = await installation.engine.call<unknown[]>({
        user: 'card-server',
        path,
        query: { firstResult: String(first), maxResults: String(batch), deserializeValues: 'false' },
      });
      watch.look(`engine ${path}`, JSON.stringify(page));
      if (page.length < batch) break;
    }
  }
}
