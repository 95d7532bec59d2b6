/** Worker processes that are killed or stopped in the middle of a task. */
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import type { EngineConnection } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { done, PgAttemptStore } from '../../workers/runtime/index.js';
import type { WorkerProgramSettings } from '../../bench/lib/worker-program.js';
import { FaultProxy } from './fault-proxy.js';
import { killWorkerProcesses, startWorkerProcess } from '../../bench/lib/worker-process.js';
import { deploy, start, unique } from '../../bench/lib/engine-work.js';
import {
  engineForWorkers,
  incidentOf,
  openTasks,
  plainTopic,
  recordingLog,
  startWorker,
  stopWorkers,
  untilEnded,
} from './support.js';

let engine: EngineConnection;
let database: TestDatabase;
let pool: pg.Pool;
let settings: WorkerProgramSettings;

beforeAll(async () => {
  engine = await engineForWorkers();
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await pool.query('create table effect (business_key text primary key)');
}, 180_000);

beforeEach(() => {
  settings = {
    engine,
    databaseUrl: database.url,
    topic: unique('work'),
    contract: { ...plainTopic, lockMs: 1_500 },
    slots: 4,
    longPollMs: 500,
    handlerMs: [0, 0],
  };
});

afterEach(async () => {
  await stopWorkers();
  await killWorkerProcesses();
  await pool.query('truncate task_attempt');
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

const attemptRows = async () => (await pool.query('select task_id, worker_id from task_attempt')).rowCount;

test('a task that kills its worker ends as an incident after its attempts, and leaves no attempt behind', async () => {
  const instance = await start(engine, await deploy(engine, settings.topic));
  let starts = 0;
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const worker = await startWorkerProcess({ ...settings, poison: true });
    await worker.exited;
    starts += worker.events.filter(({ event }) => event === 'started').length;
    expect(await attemptRows()).toBe(attempt);
  }
  const survivor = await startWorkerProcess({ ...settings, poison: true });
  expect(await incidentOf(engine, instance)).toBe(
    'The worker ended 3 times while it ran this task, and never reported a result.',
  );
  expect(starts).toBe(3);
  expect(survivor.running).toBe(true);
  expect(await openTasks(engine, instance)).toMatchObject([{ retries: 0 }]);
  await eventually('no attempt is left', 5_000, async () => (await attemptRows()) === 0);
});

/** An instance whose one task was started by other workers, which never ended it. */
async function startedByOthers(...workerIds: string[]): Promise<{
  instance: string;
  startsOfOthers: () => Promise<unknown[]>;
  add: (workerId: string) => Promise<unknown>;
}> {
  const instance = await start(engine, await deploy(engine, settings.topic));
  const [task] = await openTasks(engine, instance);
  const add = (workerId: string) =>
    pool.query('insert into task_attempt (task_id, worker_id) values ($1, $2)', [task?.id, workerId]);
  for (const workerId of workerIds) await add(workerId);
  const startsOfOthers = async () =>
    (await pool.query('select worker_id from task_attempt where task_id = $1', [task?.id])).rows;
  return { instance, startsOfOthers, add };
}

test('a worker that gives a task back when it stops leaves the crashes of others counted', async () => {
  const { startsOfOthers } = await startedByOthers('killed');
  let started = false;
  const untilAborted = (_task: unknown, { signal }: { signal: AbortSignal }) => {
    started = true;
    return new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    );
  };
  const worker = startWorker(engine, settings.topic, settings.contract, untilAborted, {
    attempts: new PgAttemptStore(pool, recordingLog()),
  });
  await eventually('the task is started', 10_000, () => started);
  await worker.stop({ deadlineMs: 2_000 });
  expect(await startsOfOthers()).toEqual([{ worker_id: 'killed' }]);
});

test('a worker that has reported a failure leaves alone the start of the worker that takes the task next', async () => {
  const { instance, startsOfOthers, add } = await startedByOthers();
  const contract = { ...settings.contract, retry: { attempts: 3, firstDelayMs: 60_000, maxDelayMs: 60_000 } };
  const attempts = new PgAttemptStore(pool, recordingLog(), 1_000);
  const worker = startWorker(engine, settings.topic, contract, () => Promise.reject(new Error('not today')), {
    attempts,
  });
  await eventually(
    'the failure is reported',
    10_000,
    async () => (await openTasks(engine, instance))[0]?.retries === 2,
  );
  await add('next');
  await worker.stop({ deadlineMs: 2_000 });
  expect(await startsOfOthers()).toEqual([{ worker_id: 'next' }]);
});

