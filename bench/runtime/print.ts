import type { Cpu } from '../lib/cpu.js';
import { armNames, type ArmName, type ArmSummary, type Goal, type Results } from './results.js';
import { median, type Spread } from '../lib/statistics.js';

export interface Report {
  readonly arms: Record<ArmName, ArmSummary>;
  readonly ratios: Record<string, Spread>;
  readonly goals: Record<string, Goal>;
  readonly results: Results;
}

/** The tables that people read. */
export function printTables({ arms, ratios, goals, results }: Report, say: (line: string) => void): void {
  say(
    '\nCore-ms a task (java, postgres, node) from fetch to end; "start" is what starting a case costs engine and PostgreSQL.',
  );
  say(row(['arm', 'tasks/s', 'min–max', 'java', 'postgres', 'node', 'start', 'p50 ms', 'p99 ms', 'chain ms']));
  for (const name of armNames) {
    const { rate, cpu, startCpu, latencyP50Ms, latencyP99Ms, chainMs } = arms[name];
    const start = startCpu.java + startCpu.postgres;
    const range = rate === null ? '' : `${rate.min.toFixed(0)}–${rate.max.toFixed(0)}`;
    say(
      row([
        name,
        text(rate?.median),
        range,
        ...cpuCells(cpu),
        text(start),
        text(latencyP50Ms),
        text(latencyP99Ms),
        text(chainMs?.median),
      ]),
    );
  }
  say('\nRatios within a round: median (min–max)');
  for (const [name, { median: middle, min, max }] of Object.entries(ratios))
    say(`${name.padEnd(48)}${text(middle)} (${text(min)}–${text(max)})`);
  say('\nFetch of 32 tasks, ms');
  for (const { waiting, p50, p99 } of results.fetch)
    say(`${String(waiting).padStart(8)} waiting   p50 ${text(p50)}   p99 ${text(p99)}`);
  say('\nWorkers, tasks/s');
  for (const count of ['1', '2', '4', '8'])
    say(`${count.padStart(8)}   ${text(median(results.workers.map((round) => round[count] ?? NaN)))}`);
  say('\nIdle, core-ms a second');
  say(row(['', 'java', 'postgres', 'node']));
  for (const [name, cpu] of Object.entries(results.idle)) say(row([name, ...cpuCells(cpu)]));
  say('');
  for (const [name, { value, goal, met }] of Object.entries(goals))
    say(`${met ? 'met   ' : 'MISSED'} ${name}: ${text(value)} (goal ${goal})`);
}

const text = (value: number | null | undefined): string =>
  value == null ? '–' : value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
const cpuCells = (cpu: Cpu | null): string[] => [text(cpu?.java), text(cpu?.postgres), text(cpu?.node)];
const row = (cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(16) : cell.padStart(10))).join('');
