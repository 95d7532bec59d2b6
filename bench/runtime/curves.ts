import { setTimeout as sleep } from 'node:timers/promises';
import { technicalAccounts } from '../../src/domain/roles.js';
import { workerHeaders } from '../lib/worker-headers.js';
import { EngineTransport } from '../../workers/runtime/transport.js';
import { inParallel } from '../lib/pool.js';
import { emptyCases } from './cases.js';
import type { ClientProcess } from './client-process.js';
import { cpuBetween, readCpu, type Cpu } from '../lib/cpu.js';
import { waitingTopic } from './diagrams.js';
import { measureBacklog } from './rounds.js';
import { quantile } from '../lib/statistics.js';
import type { BenchSystem } from './system.js';

export interface FetchFigures {
  readonly waiting: number;
  readonly p50: number;
  readonly p99: number;
}

/** Tasks that one start of the fork creates. */
const branches = 500;
const fetchesAtOnce = 32;

/**
 * How long a fetch of 32 tasks takes while so many are waiting (ms). Each fetch locks for one millisecond, so the next
 * finds as many; statistics of the table are brought up to date before, as autovacuum would in time.
 */
export async function fetchCurve(
  system: BenchSystem,
  levels: readonly number[],
  samples: number,
): Promise<FetchFigures[]> {
  const transport = new EngineTransport({
    ...{ engineUrl: system.connection.engineUrl, headers: workerHeaders(system.connection) },
    ...{ maxSockets: 1, pollSockets: 1, connectMs: 1_000 },
  });
  const figures: FetchFigures[] = [];
  let waiting = 0;
  for (const level of levels) {
    await addWaiting(system, level - waiting);
    waiting = level;
    await system.engineDb.query('vacuum analyze act_ru_ext_task');
    await system.engineDb.query('vacuum analyze act_ru_execution');
    const times: number[] = [];
    for (let sample = -10; sample < samples; sample += 1) {
      const began = performance.now();
      await transport.request(
        'POST',
        '/external-task/fetchAndLock',
        {
          ...{ workerId: 'bench-fetch', maxTasks: fetchesAtOnce, usePriority: true },
          topics: [{ topicName: waitingTopic, lockDuration: 1, variables: [], includeExtensionProperties: true }],
        },
        { timeoutMs: 30_000 },
      );
      if (sample >= 0) times.push(performance.now() - began);
      await sleep(2);
    }
    figures.push({ waiting: level, p50: quantile(times, 0.5), p99: quantile(times, 0.99) });
  }
  await transport.close();
  return figures;
}

/** Whole forks; the lowest levels by single tasks of a smaller one are not worth a diagram, so the rest is removed. */
async function addWaiting({ engine, engineDb }: BenchSystem, count: number): Promise<void> {
  const forks = Math.ceil(count / branches);
  await inParallel(Array.from({ length: forks }), 2, () =>
    engine.call({
      ...{
        user: technicalAccounts.server,
        method: 'POST',
        path: '/process-definition/key/bench-fork/start',
        body: {},
        timeoutMs: 120_000,
      },
    }),
  );
  const surplus = forks * branches - count;
  await engineDb.query(
    'delete from act_ru_ext_task where id_ in (select id_ from act_ru_ext_task where topic_name_ = $1 limit $2)',
    [waitingTopic, surplus],
  );
}

/** Cases per second with so many worker processes of ours at once. */
export async function rateWith(system: BenchSystem, workers: readonly ClientProcess[], cases: number): Promise<number> {
  const { drainMs } = await measureBacklog(system, workers, emptyCases(cases, system.variant));
  return (cases / drainMs) * 1_000;
}

/** CPU a second while nothing is to be done; without a client, what engine and PostgreSQL spend by themselves. */
export async function idleCpu(system: BenchSystem, client: ClientProcess | null, forMs: number): Promise<Cpu> {
  const processes = {
    java: system.javaPid,
    postmaster: system.postmasterPid,
    nodes: client === null ? [] : [client.pid],
  };
  await client?.begin();
  await sleep(1_000);
  const [before, began] = [readCpu(processes), performance.now()];
  await sleep(forMs);
  const spent = cpuBetween(before, readCpu(processes));
  const seconds = (performance.now() - began) / 1_000;
  await client?.end();
  return { java: spent.java / seconds, postgres: spent.postgres / seconds, node: spent.node / seconds };
}
