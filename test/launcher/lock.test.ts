import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock } from '../../launcher/lock.js';
import { identify } from '../../launcher/processes.js';
import { StartFailure } from '../../launcher/start-failure.js';

const url = 'http://localhost:8080';
const parent = identify(process.ppid);
let run: string;

beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'launcher-lock-'));
});
afterEach(() => rmSync(run, { recursive: true }));

const acquire = () => acquireLock(run, '/data', url);
const owner = (): unknown => JSON.parse(readFileSync(join(run, 'lock.json'), 'utf8'));
const leave = (content: unknown) => writeFileSync(join(run, 'lock.json'), JSON.stringify(content));

test('is held with process and address, and gone after release', () => {
  const lock = acquire();
  expect(owner()).toEqual({ ...identify(process.pid), url });
  lock.release();
  expect(readdirSync(run)).toEqual([]);
});

test('a second start reads who holds it and what to do', () => {
  leave({ ...parent, url: 'http://localhost:9999' });
  expect(acquire).toThrow(StartFailure);
  expect(acquire).toThrow(`in use by process ${process.ppid}, at http://localhost:9999: stop that one first`);
  expect(owner()).toMatchObject({ pid: process.ppid });
  expect(readdirSync(run)).toEqual(['lock.json']);
});

test.each([
  ['a process that has gone', { pid: 4_000_000, startedAt: 'once', url }],
  ['a process whose number someone else has now', { pid: process.ppid, startedAt: 'once', url }],
  ['a start that was killed while writing', { pid: process.ppid }],
])('the lock of %s is taken over', (_who, content) => {
  leave(content);
  acquire();
  expect(owner()).toMatchObject({ pid: process.pid });
  expect(readdirSync(run)).toEqual(['lock.json']);
});

test('release leaves the lock of another process alone', () => {
  const lock = acquire();
  leave({ ...parent, url });
  lock.release();
  expect(owner()).toMatchObject({ pid: process.ppid });
});