test('the crashes of a task stay counted when their incident does not get through', async () => {
  const { instance, startsOfOthers } = await startedByOthers('killed-1', 'killed-2', 'killed-3');
  const proxy = await new FaultProxy(engine.engineUrl).open();
  try {
    proxy.fate = ({ call }) => (call === 'failure' ? 'lose-request' : 'pass');
    const attempts = new PgAttemptStore(pool, recordingLog());
    const throughProxy = { ...engine, engineUrl: proxy.url };
    const worker = startWorker(
      throughProxy,
      settings.topic,
      settings.contract,
      () => Promise.reject(new Error('never')),
      { attempts },
    );
    await eventually('the lock has run out', 15_000, async () =>
      (await worker.registry.metrics()).includes('result="unresolved"} 1'),
    );
    await attempts.flush();
    expect((await startsOfOthers()).length).toBeGreaterThanOrEqual(3);
    proxy.fate = () => 'pass';
    expect(await incidentOf(engine, instance)).toContain('The worker ended 3 times');
  } finally {
    await stopWorkers();
    await proxy.close();
  }
});

test('a worker that was killed: another one does its tasks after the lock, each effect once', async () => {
  const instance = await start(engine, await deploy(engine, settings.topic), {}, 'killed-case');
  const first = await startWorkerProcess({ ...settings, handlerMs: [60_000, 60_000] });
  await eventually('the task is started', 10_000, () => first.events.some(({ event }) => event === 'started'));
  first.signal('SIGKILL');
  await startWorkerProcess(settings);
  await untilEnded(engine, instance);
  expect((await pool.query(`select 1 from effect where business_key = 'killed-case'`)).rowCount).toBe(1);
  await eventually('no attempt is left', 5_000, async () => (await attemptRows()) === 0);
});

test('a zombie, stopped for longer than its lock: it aborts its handler when it comes back and sends nothing', async () => {
  const instance = await start(engine, await deploy(engine, settings.topic), {}, 'zombie-case');
  const zombie = await startWorkerProcess({ ...settings, handlerMs: [1_000, 1_000] });
  await eventually('the task is started', 10_000, () => zombie.events.some(({ event }) => event === 'started'));
  zombie.signal('SIGSTOP');

  let starts = 0;
  startWorker(engine, settings.topic, settings.contract, async (_task, { signal }) => {
    starts += 1;
    // Still at it when the zombie comes back.
    await eventually('the zombie has given up', 10_000, () => zombie.events.some(({ event }) => event === 'aborted'));
    expect(signal.aborted).toBe(false);
    return done({});
  });
  await eventually('the task is started again', 10_000, () => starts === 1);
  zombie.signal('SIGCONT');
  await untilEnded(engine, instance);
  expect(starts).toBe(1);
  expect(zombie.events.filter(({ event }) => event === 'effect')).toEqual([]);
});

test('SIGTERM: what runs is finished, what takes too long is given back, and the process ends by itself', async () => {
  const key = await deploy(engine, settings.topic);
  const quick = await start(engine, key);
  const worker = await startWorkerProcess({ ...settings, handlerMs: [400, 400] });
  await eventually('the task is started', 10_000, () => worker.events.some(({ event }) => event === 'started'));
  worker.signal('SIGTERM');
  await worker.exited;
  await untilEnded(engine, quick, 1_000);

  const slow = await start(engine, key);
  const other = await startWorkerProcess({ ...settings, handlerMs: [60_000, 60_000] });
  await eventually('the task is started', 10_000, () => other.events.some(({ event }) => event === 'started'));
  const toldAt = performance.now();
  other.signal('SIGTERM');
  await other.exited;
  expect(performance.now() - toldAt).toBeLessThan(9_000);
  expect(await openTasks(engine, slow)).toMatchObject([{ workerId: null, retries: null }]);
  expect(await attemptRows()).toBe(0);
});
