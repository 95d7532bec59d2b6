import { readConfig, serverEnvironment, workerEnvironment, type LauncherConfig } from '../src/config.js';
import { endClusterStrays } from './cluster.js';
import type { DataDirectory } from './data-directory.js';
import { assertDatabase } from './databases.js';
import { findJava, type Java } from './java.js';
import { answers } from './part-specs.js';
import { assertPortFree } from './ports.js';
import type { RunFiles } from './run-files.js';
import { openSecrets, type Secrets } from './secrets.js';
import { StartFailure } from './start-failure.js';

const engineSecrets = serverEnvironment
  .pick({ DOOR_SECRET: true })
  .extend(workerEnvironment.pick({ WORKER_SECRET: true }).shape);

/**
 * What can be known before anything is started: ends what a killed launcher left behind and finds what would make the
 * start fail later. The caller holds the lock of the data directory.
 * @returns `java` is null where an engine host runs already
 * @throws StartFailure, ConfigError with one sentence and its cure
 */
export async function preflight(
  config: LauncherConfig,
  env: NodeJS.ProcessEnv,
  directory: DataDirectory,
  runFiles: RunFiles,
): Promise<{ secrets: Secrets; java: Java | null }> {
  await runFiles.endStrays();
  await endClusterStrays(directory.postgres);
  await assertPortFree(config.PORT);
  const secrets = openSecrets(directory.secrets);
  if (config.DATABASE_URL !== undefined) await assertDatabase('DATABASE_URL', config.DATABASE_URL);
  if (config.ENGINE_URL !== undefined) {
    const { DOOR_SECRET, WORKER_SECRET } = readConfig(engineSecrets, env);
    await assertEngine(config.ENGINE_URL);
    return { secrets: { ...secrets, doorSecret: DOOR_SECRET, workerSecret: WORKER_SECRET }, java: null };
  }
  if (config.ENGINE_DATABASE_URL !== undefined) await assertDatabase('ENGINE_DATABASE_URL', config.ENGINE_DATABASE_URL);
  return { secrets, java: await findJava(env) };
}

async function assertEngine(engineUrl: string): Promise<void> {
  if (await answers(new URL('/health', engineUrl).href)) return;
  throw new StartFailure(
    `The process engine of ENGINE_URL (${new URL(engineUrl).host}) does not answer: start it, or correct ENGINE_URL.`,
  );
}
