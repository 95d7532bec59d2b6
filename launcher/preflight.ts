import {
  auditEnvironment,
  backendSecretsEnvironment,
  readConfig,
  secretsKeysEnvironment,
  secretsKeysOf,
  serverEnvironment,
  workerEnvironment,
  type LauncherConfig,
} from '../src/kernel/config.js';
import { endClusterStrays } from './cluster.js';
import type { DataDirectory } from './data-directory.js';
import { assertDatabase } from './databases.js';
import { findJava, type Java } from './java.js';
import { answers } from './part-specs.js';
import { assertPortFree } from './ports.js';
import type { RunFiles } from './run-files.js';
import { openAuditKeys, openBackendSecrets, openSecrets, openSecretsKeys, type Secrets } from './secrets.js';
import { StartFailure } from './start-failure.js';

const engineSecrets = serverEnvironment
  .pick({ DOOR_SECRET: true })
  .extend(workerEnvironment.pick({ WORKER_SECRET: true }).shape);

export interface Preflight {
  readonly secrets: Secrets;
  /** Settings that give server and worker the keys of PINs and PUKs. */
  readonly keys: NodeJS.ProcessEnv;
  /** Settings that give them the secrets of production backends. */
  readonly backendSecrets: NodeJS.ProcessEnv;
  /** Where the server finds keys and anchors of the audit log. */
  readonly audit: NodeJS.ProcessEnv;
  /** Null where an engine host runs already. */
  readonly java: Java | null;
}

/**
 * What can be known before anything is started: ends what a killed launcher left behind and finds what would make the
 * start fail later. The caller holds the lock of the data directory.
 * @throws StartFailure, ConfigError with one sentence and its cure
 */
export async function preflight(
  config: LauncherConfig,
  env: NodeJS.ProcessEnv,
  directory: DataDirectory,
  runFiles: RunFiles,
): Promise<Preflight> {
  await runFiles.endStrays();
  await endClusterStrays(directory.postgres);
  await assertPortFree(config.PORT);
  const secrets = openSecrets(directory.secrets);
  const keys = secretsKeys(config, env, directory);
  const backendSecrets = backendSecretsFile(config, env, directory);
  const audit = auditFiles(config, env, directory);
  if (config.DATABASE_URL !== undefined) await assertDatabase('DATABASE_URL', config.DATABASE_URL);
  if (config.DATABASE_OWNER_URL !== undefined) await assertDatabase('DATABASE_OWNER_URL', config.DATABASE_OWNER_URL);
  if (config.ENGINE_URL !== undefined) {
    const { DOOR_SECRET, WORKER_SECRET } = readConfig(engineSecrets, env);
    await assertEngine(config.ENGINE_URL);
    return {
      secrets: { ...secrets, doorSecret: DOOR_SECRET, workerSecret: WORKER_SECRET },
      keys,
      backendSecrets,
      audit,
      java: null,
    };
  }
  if (config.ENGINE_DATABASE_URL !== undefined) await assertDatabase('ENGINE_DATABASE_URL', config.ENGINE_DATABASE_URL);
  return { secrets, keys, backendSecrets, audit, java: await findJava(env) };
}

/** The keys of the settings, which are looked at here, or else those of the data directory. */
function secretsKeys(
  { SECRETS_KEYS, SECRETS_KEYS_FILE }: LauncherConfig,
  env: NodeJS.ProcessEnv,
  directory: DataDirectory,
): NodeJS.ProcessEnv {
  const given = SECRETS_KEYS !== undefined || SECRETS_KEYS_FILE !== undefined;
  const settings = given
    ? { SECRETS_KEYS, SECRETS_KEYS_FILE }
    : { SECRETS_KEYS_FILE: openSecretsKeys(directory.secretsKeys) };
  secretsKeysOf(readConfig(secretsKeysEnvironment, { ...env, ...settings }));
  return settings;
}

/** The file of the settings, which is looked at here, or else that of the data directory. */
function backendSecretsFile(
  { BACKEND_SECRETS_FILE }: LauncherConfig,
  env: NodeJS.ProcessEnv,
  directory: DataDirectory,
): NodeJS.ProcessEnv {
  const settings = { BACKEND_SECRETS_FILE: BACKEND_SECRETS_FILE ?? openBackendSecrets(directory.backendSecrets) };
  readConfig(backendSecretsEnvironment, { ...env, ...settings });
  return settings;
}

/** The files of the settings, which are looked at here, or else those of the data directory. */
function auditFiles(
  { AUDIT_ANCHOR_FILE, AUDIT_ANCHORS_FILE, AUDIT_KEYS_FILE }: LauncherConfig,
  env: NodeJS.ProcessEnv,
  directory: DataDirectory,
): NodeJS.ProcessEnv {
  const settings = {
    AUDIT_ANCHOR_FILE: AUDIT_ANCHOR_FILE ?? directory.auditAnchors,
    AUDIT_KEYS_FILE: AUDIT_KEYS_FILE ?? openAuditKeys(directory.auditKeys),
    ...(AUDIT_ANCHORS_FILE === undefined ? {} : { AUDIT_ANCHORS_FILE }),
  };
  readConfig(auditEnvironment, { ...env, ...settings });
  return settings;
}

async function assertEngine(engineUrl: string): Promise<void> {
  if (await answers(new URL('/health', engineUrl).href)) return;
  throw new StartFailure(
    `The process engine of ENGINE_URL (${new URL(engineUrl).host}) does not answer: start it, or correct ENGINE_URL.`,
  );
}
