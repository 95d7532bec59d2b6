import { spawn, type ChildProcess } from 'node:child_process';
import type { StopPlan } from './processes.js';

/**
 * Ends a process that does not follow us, such as PostgreSQL or a virtual machine, once we are gone, `kill -9` included. A shell
 * waits at one end of a pipe whose other end only this process holds: the system closes it with us, however we end.
 * @returns what calls the guard off, for when the process has ended
 */
export function guardSurvivor(child: ChildProcess, plan: StopPlan): () => void {
  const { pid } = child;
  if (pid === undefined) return () => undefined;
  // A signal that cannot be sent any more means that the process is gone, and so is the reason to continue.
  const steps = plan.map(
    ([signal, graceMs]) =>
      `kill -s ${signal.slice('SIG'.length)} ${pid} || exit 0; sleep ${Math.ceil(graceMs / 1_000)}`,
  );
  const guard = spawn('/bin/sh', ['-c', ['read -r _', ...steps].join('; ')], {
    cwd: '/',
    // A session of its own: Ctrl-C at a terminal is not its matter.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Where there is no shell, the next start ends what is left.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return () => guard.kill('SIGKILL');
}
