import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

/** A process, safe against reuse of its number: `startedAt` is an opaque text that two processes never share. */
export const processId = z.object({ pid: z.number().int().positive(), startedAt: z.string().min(1) });
export type ProcessId = z.infer<typeof processId>;

/** Signals in order, each with the milliseconds the process has before the next one. */
export type StopPlan = readonly (readonly [signal: NodeJS.Signals, graceMs: number])[];

/** Who runs under this number now; null when nobody does. */
export function identify(pid: number): ProcessId | null {
  const startedAt = process.platform === 'linux' ? linuxStart(pid) : portableStart(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** True while this very process runs. */
export function isAlive(id: ProcessId): boolean {
  return identify(id.pid)?.startedAt === id.startedAt;
}

/** Sends the signals of `plan` one after the other until the process has gone. */
export async function endProcess(id: ProcessId, plan: StopPlan): Promise<void> {
  for (const [signal, graceMs] of plan) {
    if (!isAlive(id)) return;
    sendSignal(id.pid, signal);
    const deadline = Date.now() + graceMs;
    while (isAlive(id) && Date.now() < deadline) await delay(25);
  }
}

/** Processes that run inside `directory`, as a PostgreSQL server and its helpers do in their data directory. Linux only. */
export function processesIn(directory: string): ProcessId[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && linkTarget(`/proc/${name}/cwd`) === directory)
    .flatMap((name) => identify(Number(name)) ?? []);
}

/** The command line of a process, or an empty text. */
export function commandLine(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It went between the look and the signal, or belongs to someone else; the caller looks again.
  }
}

/** Boot id and ticks since boot: also right after a restart of the machine, when numbers begin anew. */
function linuxStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name, may hold blanks and brackets; state and start time are fields 3 and 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19] ?? ''}`;
  } catch {
    return null;
  }
}

function portableStart(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
