import { transformFile } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fakes = fileURLToPath(new URL('fakes', import.meta.url));

/**
 * A program directory as `npm run build` leaves it, with stand-ins for server, worker and print shop. It lies inside the project
 * so that packages are found.
 */
export async function makeProgram(): Promise<string> {
  mkdirSync(join(root, 'test-results'), { recursive: true });
  const program = mkdtempSync(join(root, 'test-results', 'launcher-'));
  cpSync(join(root, 'launcher'), join(program, 'launcher'), { recursive: true });
  cpSync(join(root, 'package.json'), join(program, 'package.json'));
  for (const folder of ['launcher', 'src', 'migrations']) await compile(program, folder);
  for (const folder of ['workers', 'print-shop']) mkdirSync(join(program, 'dist', folder), { recursive: true });
  cpSync(join(fakes, 'server.mjs'), join(program, 'dist', 'src', 'main.js'));
  cpSync(join(fakes, 'worker.mjs'), join(program, 'dist', 'workers', 'main.js'));
  cpSync(join(fakes, 'worker.mjs'), join(program, 'dist', 'print-shop', 'main.js'));
  return program;
}

async function compile(program: string, folder: string): Promise<void> {
  const settings = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } } as const;
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const target = join(program, 'dist', folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, (await transformFile(join(root, folder, file), { swcrc: false, ...settings })).code);
  }
}

/** Something that answers `GET /health` as the engine host does. */
export async function startFakeEngine(): Promise<{ readonly url: string; close(): void }> {
  const server: Server = createServer((_request, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** A launcher under test, with all it wrote so far. */
export interface Run {
  readonly child: ChildProcess;
  output(): string;
  readonly ended: Promise<number | null>;
}

/** Runs `npm start` or, without npm, the same program. */
export function run(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Run {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, output: () => output, ended };
}
