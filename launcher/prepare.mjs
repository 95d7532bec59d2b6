/**
 * What every start does before there is compiled code to import: check Node, compile and bundle when a source has changed.
 * Plain JavaScript on purpose, in the oldest dialect that the check has to survive.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './build-console.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

const dist = join(root, 'dist');
const stampFile = join(dist, '.sources');
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** Node 20.19 is the first 20 that can load the ES modules some dependencies of ours `require`. */
const oldestNode = [20, 19];

/**
 * Makes `dist/` agree with the sources.
 * @throws Error with one sentence for the person at the console
 */
export async function prepare() {
  checkNode();
  await compileChanged();
  await buildConsole();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    throw new Error(
      `Node ${process.versions.node} is too old: install Node ${oldestNode.join('.')} or newer and start again.`,
    );
  }
}

async function compileChanged() {
  if (!existsSync(compiler)) {
    if (existsSync(join(dist, 'launcher', 'main.js'))) return;
    throw new Error(
      'The program is not compiled and the TypeScript compiler is not installed: run `npm ci` and start again.',
    );
  }
  const stamp = sourceStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  await compile();
  mkdirSync(dist, { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** Asking the compiler whether there is work costs seconds; names, sizes and times of the sources cost milliseconds. */
function sourceStamp() {
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'));
  const hash = createHash('sha256');
  const add = (path) => {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  settings.filter((path) => existsSync(join(root, path))).forEach(add);
  for (const folder of include.filter((path) => existsSync(join(root, path)))) {
    const files = readdirSync(join(root, folder), { recursive: true }).filter((path) => path.endsWith('.ts'));
    for (const file of files.sort()) add(join(folder, file));
  }
  return hash.digest('hex');
}

async function compile() {
  const began = Date.now();
  process.stderr.write('Compiling TypeScript …\n');
  const child = spawn(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  const stop = (signal) => {
    child.kill('SIGKILL');
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  for (const signal of signals) process.off(signal, stop);
  if (code !== 0)
    throw new Error('The program does not compile: correct what the compiler names above and start again.');
  process.stderr.write(`Compiling TypeScript … ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
}
