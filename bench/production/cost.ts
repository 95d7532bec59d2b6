import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Installation } from '../lib/installation.js';
import { databaseUrls } from '../lib/canary-search.js';
import { approvedCards, ok, startProduction } from '../lib/production-installation.js';

type Counts = Readonly<Record<string, number>>;

/** Histories of the engine, each with the address that counts it. */
const histories = {
  'engine: process instances': 'process-instance',
  'engine: activities entered and left': 'activity-instance',
  'engine: tasks for workers, their changes': 'external-task-log',
  'engine: variables': 'variable-instance',
} as const;

/** The most frequent statements that are listed by themselves. */
const listed = 8;

/**
 * Issues cards one after the other and counts. What the parts do while they wait for work is measured too, and taken off.
 * @returns what a card costs, by name
 */
export async function measureProduction(count: number, say: (line: string) => void): Promise<[string, number][]> {
  const place = await startProduction({ script: { cardMs: 0 }, backend: {}, mutant: false, say });
  const { installation } = place;
  try {
    await countStatements(installation);
    const [warm, ...cards] = await approvedCards(installation, count + 1);
    await issue(installation, warm ?? '');
    const statements = await StatementCounter.open(installation);
    try {
      const idle = await statements.during(() => sleep(20_000));
      const before = await historyCounts(installation);
      const busy = await statements.during(async () => {
        for (const card of cards) await issue(installation, card);
      });
      await sleep(2_000);
      const after = await historyCounts(installation);
      const engine = Object.keys(histories).map((name): [string, number] => [
        name,
        ((after[name] ?? 0) - (before[name] ?? 0)) / count,
      ]);
      const share = busy.ms / idle.ms;
      const perCard = (names: readonly string[]) =>
        names.reduce((sum, name) => sum + (busy.calls[name] ?? 0) - (idle.calls[name] ?? 0) * share, 0) / count;
      const all = Object.keys(busy.calls);
      const of = (database: string) => all.filter((name) => name.startsWith(`${database}: `));
      const top = all
        .map((name): [string, number] => [`  ${name.slice(0, 60)}`, perCard([name])])
        .sort((a, b) => b[1] - a[1]);
      return [
        ...engine,
        ['SQL statements, cards', perCard(of('cards'))],
        ['SQL statements, engine', perCard(of('engine'))],
        ...top.slice(0, listed),
      ];
    } finally {
      await statements.close();
    }
  } finally {
    await place.stop();
  }
}

async function issue(installation: Installation, card: string): Promise<void> {
  await ok(
    installation.call('producer', 'POST', `/cards/${card}/production`, undefined, {
      'idempotency-key': `order-${card}`,
    }),
  );
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(250)) {
    if ((await ok(installation.call('admin', 'GET', `/cards/${card}`))).body.state === 'issued') return;
  }
  throw new Error(`The card ${card} was not issued.`);
}

async function historyCounts(installation: Installation): Promise<Counts> {
  const counts = Object.entries(histories).map(async ([name, path]) => {
    const { count } = await installation.engine.call<{ count: number }>({
      user: 'card-server',
      path: `/history/${path}/count`,
    });
    return [name, count];
  });
  return Object.fromEntries(await Promise.all(counts));
}

/** The superuser's address of one database. */
async function superuserUrl(installation: Installation, url: string): Promise<string> {
  const { postgresPassword } = JSON.parse(await readFile(join(installation.directory, 'secrets.json'), 'utf8')) as {
    postgresPassword: string;
  };
  const address = new URL(url);
  address.username = 'postgres';
  address.password = postgresPassword;
  address.pathname = '/postgres';
  return address.href;
}

/** Has PostgreSQL count statements, for which it has to be started again; the launcher does that. */
async function countStatements(installation: Installation): Promise<void> {
  const url = await superuserUrl(installation, (await databaseUrls(installation)).cards);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`);
  await client.end();
  await installation.kill('postgres');
  for (const deadline = Date.now() + 60_000; ; await sleep(500)) {
    const again = new pg.Client({ connectionString: url });
    try {
      await again.connect();
      await again.query('create extension if not exists pg_stat_statements');
      await again.query('select pg_stat_statements_reset()');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    } finally {
      await again.end().catch(() => undefined);
    }
  }
}

class StatementCounter {
  private constructor(private readonly client: pg.Client) {}

  static async open(installation: Installation): Promise<StatementCounter> {
    const client = new pg.Client({
      connectionString: await superuserUrl(installation, (await databaseUrls(installation)).cards),
    });
    await client.connect();
    return new StatementCounter(client);
  }

  /** Calls of each statement while `work` lasts, by `database: statement`. */
  async during(work: () => Promise<unknown>): Promise<{ calls: Counts; ms: number }> {
    await this.client.query('select pg_stat_statements_reset()');
    const began = performance.now();
    await work();
    const ms = performance.now() - began;
    const { rows } = await this.client.query<{ name: string; calls: number }>(
      `select d.datname || ': ' || regexp_replace(s.query, '\\s+', ' ', 'g') as name, sum(s.calls)::int as calls
       from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname in ('cards', 'engine') group by 1`,
    );
    return { ms, calls: Object.fromEntries(rows.map(({ name, calls }) => [name, calls])) };
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
