import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { claimCommands, endCommands } from '../../src/engine/outbox/command-store.js';
import { reservedCases } from './cases.js';
import { ClientProcess } from './client-process.js';
import { topic } from './clients.js';
import { untilDrained } from './observe.js';
import type { Goal } from './results.js';
import { startSystem, type BenchSystem } from './system.js';

/** What one request without approval costs, from its reservation to its end. */
export interface DatabaseCost {
  readonly engineStatements: number;
  readonly cardsStatements: number;
  /** Transactions that wrote; those that only read wait for no disk. */
  readonly commits: number;
  readonly walBytes: number;
}

const baselineFile = new URL('../baseline.json', import.meta.url);
const tolerance = 0.03;
const requests = 60;
const warmUp = 20;

/**
 * Settings under which a second run counts the same: nothing is written in the background, no page is logged whole, and
 * nobody looks for due jobs.
 */
const repeatable = {
  postgres: {
    ...{
      shared_preload_libraries: 'pg_stat_statements',
      'pg_stat_statements.max': '5000',
      'pg_stat_statements.track': 'top',
    },
    ...{ autovacuum: 'off', checkpoint_timeout: '1d', max_wal_size: '4GB', wal_level: 'minimal', max_wal_senders: '0' },
    ...{ bgwriter_lru_maxpages: '0', summarize_wal: 'off' },
  },
  environment: { TZ: 'UTC', CAMUNDA_BPM_JOBEXECUTION_ENABLED: 'false' },
} as const;

/** Counts what requests cost that come one after the other, from the reservation over the outbox to the worker. */
export async function measureDatabaseCost(): Promise<DatabaseCost> {
  const system = await startSystem(repeatable);
  const client = await ClientProcess.start({
    name: 'ours-real',
    connection: system.connection,
    cardsUrl: system.cardsUrl,
  });
  try {
    await system.engineDb.query('create extension pg_stat_statements');
    await client.begin();
    await runRequests(system, warmUp);
    const before = await count(system);
    await runRequests(system, requests);
    const after = await count(system);
    const each = (of: keyof DatabaseCost): number => (after[of] - before[of]) / requests;
    return {
      engineStatements: each('engineStatements'),
      cardsStatements: each('cardsStatements'),
      commits: each('commits'),
      walBytes: each('walBytes'),
    };
  } finally {
    await client.end();
    await client.quit();
    await system.stop();
  }
}

async function runRequests(system: BenchSystem, howMany: number): Promise<void> {
  for (let index = 0; index < howMany; index += 1) {
    await reservedCases(system, 1);
    for (const command of await claimCommands(system.cards, 1)) {
      const { state } = await system.carrier.execute(command.payload, command.attempts);
      if (state !== 'done') throw new Error(`A start was not taken: ${state}.`);
      await endCommands(system.cards, [command.id], 'done');
    }
    await untilDrained(system, topic, 5);
    // The worker writes off its attempts 100 ms after the first of them ended: each request pays for its own.
    await sleep(200);
  }
}

/** All but the statements of this count and of waiting, which only look. */
async function count({ engineDb, cardsUrl }: BenchSystem): Promise<DatabaseCost> {
  const { rows } = await engineDb.query<{ database: string; calls: number }>(
    `select d.datname as database, sum(s.calls)::float8 as calls
     from pg_stat_statements s join pg_database d on d.oid = s.dbid
     where s.query not like '%topic_name_ = $1 limit%' and s.query not like '%pg_stat_statements%'
     group by d.datname`,
  );
  const calls = (database: string): number => rows.find((row) => row.database === database)?.calls ?? 0;
  const cards = new pg.Client({ connectionString: cardsUrl });
  await cards.connect();
  const written = await cards.query<{ xid: number; wal: number }>(
    `select pg_snapshot_xmax(pg_current_snapshot())::text::float8 as xid, (pg_current_wal_insert_lsn() - '0/0')::float8 as wal`,
  );
  await cards.end();
  const { xid, wal } = written.rows[0] ?? { xid: NaN, wal: NaN };
  return { engineStatements: calls('engine'), cardsStatements: calls('cards'), commits: xid, walBytes: wal };
}

/** The committed figures; null before there are any. */
export async function readBaseline(): Promise<DatabaseCost | null> {
  return existsSync(baselineFile) ? (JSON.parse(await readFile(baselineFile, 'utf8')) as DatabaseCost) : null;
}

/** One goal a figure: measured ÷ baseline. */
export function compareCost(cost: DatabaseCost, baseline: DatabaseCost | null): Record<string, Goal> {
  const names = {
    engineStatements: 'engine statements',
    cardsStatements: 'cards statements',
    commits: 'commits',
    walBytes: 'WAL bytes',
  } as const;
  const goals = Object.entries(names).map(([key, name]): [string, Goal] => {
    const value = cost[key as keyof DatabaseCost] / (baseline?.[key as keyof DatabaseCost] ?? NaN);
    return [
      `${name} per request ÷ baseline`,
      { value, goal: `1 ± ${tolerance}`, met: Math.abs(value - 1) <= tolerance },
    ];
  });
  return Object.fromEntries(goals);
}
