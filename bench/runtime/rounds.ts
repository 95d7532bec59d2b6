import { setTimeout as sleep } from 'node:timers/promises';
import { technicalAccounts } from '../../src/domain/roles.js';
import { emptyCases, reservedCases, startCases, type CaseStart } from './cases.js';
import type { ClientProcess } from './client-process.js';
import { topic, type ClientName } from './clients.js';
import { cpuBetween, readCpu, type Cpu } from '../lib/cpu.js';
import { creationTimes, durationOf, endOf, untilDrained } from './observe.js';
import type { BenchSystem } from './system.js';

/** One arm in one round. Times in milliseconds; CPU in milliseconds of one core a case. */
export interface ArmFigures {
  /** Starting the cases, with nobody at work on them. */
  readonly startMs: number;
  readonly startCpu: Cpu;
  /** From the client's beginning to the end of the last case; null where the engine does all by itself. */
  readonly drainMs: number | null;
  readonly drainCpu: Cpu | null;
  /** Creation to begin of the handler, one case at a time. */
  readonly latenciesMs: readonly number[];
  /** Ten steps one after the other. */
  readonly chainMs: readonly number[];
}

export interface Load {
  readonly cases: number;
  readonly singles: number;
  readonly random: () => number;
}

/** Longest pause of the stock client between two polls (ms): single cases come at random moments of it. */
const stockIntervalMs = 300;

export async function measureArm(
  system: BenchSystem,
  client: ClientProcess,
  name: ClientName,
  load: Load,
): Promise<ArmFigures> {
  const newCases = (count: number) =>
    name === 'ours-real' ? reservedCases(system, count) : Promise.resolve(emptyCases(count, system.variant));
  const backlog = await measureBacklog(system, [client], await newCases(load.cases));
  await client.begin();
  const latenciesMs = await measureSingles(system, client, await newCases(load.singles), name, load.random);
  const chainMs: number[] = [];
  if (name !== 'ours-real') {
    await client.begin();
    chainMs.push(await measureChain(system));
    await client.end();
  }
  return { ...backlog, latenciesMs, chainMs };
}

/** The same cases without an external task: what the pattern costs. */
export async function measureWithoutTasks(system: BenchSystem, cases: number): Promise<ArmFigures> {
  const starts = emptyCases(cases, system.variantWithoutTasks);
  const { startMs, startCpu } = await measureStarts(system, starts);
  await endOf(
    system,
    starts.map(({ businessKey }) => businessKey),
  );
  return { startMs, startCpu, drainMs: null, drainCpu: null, latenciesMs: [], chainMs: [] };
}

async function measureStarts(
  system: BenchSystem,
  cases: readonly CaseStart[],
): Promise<{ startMs: number; startCpu: Cpu }> {
  const processes = { java: system.javaPid, postmaster: system.postmasterPid, nodes: [] };
  const [before, began] = [readCpu(processes), performance.now()];
  await startCases(system, cases);
  const startMs = performance.now() - began;
  return { startMs, startCpu: each(cpuBetween(before, readCpu(processes)), cases.length) };
}

/** Fills a backlog, then lets the clients do it. */
export async function measureBacklog(
  system: BenchSystem,
  clients: readonly ClientProcess[],
  cases: readonly CaseStart[],
) {
  const starts = await measureStarts(system, cases);
  const processes = { java: system.javaPid, postmaster: system.postmasterPid, nodes: clients.map(({ pid }) => pid) };
  const [before, began] = [readCpu(processes), Date.now()];
  await Promise.all(clients.map((client) => client.begin()));
  await untilDrained(system, topic, 25);
  const drainCpu = each(cpuBetween(before, readCpu(processes)), cases.length);
  await Promise.all(clients.map((client) => client.end()));
  const drainMs =
    (await endOf(
      system,
      cases.map(({ businessKey }) => businessKey),
    )) - began;
  return { ...starts, drainMs, drainCpu };
}

async function measureSingles(
  system: BenchSystem,
  client: ClientProcess,
  cases: readonly CaseStart[],
  name: ClientName,
  random: () => number,
): Promise<number[]> {
  // A client that has just begun proves its connection first; and no case meets another one's end.
  await sleep(300);
  for (const single of cases) {
    await startCases(system, [single]);
    await untilDrained(system, topic, 5);
    await sleep(30 + random() * (name === 'stock-defaults' ? stockIntervalMs : 40));
  }
  const started = await client.end();
  const created = await creationTimes(
    system,
    cases.map(({ businessKey }) => businessKey),
  );
  return cases.map(({ businessKey }) => (started.get(businessKey) ?? NaN) - (created.get(businessKey) ?? NaN));
}

async function measureChain(system: BenchSystem): Promise<number> {
  await sleep(300);
  const { id } = await system.engine.call<{ id: string }>({
    ...{ user: technicalAccounts.server, method: 'POST', path: '/process-definition/key/bench-chain/start', body: {} },
  });
  return durationOf(system, id);
}

function each(cpu: Cpu, count: number): Cpu {
  return { java: cpu.java / count, postgres: cpu.postgres / count, node: cpu.node / count };
}
