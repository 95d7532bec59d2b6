import { spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { PostgresProgram } from './postgres-program.js';
import { commandLine, endProcess, identify, processesIn, type ProcessId, type StopPlan } from './processes.js';
import { StartFailure } from './start-failure.js';

/** The superuser of the embedded cluster. */
export const ADMIN = 'postgres';

/** Fast shutdown, which ends sessions; then immediate, which recovers from the log at the next start. */
export const clusterStop: StopPlan = [
  ['SIGINT', 2_000],
  ['SIGQUIT', 500],
  ['SIGKILL', 500],
];

/**
 * For a machine with two cores and 4 GB that runs everything else as well. What makes a commit durable (`fsync`,
 * `synchronous_commit`, `full_page_writes`) keeps PostgreSQL's own default: on.
 */
export const clusterSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '120',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %q%u@%d ',
};

/** How a program is pointed to the cluster: the argument, and the descriptor that has to stand at number 3 for it. */
interface Handle {
  readonly argument: string;
  readonly descriptor: number | null;
}

/**
 * PostgreSQL under an account of its own need not be able to enter the directories above its data: it is handed the
 * open directory. So an installation below a private home directory works, and the data directory stays private.
 */
export function openCluster(directory: string, { account }: PostgresProgram): Handle {
  if (account === null) return { argument: directory, descriptor: null };
  return { argument: '/proc/self/fd/3', descriptor: openSync(directory, 'r') };
}

/** Arguments of the server. */
export function serverArguments({ argument }: Handle, port: number): string[] {
  const options = Object.entries({ ...clusterSettings, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  return ['-D', argument, ...options];
}

/**
 * Creates the cluster where there is none. It gets its name only when it is complete, so a start that was killed
 * meanwhile leaves nothing that looks like a database.
 * @throws StartFailure when initdb fails
 */
export async function initialiseCluster(
  directory: string,
  program: PostgresProgram,
  password: string,
  signal: AbortSignal,
): Promise<void> {
  if (existsSync(directory)) return;
  const draft = `${directory}.new`;
  const passwordFile = `${directory}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (program.account !== null) {
    for (const path of [draft, passwordFile]) chownSync(path, program.account.uid, program.account.gid);
  }
  const handle = openCluster(draft, program);
  const passwordDescriptor = openSync(passwordFile, 'r');
  try {
    const options = [
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
      '--no-instructions',
    ];
    const secret = handle.descriptor === null ? passwordFile : '/proc/self/fd/0';
    await run(
      program,
      ['-D', handle.argument, `--username=${ADMIN}`, `--pwfile=${secret}`, ...options],
      handle,
      passwordDescriptor,
      signal,
    );
    renameSync(draft, directory);
  } finally {
    rmSync(passwordFile, { force: true });
    closeSync(passwordDescriptor);
    if (handle.descriptor !== null) closeSync(handle.descriptor);
  }
}

/**
 * Ends the server that still runs on the cluster after its launcher was killed, and removes the note it left.
 * PostgreSQL itself would refuse to start beside it, or beside a stranger who got its process number.
 */
export async function endClusterStrays(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  const note = join(directory, 'postmaster.pid');
  const postmaster = readPostmaster(note);
  const inside = (): ProcessId[] => processesIn(realpathSync(directory));
  if (postmaster !== null && isOurs(postmaster, directory)) await endProcess(postmaster, clusterStop);
  await Promise.all(
    inside().map((helper) =>
      endProcess(helper, [
        ['SIGQUIT', 2_000],
        ['SIGKILL', 1_000],
      ]),
    ),
  );
  // Elsewhere PostgreSQL has to judge by its shared memory: without /proc we cannot see helpers that live on.
  if (process.platform === 'linux' && inside().length === 0) rmSync(note, { force: true });
}

function readPostmaster(note: string): ProcessId | null {
  if (!existsSync(note)) return null;
  const pid = Number.parseInt(readFileSync(note, 'utf8'), 10);
  return pid > 0 ? identify(pid) : null;
}

function isOurs({ pid }: ProcessId, directory: string): boolean {
  if (process.platform === 'linux') return processesIn(realpathSync(directory)).some((inside) => inside.pid === pid);
  return commandLine(pid).includes(`-D ${directory}`);
}

async function run(
  program: PostgresProgram,
  args: string[],
  handle: Handle,
  input: number,
  signal: AbortSignal,
): Promise<void> {
  const child = spawn(program.initdb, args, {
    cwd: '/',
    detached: true,
    signal,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdio: [input, 'ignore', 'pipe', handle.descriptor ?? 'ignore'],
    ...program.account,
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) {
    throw new StartFailure(
      `PostgreSQL could not create its database (${complaint.trim().split('\n')[0] ?? `exit code ${code}`}): ` +
        'make room on the disk of the data directory, or set DATABASE_URL and ENGINE_DATABASE_URL.',
    );
  }
}
