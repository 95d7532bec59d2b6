import { armNames, type Results } from './results.js';

/** Every raw figure, one a row. */
export function toCsv({ rounds, workers, fetch, idle }: Results): string {
  const rows: (string | number)[][] = [['round', 'arm', 'figure', 'value']];
  for (const [index, round] of rounds.entries()) {
    for (const name of armNames) {
      const { startMs, startCpu, drainMs, drainCpu, latenciesMs, chainMs } = round[name];
      const add = (figure: string, value: number | null): unknown =>
        value !== null && rows.push([index + 1, name, figure, value]);
      add('start-ms', startMs);
      add('drain-ms', drainMs);
      for (const [part, value] of Object.entries(startCpu)) add(`start-core-ms-per-case-${part}`, value);
      for (const [part, value] of Object.entries(drainCpu ?? {})) add(`core-ms-per-task-${part}`, value);
      for (const value of latenciesMs) add('created-to-started-ms', value);
      for (const value of chainMs) add('chain-ms', value);
    }
  }
  for (const [index, round] of workers.entries()) {
    for (const [count, rate] of Object.entries(round))
      rows.push([index + 1, `${count}-workers`, 'tasks-per-second', rate]);
  }
  for (const { waiting, p50, p99 } of fetch) {
    rows.push(['', `${waiting}-waiting`, 'fetch-p50-ms', p50], ['', `${waiting}-waiting`, 'fetch-p99-ms', p99]);
  }
  for (const [name, cpu] of Object.entries(idle)) {
    for (const [part, value] of Object.entries(cpu)) rows.push(['', name, `idle-core-ms-per-second-${part}`, value]);
  }
  return rows.map((row) => `${row.join(',')}\n`).join('');
}
