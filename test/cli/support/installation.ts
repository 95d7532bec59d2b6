import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createDataDirectory, dataDirectory } from '../../../launcher/data-directory.js';
import { RunFiles } from '../../../launcher/run-files.js';
import { openSecrets } from '../../../launcher/secrets.js';
import { AuditKeeper } from '../../../src/records/audit/sealing/audit-keeper.js';
import type { AuditKeys } from '../../../src/records/audit/signing/audit-keys.js';
import { testKeys } from '../../audit/sealed-log.js';
import { auditRoutes } from '../../../src/records/audit/audit-routes.js';
import { recordChange } from '../../../src/records/audit/recorded-change.js';
import { evidenceRoutes } from '../../../src/records/audit/evidence-routes.js';
import { backendRoutes } from '../../../src/production/backends/administration/backend-routes.js';
import { backendKinds } from '../../../src/production/backends/kinds.js';
import { batchRoutes } from '../../../src/batches/batch-routes.js';
import { cardTypeRoutes } from '../../../src/directory/card-types/card-type-routes.js';
import { SecurityEvents } from '../../../src/kernel/security-events.js';
import { timeZone } from '../../../src/kernel/time-zone.js';
import { EngineClient } from '../../../src/engine/client.js';
import { DeployedDiagrams } from '../../../src/engine/diagrams.js';
import { holderRoutes } from '../../../src/directory/holders/holder-routes.js';
import { openIdentity } from '../../../src/web/sign-in/identity.js';
import { createApp, type AppDeps } from '../../../src/web/app.js';
import { mailRoutes } from '../../../src/records/mail/mail-routes.js';
import { numberRangeRoutes } from '../../../src/directory/number-ranges/number-range-routes.js';
import { AccountDirectory } from '../../../src/directory/accounts/account-directory.js';
import { optionRoutes } from '../../../src/directory/options/option-routes.js';
import { secretRoutes } from '../../../src/production/secrets/secret-routes.js';
import { RequestTasks } from '../../../src/requests/request-tasks.js';
import { useCaseRoutes } from '../../../src/variants/use-cases/use-case-routes.js';
import { ensureUseCases, recordVersions } from '../../../src/variants/use-cases/use-case-store.js';
import { listen } from '../../support/listen.js';
import { keys } from '../../fixtures/card-secrets.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { versionOf } from '../../fixtures/installation.js';

/** The server's interface over a database of its own, and a data directory that leads to it. */
export interface TestInstallation {
  readonly url: string;
  readonly secret: string;
  readonly database: TestDatabase;
  /** What signs the audit log. */
  readonly auditKeys: AuditKeys;
  readonly dataDirectory: string;
  close(): Promise<void>;
}

/** An engine that nobody may ask: the signature of the command line is judged without it. */
function noEngine(): EngineClient {
  return new EngineClient('http://127.0.0.1:9', { id: 'door', secret: 'nobody verifies it' });
}

/** Starts it; `deps` replaces parts of the server. */
export async function startInstallation(deps: Partial<AppDeps> = {}): Promise<TestInstallation> {
  const database = await createTestDatabase();
  const { knex: db } = database;
  await ensureUseCases(db);
  await recordVersions(
    db,
    ['with-approval', 'without-approval'].map((variant) => versionOf('request-card', variant)),
  );
  const engine = deps.engine ?? noEngine();
  const directory = makeDataDirectory();
  const applied = async () => undefined;
  const registry = { all: async () => [] };
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const metrics = new Registry();
  const security = deps.security ?? new SecurityEvents({ log, metrics });
  const identity = deps.identity ?? openIdentity({ db, engine, security, keyRing: keys });
  const auditKeys = testKeys();
  // Not started: tests seal when they want to.
  const keeper = new AuditKeeper({ db, log, security, keys: auditKeys, places: [] });
  const routes = [
    useCaseRoutes(db, applied),
    optionRoutes(db, new AccountDirectory(engine, 'card-server')),
    auditRoutes(db),
    evidenceRoutes(db, { evidence: { anchors: null, keys: auditKeys }, keeper }),
    holderRoutes(db, { known: async () => new Set() }),
    mailRoutes(db),
    cardTypeRoutes(db),
    numberRangeRoutes(db),
    batchRoutes(db, new RequestTasks(db, engine, new DeployedDiagrams(engine, 'card-server'), 'card-server')),
    backendRoutes({ db, kinds: backendKinds, secrets: {}, registry, log: pino({ level: 'silent' }), security }),
    secretRoutes(db, keys),
  ].flat();
  const app = createApp({
    publicUrl: 'http://cards.test',
    version: '1.2.3',
    engine,
    diagrams: new DeployedDiagrams(engine, 'card-server'),
    checks: { run: async () => ({ add: {} }) },
    db,
    log,
    metrics,
    security,
    identity,
    record: (row, change) => recordChange(db, row, change),
    routes,
    pages: [],
    useCases: async () => [],
    nothingEnabledHint: 'Enable a use case.',
    health: async () => ({ status: 'up', parts: {} }),
    cliSecret: directory.secret,
    ...deps,
  });
  const server = await listen(app);
  directory.ready(server.url);
  return {
    url: server.url,
    secret: directory.secret,
    database,
    auditKeys,
    dataDirectory: directory.path,
    close: async () => {
      await server.close();
      await engine.close();
      await database.drop();
      directory.remove();
    },
  };
}

/** A data directory as the launcher makes it. */
export function makeDataDirectory() {
  const files = dataDirectory(mkdtempSync(join(tmpdir(), 'cards-cli-')));
  createDataDirectory(files);
  return {
    path: files.path,
    secret: openSecrets(files.secrets).cliSecret,
    /** From now on the command line finds a server at `local`. */
    ready: (local: string) =>
      new RunFiles(files.run).ready({ url: 'https://cards.example', local, timeZone: timeZone() }),
    remove: () => rmSync(files.path, { recursive: true }),
  };
}
