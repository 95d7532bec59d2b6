import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Part } from '../../launcher/part.js';
import type { PartSpec } from '../../launcher/part-types.js';
import { ownNotice } from '../../launcher/notices.js';
import { identify } from '../../launcher/processes.js';
import { eventually } from '../support/eventually.js';

const ready =
  "process.on('disconnect', () => process.exit()); process.send({ type: 'ready' }); setInterval(() => 0, 1000);";
let logs: string;
let lines: string[];
let pids: number[];
let part: Part;

/** A part that runs this JavaScript. */
function makePart(script: string, more: Partial<PartSpec> = {}): Part {
  const spec: PartSpec = {
    name: 'server',
    title: 'The server',
    command: process.execPath,
    args: ['--eval', script],
    cwd: '/',
    env: {},
    ready: 'message',
    readyWithinMs: 10_000,
    stop: [
      ['SIGTERM', 300],
      ['SIGKILL', 1_000],
    ],
    notice: ownNotice,
    cure: 'mend it',
    ...more,
  };
  return new Part(spec, logs, {
    tell: (line) => lines.push(line),
    started: (_name, pid) => pids.push(pid),
    ended: () => undefined,
  });
}

beforeEach(() => {
  logs = mkdtempSync(join(tmpdir(), 'launcher-part-'));
  lines = [];
  pids = [];
});
afterEach(async () => {
  await part.stop();
  for (const pid of pids) expect(identify(pid)).toBeNull();
  rmSync(logs, { recursive: true });
});

test('that listens to nobody ends with the launcher, kill -9 included, politely first and hard then', async () => {
  part = makePart(ready);
  const stubborn = "process.on('SIGTERM', () => console.log('asked')); setInterval(() => 0, 1000);";
  const launcher = `
    import { Part } from ${JSON.stringify(new URL('../../launcher/part.ts', import.meta.url).href)};
    const spec = { name: 'engine', title: 'The engine', command: process.execPath, args: ['--eval', ${JSON.stringify(stubborn)}], cwd: '/',
      env: {}, ready: async () => true, readyWithinMs: 10_000, stop: [['SIGTERM', 1_000], ['SIGKILL', 1_000]], notice: () => null, cure: 'none' };
    const part = new Part(spec, ${JSON.stringify(logs)}, { tell: () => {}, started: (_, pid) => console.log(pid), ended: () => {} });
    await part.start(() => undefined);
  `;
  const loader = fileURLToPath(new URL('../support/typescript-loader.mjs', import.meta.url));
  const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '--eval', launcher], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const pid = Number(String(line));
  expect(identify(pid)).not.toBeNull();
  await eventually('it listens', 10_000, () => identify(pid) !== null);
  child.kill('SIGKILL');
  await eventually('it has ended', 10_000, () => identify(pid) === null);
});

test('is started again when it dies, and the console says so', async () => {
  part = makePart(ready);
  await part.start(() => undefined);
  process.kill(pids[0] ?? 0, 'SIGKILL');
  await eventually('it is back', 10_000, () => lines.includes('The server is back.'));
  expect(lines[0]).toBe('The server ended unexpectedly (it was ended by SIGKILL); it is started again in 1 s.');
  expect(pids).toHaveLength(2);
});

test('is given up after three deaths before it was ready, with its last words', async () => {
  part = makePart("console.log(JSON.stringify({ level: 50, msg: 'no disk' })); process.exit(7)");
  await expect(part.start(() => undefined)).rejects.toThrow(
    /^The server does not start \(error: no disk\): mend it; all it said is in .*server\.log\.$/,
  );
  expect(pids).toHaveLength(3);
  expect(readFileSync(join(logs, 'server.log'), 'utf8')).toContain('no disk');
});

test('a failure that it reports is final and shown unchanged', async () => {
  part = makePart(
    "process.send({ type: 'failed', message: 'The diagrams are wrong: mend them.' }, () => process.exit(1))",
  );
  await expect(part.start(() => undefined)).rejects.toThrow('The diagrams are wrong: mend them.');
  expect(pids).toHaveLength(1);
});

test('one that is never ready is ended', async () => {
  part = makePart('setInterval(() => 0, 1000)', { ready: async () => false, readyWithinMs: 300 });
  const started = part.start(() => undefined);
  await eventually('the second try', 10_000, () => pids.length === 2);
  expect(identify(pids[0] ?? 0)).toBeNull();
  await Promise.all([part.stop(), expect(started).rejects.toThrow()]);
});

test('one that does not hear SIGTERM is killed when its time is over', async () => {
  part = makePart(`process.on('SIGTERM', () => 0); ${ready}`);
  await part.start(() => undefined);
  const began = performance.now();
  await part.stop();
  expect(performance.now() - began).toBeLessThan(2_000);
});
