import { runChaos } from '../../bench/chaos/index.js';
import { recoveryTimes } from '../../bench/lib/recovery.js';
import { quantile } from '../../bench/lib/statistics.js';

test('workers killed and stopped at random, and an engine restart: every case done, effects once, recovery in time', async () => {
  const lockMs = 2_500;
  const figures = await runChaos({
    ...{ seed: 7, kills: 8, zombies: 2, restartEngine: true, workers: 3, casesPerSecond: 6 },
    ...{ betweenBlowsMs: [400, 1_200], lockMs, longPollMs: 2_000, say: () => undefined },
  });
  expect(figures).toMatchObject({ casesDone: figures.cases, effects: figures.cases, incidents: 0, engineRestarts: 1 });
  expect(figures.interruptedTasks).toBeGreaterThan(0);
  expect(figures.recoveryP99Ms).toBeLessThanOrEqual(lockMs + 5_000);
}, 240_000);

test('recovery is counted from the interruption to the next start, and from the return of the engine', () => {
  const cases = [
    { businessKey: 'killed', createdAt: 0, endedAt: 9_000 },
    { businessKey: 'unnoticed', createdAt: 1_000, endedAt: 9_000 },
    { businessKey: 'in the outage', createdAt: 10_000, endedAt: 40_000 },
    { businessKey: 'quick', createdAt: 0, endedAt: 500 },
  ];
  const starts = new Map([
    ['killed', [100, 5_000]],
    ['unnoticed', [6_000]],
    ['in the outage', [10_100, 33_000]],
    ['quick', [100]],
  ]);
  const interruptions = [
    { at: 1_000, businessKey: 'killed' },
    { at: 15_000, businessKey: 'in the outage' },
    { at: 400, businessKey: 'quick' },
  ];
  const waits = recoveryTimes(cases, interruptions, starts, [{ from: 20_000, to: 30_000 }]);
  expect(waits).toEqual([4_000, 3_000, 5_000]);
  expect([quantile(waits, 0.5), quantile(waits, 0.99), quantile([], 0.99)]).toEqual([4_000, 5_000, NaN]);
});
