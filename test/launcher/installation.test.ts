import { existsSync, readFileSync, rmSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { identify, processesIn, type ProcessId } from '../../launcher/processes.js';
import type { RunState } from '../../launcher/run-files.js';
import { eventually } from '../support/eventually.js';
import { makeProgram, run, startFakeEngine, type Run } from './support.js';
import { freePort } from '../../launcher/ports.js';

/**
 * The launcher as `npm start` runs it, with the embedded PostgreSQL; server, worker, print shop and engine are stand-ins.
 * Each test begins with what the one before left, as the days of an installation do.
 */
const start = ['node', 'launcher/start.mjs'];
const secret = 'for-tests-only-for-tests-only-for-tests';
let program: string;
let data: string;
let engine: Awaited<ReturnType<typeof startFakeEngine>>;
let env: NodeJS.ProcessEnv;
const runs: Run[] = [];

beforeAll(async () => {
  program = await makeProgram();
  data = join(mkdtempSync(join(tmpdir(), 'launcher-')), 'data');
  engine = await startFakeEngine();
  env = {
    PORT: String(await freePort()),
    DATA_DIR: data,
    ENGINE_URL: engine.url,
    DOOR_SECRET: secret,
    WORKER_SECRET: secret,
  };
});

afterAll(async () => {
  for (const { child } of runs) child.kill('SIGTERM');
  // Behind an npm that has gone a launcher may live on, if a test failed.
  const lock = join(data, 'run', 'lock.json');
  if (existsSync(lock)) process.kill((JSON.parse(readFileSync(lock, 'utf8')) as ProcessId).pid, 'SIGTERM');
  await Promise.all(runs.map((one) => one.ended));
  engine.close();
  rmSync(program, { recursive: true });
  rmSync(join(data, '..'), { recursive: true });
});

function launch(command = start, more: NodeJS.ProcessEnv = {}): Run {
  const one = run(command, program, { ...env, ...more });
  runs.push(one);
  return one;
}

async function ready(one: Run): Promise<RunState> {
  await eventually('it is ready', 30_000, () => /^Ready /m.test(one.output()));
  return JSON.parse(readFileSync(join(data, 'run', 'state.json'), 'utf8')) as RunState;
}

/** Everything of this installation that runs. */
const alive = (state: RunState) =>
  [state.launcher, ...Object.values(state.parts)].filter((pid) => identify(pid) !== null);
const cluster = () => join(data, 'postgres');
const server = async () =>
  (await (await fetch(`http://127.0.0.1:${env['PORT']}`)).json()) as { accounts: string[]; database: string };

async function ask(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: (await server()).database });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('the first start ends with one Ready line; SIGTERM to npm ends everything within ten seconds', async () => {
  const one = launch(['npm', 'start', '--', '--enable', 'request-card=with-approval'], { FAKE_DEAF: 'yes' });
  const state = await ready(one);
  expect(one.output()).toMatch(/^\[1\/6\] Checking port, Java and data directory … [\d.]+ s$/m);
  expect(one.output()).toMatch(/^ {2}designer {3}([a-z2-9]{5}-?){4} {2}process-designers$/m);
  expect(one.output()).toMatch(
    /^Ready at http:\/\/localhost:\d+ — Request card is enabled \(with approval\): sign in as operator.*\n$/m,
  );
  expect(state.local).toBe(`http://127.0.0.1:${env['PORT']}`);
  expect((await server()).accounts).toContain('approver2');
  expect(statSync(cluster()).mode & 0o777).toBe(0o700);
  await ask(`insert into worker (id, ready) values ('remembered', true)`);
  await expect(ask('create table more (id integer)')).rejects.toThrow('permission denied');
  await expect(ask('alter table audit disable trigger all')).rejects.toThrow('must be owner');

  const began = performance.now();
  one.child.kill('SIGTERM');
  await eventually('all have gone', 10_000, () => alive(state).length === 0 && processesIn(cluster()).length === 0);
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('a commit is durable and only loopback and a password open the database', async () => {
  const one = launch();
  await ready(one);
  expect(one.output()).not.toContain('First accounts');
  expect(one.output()).toContain('no use case is enabled yet');
  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'data_checksums'];
  expect(
    await ask(`select name, setting from pg_settings where name in ('${names.join("','")}') order by name`),
  ).toEqual([
    { name: 'data_checksums', setting: 'on' },
    { name: 'fsync', setting: 'on' },
    { name: 'full_page_writes', setting: 'on' },
    { name: 'listen_addresses', setting: '127.0.0.1' },
    { name: 'synchronous_commit', setting: 'on' },
  ]);
  const withoutPassword = new URL((await server()).database);
  withoutPassword.password = 'wrong';
  await expect(new pg.Client({ connectionString: withoutPassword.href }).connect()).rejects.toThrow(
    'password authentication failed',
  );
});

test('a second start on the same data directory is refused and leaves the first one alone', async () => {
  const second = launch(start, { PORT: String(await freePort()) });
  expect(await second.ended).toBe(1);
  expect(second.output()).toMatch(
    /^The data directory .* is in use by process \d+, at http:\/\/localhost:\d+: stop that one first/,
  );
  expect(second.output().trim().split('\n')).toHaveLength(1);
  expect(await server()).toBeDefined();
});

test('a part that is killed comes back; SIGINT ends everything', async () => {
  const one = runs.find(({ child }) => child.exitCode === null && child.signalCode === null);
  if (one === undefined) throw new Error('nothing runs');
  const state = await ready(one);
  process.kill(state.parts.postgres ?? 0, 'SIGKILL');
  await eventually('PostgreSQL is back', 20_000, () => one.output().includes('PostgreSQL is back.'));
  expect(await ask(`select id from worker`)).toEqual([{ id: 'remembered' }]);
  const later = await ready(one);
  expect(later.parts.postgres).not.toBe(state.parts.postgres);
  one.child.kill('SIGINT');
  expect(await one.ended).toBe(0);
  expect(alive(later)).toEqual([]);
});

test('after kill -9 every part ends by itself within seconds and the next start recovers', async () => {
  const killed = launch();
  const state = await ready(killed);
  killed.child.kill('SIGKILL');
  expect(Object.keys(state.parts)).toEqual(expect.arrayContaining(['postgres', 'server', 'worker']));
  await eventually('they ended', 10_000, () => alive(state).length === 0);

  const next = launch();
  await ready(next);
  expect(await ask(`select id from worker`)).toEqual([{ id: 'remembered' }]);
  next.child.kill('SIGTERM');
  expect(await next.ended).toBe(0);
});

test.each([
  [
    'a variant that does not exist',
    [...start, '--enable', 'request-card=by-lot'],
    {},
    /choose one of with-approval, without-approval\.$/m,
  ],
  [
    'a failure of the server',
    start,
    { FAKE_FAILURE: 'The diagrams are wrong: mend them.' },
    /^The diagrams are wrong: mend them\.$/m,
  ],
  [
    'a database that does not answer',
    start,
    { DATABASE_URL: 'postgres://a:hidden@127.0.0.1:1/cards' },
    /^The database of DATABASE_URL \(127\.0\.0\.1:1\/cards\) cannot be opened .*start that database or correct DATABASE_URL\.$/m,
  ],
  [
    'an engine that does not answer',
    start,
    { ENGINE_URL: 'http://127.0.0.1:1' },
    /^The process engine of ENGINE_URL .* does not answer: start it/m,
  ],
  ['a setting that is wrong', start, { PORT: 'many' }, /^PORT must be a port number\. Correct the environment/m],
  [
    'no Java',
    [process.execPath, 'launcher/start.mjs'],
    { ENGINE_URL: '', PATH: '/nowhere' },
    /^There is no Java on the PATH: install a JDK 17/m,
  ],
])('%s: one sentence and exit code 1', async (_what, command, more, sentence) => {
  const one = launch(command, more);
  expect(await one.ended).toBe(1);
  expect(one.output()).toMatch(sentence);
  expect(one.output()).not.toContain('hidden');
  expect(one.output()).not.toMatch(/^\s+at /m);
  expect(processesIn(cluster())).toEqual([]);
});

test('a taken port: one sentence and exit code 1', async () => {
  const one = launch(start, { PORT: new URL(engine.url).port });
  expect(await one.ended).toBe(1);
  expect(one.output()).toMatch(/^Port \d+ is taken by another program: stop that one, or set PORT to a free port\.\n$/);
});

test('a broken database: one sentence and exit code 1', async () => {
  writeFileSync(join(cluster(), 'global', 'pg_control'), 'broken');
  const one = launch();
  expect(await one.ended).toBe(1);
  expect(one.output()).toMatch(
    /^PostgreSQL does not start \(.+\): restore .*postgres with its secrets\.json from a backup, or move/m,
  );
});
