import type { ClientName } from './clients.js';
import type { Cpu } from '../lib/cpu.js';
import type { FetchFigures } from './curves.js';
import type { ArmFigures } from './rounds.js';
import { median, quantile, spread, type Spread } from '../lib/statistics.js';

export type ArmName = ClientName | 'without-tasks';
export type Round = Readonly<Record<ArmName, ArmFigures>>;

/** All that was measured. */
export interface Results {
  readonly cases: number;
  readonly rounds: readonly Round[];
  readonly workers: readonly Readonly<Record<string, number>>[];
  readonly fetch: readonly FetchFigures[];
  readonly idle: Readonly<Record<string, Cpu>>;
}

export interface ArmSummary {
  /** Tasks a second; null where there are no tasks. */
  readonly rate: Spread | null;
  /** Core-milliseconds a task, from the fetch to its end. */
  readonly cpu: Cpu | null;
  /** Core-milliseconds a case for its start. */
  readonly startCpu: Cpu;
  /** Cases a second with their start: started first, done then. */
  readonly casesPerSecond: Spread;
  readonly latencyP50Ms: number | null;
  readonly latencyP99Ms: number | null;
  readonly chainMs: Spread | null;
}

export const armNames: readonly ArmName[] = [
  'raw',
  'stock-defaults',
  'stock-tuned',
  'ours-no-op',
  'ours-real',
  'without-tasks',
];

export function summarize({ rounds, cases }: Results): Record<ArmName, ArmSummary> {
  const entries = armNames.map((name): [ArmName, ArmSummary] => {
    const figures = rounds.map((round) => round[name]);
    const drains = figures.flatMap(({ drainMs }) => (drainMs === null ? [] : [(cases / drainMs) * 1_000]));
    const drainCpu = figures.flatMap((figure) => (figure.drainCpu === null ? [] : [figure.drainCpu]));
    const latencies = figures.flatMap(({ latenciesMs }) => latenciesMs);
    const chains = figures.flatMap(({ chainMs }) => chainMs);
    return [
      name,
      {
        rate: drains.length === 0 ? null : spread(drains),
        cpu: drainCpu.length === 0 ? null : medianCpu(drainCpu),
        startCpu: medianCpu(figures.map(({ startCpu }) => startCpu)),
        casesPerSecond: spread(figures.map(({ startMs, drainMs }) => (cases / (startMs + (drainMs ?? 0))) * 1_000)),
        latencyP50Ms: latencies.length === 0 ? null : quantile(latencies, 0.5),
        latencyP99Ms: latencies.length === 0 ? null : quantile(latencies, 0.99),
        chainMs: chains.length === 0 ? null : spread(chains),
      },
    ];
  });
  return Object.fromEntries(entries) as Record<ArmName, ArmSummary>;
}

/** Ratios of two arms, each within its round. */
export function ratiosOf({ rounds, workers }: Results): Record<string, Spread> {
  const over = (value: (round: Round) => number): Spread => spread(rounds.map(value));
  const drain = (round: Round, name: ArmName): number => round[name].drainMs ?? NaN;
  const total = (cpu: Cpu): number => cpu.java + cpu.postgres;
  return {
    'ours no-op ÷ ceiling': over((round) => drain(round, 'raw') / drain(round, 'ours-no-op')),
    'ours real ÷ ceiling': over((round) => drain(round, 'raw') / drain(round, 'ours-real')),
    'stock tuned ÷ ceiling': over((round) => drain(round, 'raw') / drain(round, 'stock-tuned')),
    'stock defaults ÷ ceiling': over((round) => drain(round, 'raw') / drain(round, 'stock-defaults')),
    'node CPU ÷ stock tuned': over(
      (round) => (round['ours-no-op'].drainCpu?.node ?? NaN) / (round['stock-tuned'].drainCpu?.node ?? NaN),
    ),
    'chain, stock defaults ÷ ours': over(
      (round) => median(round['stock-defaults'].chainMs) / median(round['ours-no-op'].chainMs),
    ),
    'engine and PostgreSQL CPU, with task ÷ without': over(
      ({ raw, 'without-tasks': without }) =>
        (total(raw.startCpu) + (raw.drainCpu === null ? NaN : total(raw.drainCpu))) / total(without.startCpu),
    ),
    '8 workers ÷ 1': spread(workers.map((round) => (round['8'] ?? NaN) / (round['1'] ?? NaN))),
  };
}

export interface Goal {
  readonly value: number;
  readonly goal: string;
  readonly met: boolean;
}

const atLeast = (value: number, goal: number): Goal => ({ value, goal: `≥ ${goal}`, met: value >= goal });
export const atMost = (value: number, goal: number): Goal => ({ value, goal: `≤ ${goal}`, met: value <= goal });

export function goalsOf(
  results: Results,
  arms: Record<ArmName, ArmSummary>,
  ratios: Record<string, Spread>,
): Record<string, Goal> {
  const ratio = (name: string): number => ratios[name]?.median ?? NaN;
  const fetchP99 = (waiting: number): number => results.fetch.find((each) => each.waiting === waiting)?.p99 ?? NaN;
  return {
    'ours no-op ÷ ceiling': atLeast(ratio('ours no-op ÷ ceiling'), 0.95),
    'ours real ÷ ceiling': atLeast(ratio('ours real ÷ ceiling'), 0.7),
    'node CPU per task ÷ stock tuned': atMost(ratio('node CPU ÷ stock tuned'), 0.5),
    'created to started p50, idle (ms)': atMost(arms['ours-no-op'].latencyP50Ms ?? NaN, 10),
    'created to started p99, idle (ms)': atMost(arms['ours-no-op'].latencyP99Ms ?? NaN, 50),
    'chain of 10, stock defaults ÷ ours': atLeast(ratio('chain, stock defaults ÷ ours'), 10),
    '8 workers ÷ 1': atLeast(ratio('8 workers ÷ 1'), 0.9),
    'fetch p99, 50,000 waiting ÷ 100': atMost(fetchP99(50_000) / fetchP99(100), 5),
  };
}

function medianCpu(cpus: readonly Cpu[]): Cpu {
  return {
    java: median(cpus.map((cpu) => cpu.java)),
    postgres: median(cpus.map((cpu) => cpu.postgres)),
    node: median(cpus.map((cpu) => cpu.node)),
  };
}
