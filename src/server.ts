import { collectDefaultMetrics, Registry } from 'prom-client';
import { technicalAccounts } from './domain/roles.js';
import { EngineClient } from './engine/client.js';
import { DeployedFiles } from './engine/deployed-files.js';
import { DeployedDiagrams } from './engine/diagrams.js';
import { prepareEngine } from './engine/prepare.js';
import { secretsKeysOf, type ServerConfig } from './kernel/config.js';
import { exclusively, openDatabase } from './kernel/db/database.js';
import { prepareSchema } from './kernel/db/migrate.js';
import { KeyRing } from './kernel/key-ring.js';
import type { Logger } from './kernel/log.js';
import { runJobs } from './kernel/run-jobs.js';
import { setTimeZone } from './kernel/time-zone.js';
import { SecurityEvents } from './kernel/security-events.js';
import type { BackendKind } from './production/backends/backend-kind.js';
import { openRooms } from './rooms.js';
import type { UseCaseView } from './variants/use-cases/use-case-service.js';
import { createApp } from './web/app.js';
import { readConsoleFiles } from './web/console/console-files.js';
import { consoleRoutes } from './web/console/console-routes.js';
import type { Host } from './web/face.js';
import { openIdentity } from './web/sign-in/identity.js';
import { createHttpServer } from './web/http-server.js';

export interface ServerHooks {
  readonly log: Logger;
  /** Folder of the shipped diagrams and forms. */
  readonly diagrams: string;
  /** Folder of the built console, as `launcher/build-console.mjs` writes it. */
  readonly console: string;
  /** Version of the product. */
  readonly version: string;
  /** Reports to users what the start is doing. */
  readonly progress: (text: string) => void;
  /** Kinds of card production backends; by default all of the product. */
  readonly backendKinds?: readonly BackendKind[];
}

export interface RunningServer {
  readonly createdAccounts: readonly string[];
  useCases(): Promise<UseCaseView[]>;
  /** Enables a use case in a variant, as an administrator on the machine of the installation. */
  enable(useCase: string, variant: string, actor: string): Promise<void>;
  /** Ends what is under way and closes every connection. */
  stop(): Promise<void>;
}

function openHost(config: ServerConfig, { log, diagrams }: ServerHooks, security: SecurityEvents): Host {
  const engine = new EngineClient(config.ENGINE_URL, { id: 'door', secret: config.DOOR_SECRET }, 32);
  const system = technicalAccounts.server;
  const db = openDatabase(config.DATABASE_URL, 20);
  const keyRing = new KeyRing(secretsKeysOf(config));
  return {
    config,
    log,
    db,
    engine,
    system,
    shipped: diagrams,
    files: new DeployedFiles(engine, system),
    diagrams: new DeployedDiagrams(engine, system),
    keyRing,
    security,
    identity: openIdentity({ db, engine, security, keyRing }),
  };
}

/**
 * Composes and starts the server: opens its rooms, migrates, prepares the engine, listens, then starts its jobs.
 * @throws ProductError, ConfigError or the database's error when something it needs is missing
 */
export async function startServer(config: ServerConfig, hooks: ServerHooks): Promise<RunningServer> {
  const { log, version, progress } = hooks;
  setTimeZone(config.TIME_ZONE);
  const consoleFiles = await readConsoleFiles(hooks.console);
  const metrics = new Registry();
  const security = new SecurityEvents({ log, metrics, audit: (row): Promise<void> => records.append(row) });
  const host = openHost(config, hooks, security);
  const { db, engine, system } = host;
  const { records, variants, oversight, ...rooms } = openRooms(host, hooks.backendKinds);
  if (config.PUBLIC_URL.startsWith('https:') && config.TRUSTED_PROXIES === undefined)
    log.warn('TRUSTED_PROXIES is not set: every caller has the address of the proxy in front, and shares its limits');

  progress('Migrating the database');
  await prepareSchema(db, config.DATABASE_OWNER_URL);
  const createdAccounts = await exclusively(db, 'preparation', async () => {
    const created = await prepareEngine(engine, system, host.shipped, config.BOOTSTRAP_PASSWORDS, progress);
    for (const room of rooms.all) await room.prepare?.(progress);
    return created;
  });

  collectDefaultMetrics({ register: metrics });
  for (const room of rooms.all) room.metrics?.(metrics);
  const app = createApp({
    ...host,
    publicUrl: config.PUBLIC_URL,
    version,
    metrics,
    checks: rooms.checks,
    record: (row, change) => records.recordChange(row, change),
    routes: rooms.routes,
    changeGate: rooms.changeGate,
    pages: rooms.pages,
    gate: (authenticate) => variants.gate(authenticate),
    console: (authenticate) => consoleRoutes(consoleFiles, authenticate),
    useCases: () => variants.useCases(),
    nothingEnabledHint: variants.nothingEnabledHint,
    cliSecret: config.CLI_SECRET,
    trustedProxies: config.TRUSTED_PROXIES,
    metricsToken: config.METRICS_TOKEN,
    health: () => oversight.health(),
  });
  const http = createHttpServer(app, config.KEEP_ALIVE_SECONDS);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject).listen(config.PORT, config.HOST, resolve);
  });
  const jobs = await runJobs(rooms.jobs, config.DATABASE_URL, log);

  return {
    createdAccounts,
    useCases: () => variants.useCases(),
    enable: (useCase, variant, actor) => variants.enable(useCase, variant, actor),
    stop: async () => {
      http.close();
      http.closeIdleConnections();
      await jobs.stop();
      http.closeAllConnections();
      await engine.close();
      await db.destroy();
    },
  };
}
