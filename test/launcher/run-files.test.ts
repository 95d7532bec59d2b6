import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from '../../launcher/processes.js';
import { RunFiles } from '../../launcher/run-files.js';

const addresses = { url: 'http://cards.example', local: 'http://127.0.0.1:8080', timeZone: 'Europe/Berlin' };
let run: string;
let stranger: ChildProcess;
let pid: number;

beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'launcher-run-'));
  stranger = spawn(process.execPath, ['--eval', 'setInterval(() => 0, 1000)']);
  pid = stranger.pid ?? 0;
});
afterEach(() => {
  stranger.kill('SIGKILL');
  rmSync(run, { recursive: true });
});

const state = (): unknown => JSON.parse(readFileSync(join(run, 'state.json'), 'utf8'));

test('the state is there while it is ready, and follows a part that is started again', () => {
  const files = new RunFiles(run);
  files.started('engine', pid);
  expect(existsSync(join(run, 'state.json'))).toBe(false);
  files.ready(addresses);
  expect(state()).toEqual({ ...addresses, launcher: process.pid, parts: { engine: pid } });
  files.ended('engine');
  files.started('engine', process.pid);
  expect(state()).toMatchObject({ parts: { engine: process.pid } });
  files.clear();
  expect(existsSync(join(run, 'state.json'))).toBe(false);
});

test('what a killed launcher left is ended', async () => {
  const killed = new RunFiles(run);
  killed.started('engine', pid);
  killed.ready(addresses);
  await new RunFiles(run).endStrays();
  expect(identify(pid)).toBeNull();
  expect(readdirSync(run)).toEqual([]);
});

test('a process that only got the number of a part is left alone', async () => {
  writeFileSync(join(run, 'engine.json'), JSON.stringify({ ...identify(pid), startedAt: 'earlier' }));
  await new RunFiles(run).endStrays();
  expect(identify(pid)).not.toBeNull();
  expect(readdirSync(run)).toEqual([]);
});
