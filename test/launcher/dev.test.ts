import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, type ProcessId } from '../../launcher/processes.js';
import type { RunState } from '../../launcher/run-files.js';
import { eventually } from '../support/eventually.js';
import { makeProgram, run, startFakeEngine, type Run } from './support.js';
import { freePort } from '../../launcher/ports.js';

/** `npm run dev` with stand-ins for all parts: what is saved of the workers takes the place of the worker that runs. */
const secret = 'for-tests-only-for-tests-only-for-tests';
const patience = 45_000;
let program: string;
let data: string;
let engine: Awaited<ReturnType<typeof startFakeEngine>>;
let dev: Run;

beforeAll(async () => {
  program = await makeProgram();
  mkdirSync(join(program, 'workers'));
  mkdirSync(join(program, 'bpmn'));
  data = join(mkdtempSync(join(tmpdir(), 'launcher-dev-')), 'data');
  engine = await startFakeEngine();
  dev = run(['node', 'launcher/dev.mjs'], program, {
    PORT: String(await freePort()),
    DATA_DIR: data,
    ENGINE_URL: engine.url,
    DOOR_SECRET: secret,
    WORKER_SECRET: secret,
  });
  await said(/^Watching /m);
}, 120_000);

afterAll(async () => {
  dev.child.kill('SIGTERM');
  const lock = join(data, 'run', 'lock.json');
  await dev.ended;
  if (existsSync(lock)) process.kill((JSON.parse(readFileSync(lock, 'utf8')) as ProcessId).pid, 'SIGTERM');
  engine.close();
  rmSync(program, { recursive: true });
  rmSync(join(data, '..'), { recursive: true });
});

const said = (words: RegExp) => eventually(`it says ${String(words)}`, patience, () => words.test(dev.output()));
const worker = () => (JSON.parse(readFileSync(join(data, 'run', 'state.json'), 'utf8')) as RunState).parts.worker ?? 0;
const save = (source: string) => writeFileSync(join(program, 'workers', 'main.ts'), source);
const good = (note: string) => `// ${note}
process.on('disconnect', () => process.exit(0));
const tick: number = 1_000;
setInterval(() => undefined, tick);
process.send?.({ type: 'ready' });
`;

test('a saved worker is compiled and takes the place of the one that runs', async () => {
  const before = worker();
  save(good('second'));
  await said(/^The worker runs main\.ts, \d+\.\d s after it was saved\.$/m);
  expect(worker()).not.toBe(before);
  expect(identify(worker())).not.toBeNull();
  expect(identify(before)).toBeNull();
});

test('what does not compile is shown, and the worker keeps running', async () => {
  const before = worker();
  save('const = 1;');
  await said(/main\.ts:1:6: ERROR: Expected identifier[\s\S]*keeps running\.$/m);
  expect(worker()).toBe(before);
  expect(identify(before)).not.toBeNull();
});

test('what does not start is shown, and the worker keeps running', async () => {
  const before = worker();
  save("throw new Error('not today');");
  await said(/main\.ts: The worker does not start[\s\S]*keeps running\.$/m);
  expect(worker()).toBe(before);
  expect(identify(before)).not.toBeNull();
  save(good('third'));
  await eventually('the next one is taken', patience, () => worker() !== before);
});
