import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { partMessage } from './messages.js';
import type { Java } from './java.js';
import { PartLog } from './part-log.js';
import { StartFailure } from './start-failure.js';
import type { Report } from './steps.js';

/** The program of the engine host, below the root of the installation. */
export const engineJar = join('engine', 'target', 'engine-host.jar');

/**
 * Builds the engine host unless it is built already.
 * @param logs where Maven's output goes, as `engine-build.log`
 * @param signal ends Maven and everything it started
 * @throws StartFailure with the sentence of the build
 */
export async function buildEngine(
  { root, java, logs, env }: { root: string; java: Java; logs: string; env: NodeJS.ProcessEnv },
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const log = new PartLog(
    logs,
    'engine-build',
    () => null,
    () => undefined,
  );
  const child = spawn(process.execPath, [join(root, 'launcher', 'build-engine.mjs')], {
    cwd: root,
    detached: true,
    env: { ...env, JAVA_HOME: java.home },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  log.follow(child.stdout, child.stderr);
  const endGroup = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', endGroup, { once: true });
  let failure: string | null = null;
  child.on('message', (raw) => {
    const { data } = partMessage.safeParse(raw);
    if (data?.type === 'progress') report(data.text);
    if (data?.type === 'failed') failure = data.message;
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve));
    signal.throwIfAborted();
    if (code !== 0)
      throw new StartFailure(failure ?? `The process engine could not be built: what Maven said is in ${log.path}.`);
  } finally {
    signal.removeEventListener('abort', endGroup);
    log.close();
  }
}
