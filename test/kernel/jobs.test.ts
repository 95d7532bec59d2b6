/** Jobs: each in a loop of its own, woken by the database, tried again after a failure, and ended in good order. */
import { pino } from 'pino';
import { enqueueCommands } from '../../src/engine/outbox/command-store.js';
import { backoffMs } from '../../src/kernel/backoff.js';
import { JobLoop, type Job } from '../../src/kernel/job.js';
import { runJobs } from '../../src/kernel/run-jobs.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

const silent = pino({ level: 'silent' });
let database: TestDatabase;
let running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.stop()));
  running = [];
});
afterAll(() => database.drop());

async function run(...jobs: Job[]): Promise<{ stop(): Promise<void> }> {
  const all = await runJobs(jobs, database.url, silent);
  running.push(all);
  return all;
}

/** A job that counts its rounds. */
function counting(everyMs = 20): Job & { rounds: number } {
  return {
    name: 'count',
    everyMs,
    rounds: 0,
    async round() {
      this.rounds += 1;
    },
  };
}

function logInto(lines: { level: number; msg: string }[]) {
  return pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as (typeof lines)[number]) });
}

const forever = () => new Promise<never>(() => undefined);

test('a job that throws, and one that never comes back, hold up no other', async () => {
  const others = [counting(), counting()] as const;
  const throwing: Job = { name: 'throw', everyMs: 20, round: () => Promise.reject(new Error('always')) };
  const hanging: Job = { name: 'hang', everyMs: 20, stopMs: 10, round: forever };
  await run(throwing, hanging, ...others);
  for (const other of others) await eventually('the others go on', 10_000, () => other.rounds >= 5);
});

test('a job that never comes back does not hold up the end for long', async () => {
  const ended: string[] = [];
  const hanging: Job = { name: 'hang', everyMs: 1, stopMs: 10, round: forever };
  const before: Job = { ...counting(), end: async () => void ended.push('the one before it') };
  const all = await run(before, hanging);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await all.stop();
  expect(ended).toEqual(['the one before it']);
}, 10_000);

test('a failure is logged when it begins, when it lasts, and when it is over', async () => {
  const lines: { level: number; msg: string }[] = [];
  let left = 6;
  const job: Job = {
    name: 'fail six times',
    everyMs: 10,
    round: async () => {
      if ((left -= 1) >= 0) throw new Error('not yet');
    },
  };
  const loop = new JobLoop(job, logInto(lines));
  running.push(loop);
  loop.start();
  await eventually('it works', 10_000, () => left < -2);
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    [40, 'a job failed; it is tried again'],
    [50, 'a job fails again and again'],
    [30, 'a job works again'],
  ]);
});

test('rounds come one at a time, and a notification during one is followed by another', async () => {
  let at = 0;
  let most = 0;
  let rounds = 0;
  const job: Job = {
    name: 'slow',
    everyMs: 60_000,
    round: async () => {
      rounds += 1;
      most = Math.max(most, (at += 1));
      await new Promise((resolve) => setTimeout(resolve, 30));
      at -= 1;
    },
  };
  const loop = new JobLoop(job, silent);
  running.push(loop);
  loop.start();
  loop.notify();
  await eventually('the first round', 5_000, () => rounds === 1);
  loop.notify();
  loop.notify();
  await eventually('the second round', 5_000, () => rounds === 2 && at === 0);
  await loop.stop();
  expect([rounds, most]).toEqual([2, 1]);
});

test('a round that is stopped is cut off after its time, and the job ends once', async () => {
  const seen: string[] = [];
  const job: Job = {
    name: 'long',
    everyMs: 1,
    stopMs: 50,
    round: (cutOff) =>
      new Promise((resolve) => {
        cutOff.addEventListener('abort', () => {
          seen.push('cut off');
          resolve();
        });
      }),
    end: async () => void seen.push('ended'),
  };
  const loop = new JobLoop(job, silent);
  loop.start();
  loop.notify();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await Promise.all([loop.stop()]);
  expect(seen).toEqual(['cut off', 'ended']);
});

test('every insert into the outbox of engine commands wakes its job: one, many, or from elsewhere', async () => {
  const job = { ...counting(60_000), wokenBy: ['engine_command'] };
  await run(job);
  await eventually('it has looked at what was there', 10_000, () => job.rounds >= 1);
  const payload = { kind: 'end', reason: 'over', processInstanceId: 'none' } as const;
  const puts = [
    () => enqueueCommands(database.knex, [{ requestId: null, payload }]),
    () => database.knex.transaction((trx) => enqueueCommands(trx, Array(3).fill({ requestId: null, payload }))),
    () =>
      database.knex.raw(`insert into engine_command (kind, payload) select kind, payload from engine_command limit 1`),
  ];
  for (const put of puts) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = job.rounds;
    await put();
    await eventually('it was woken', 2_000, () => job.rounds > before);
  }
});

test('pauses double up to the longest, and each is cut by at most a half', () => {
  for (const [failures, longest] of [
    [1, 100],
    [2, 200],
    [4, 800],
    [5, 1_000],
    [5_000, 1_000],
  ] as const) {
    for (let draw = 0; draw < 200; draw += 1) {
      const ms = backoffMs(failures, { firstDelayMs: 100, longestDelayMs: 1_000 });
      expect(ms).toBeGreaterThanOrEqual(longest / 2);
      expect(ms).toBeLessThanOrEqual(longest);
    }
  }
});
