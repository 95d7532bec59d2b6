import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../test/support/eventually.js';
import type { WorkerProgramEvent, WorkerProgramSettings } from './worker-program.js';

const loader = fileURLToPath(new URL('../../test/support/typescript-loader.mjs', import.meta.url));
const program = fileURLToPath(new URL('./worker-program.ts', import.meta.url));

export interface SeenEvent extends WorkerProgramEvent {
  /** Unix time in milliseconds at which it was read. */
  readonly at: number;
}

/** A worker process that a test may kill, stop and continue. */
export interface WorkerProcess {
  readonly events: readonly SeenEvent[];
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void;
  readonly running: boolean;
  readonly exited: Promise<unknown>;
}

const processes = new Set<ChildProcess>();

/** Starts a worker process and waits until it fetches. */
export async function startWorkerProcess(settings: WorkerProgramSettings): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ['--import', loader, program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.add(child);
  const events: SeenEvent[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    events.push({ ...(JSON.parse(line) as WorkerProgramEvent), at: Date.now() });
  });
  const exited = once(child, 'exit').then(() => processes.delete(child));
  await eventually(
    'the worker process is ready',
    30_000,
    () => events.some(({ event }) => event === 'ready') || child.exitCode !== null,
  );
  return {
    events,
    exited,
    signal: (name) => void child.kill(name),
    get running() {
      return child.exitCode === null && child.signalCode === null;
    },
  };
}

/** For `afterEach`: no worker process outlives its test, stopped ones included. */
export async function killWorkerProcesses(): Promise<void> {
  await Promise.all(
    [...processes].map(async (child) => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }),
  );
}
