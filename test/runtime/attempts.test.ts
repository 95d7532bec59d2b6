import pg from 'pg';
import { InMemoryAttemptStore, PgAttemptStore, type AttemptStore } from '../../workers/runtime/index.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { recordingLog } from './support.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
});

beforeEach(() => pool.query('truncate task_attempt'));

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe.each([
  ['PgAttemptStore', () => new PgAttemptStore(pool, recordingLog())],
  ['InMemoryAttemptStore', () => new InMemoryAttemptStore()],
])('%s', (_name, make) => {
  let store: AttemptStore;
  const crashes = async (workerId: string, ...tasks: string[]) =>
    Object.fromEntries(await store.begin(tasks, workerId));

  beforeEach(() => {
    store = make();
  });

  test('counts the starts of other workers that never ended', async () => {
    expect(await crashes('w1', 'a', 'b')).toEqual({});
    expect(await crashes('w2', 'a')).toEqual({ a: 1 });
    expect(await crashes('w3', 'a', 'b', 'c')).toEqual({ a: 2, b: 1 });
  });

  test('a start of the same worker again is no crash', async () => {
    await crashes('w1', 'a');
    expect(await crashes('w1', 'a')).toEqual({});
  });

  test('a settled task has no past', async () => {
    await crashes('w1', 'a');
    await crashes('w2', 'a');
    store.settle('a');
    await store.flush();
    expect(await crashes('w3', 'a')).toEqual({});
  });

  test('a withdrawn start counts no more, those of others do', async () => {
    await crashes('w1', 'a');
    await crashes('w2', 'a');
    store.withdraw('a', 'w2');
    await store.flush();
    expect(await crashes('w3', 'a')).toEqual({ a: 1 });
  });
});

test('tasks that end together are written with one statement', async () => {
  let statements = 0;
  const counting = {
    query: (text: string, values: readonly unknown[]) => ((statements += 1), pool.query(text, [...values])),
  };
  const store = new PgAttemptStore(counting, recordingLog());
  await store.begin(['first'], 'w1');
  store.settle('first');
  await store.flush();
  statements = 0;
  const tasks = Array.from({ length: 50 }, (_, index) => `task-${index}`);
  await store.begin(tasks, 'w1');
  for (const task of tasks) store.settle(task);
  await store.flush();
  expect(statements).toBe(2);
  expect((await pool.query('select 1 from task_attempt')).rowCount).toBe(0);
});

test('what cannot be written is logged, kept and written later', async () => {
  const log = recordingLog();
  let broken = false;
  const flaky = {
    query: (text: string, values: readonly unknown[]) =>
      broken ? Promise.reject(new Error('connection lost')) : pool.query(text, [...values]),
  };
  const store = new PgAttemptStore(flaky, log);
  await store.begin(['a', 'b'], 'w1');
  broken = true;
  store.settle('a');
  await store.flush();
  expect(log.lines).toHaveLength(1);
  broken = false;
  store.settle('b');
  await store.flush();
  expect((await pool.query('select 1 from task_attempt')).rowCount).toBe(0);
});

test('a new worker clears away what killed ones have left a long time ago', async () => {
  await pool.query(`insert into task_attempt (task_id, worker_id, started_at) values
    ('old', 'killed', now() - interval '31 days'), ('young', 'killed', now() - interval '29 days')`);
  await new PgAttemptStore(pool, recordingLog()).begin(['a'], 'w1');
  await eventually(
    'the old one has gone',
    5_000,
    async () => (await pool.query('select 1 from task_attempt')).rowCount === 2,
  );
  expect((await pool.query(`select task_id from task_attempt order by 1`)).rows).toEqual([
    { task_id: 'a' },
    { task_id: 'young' },
  ]);
});

test('begin does not wait for the disk', async () => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const store = new PgAttemptStore(client, recordingLog());
    await store.begin(['a'], 'w1');
    expect((await client.query('show synchronous_commit')).rows).toEqual([{ synchronous_commit: 'off' }]);
    await client.query('rollback');
  } finally {
    client.release();
  }
});
