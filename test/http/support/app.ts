import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Knex } from '../../../src/kernel/db/database.js';
import { groups, technicalAccounts, type Role } from '../../../src/domain/roles.js';
import { bootstrapEngine } from '../../../src/engine/bootstrap.js';
import { appendAudit } from '../../../src/records/audit/audit-store.js';
import { recordChange } from '../../../src/records/audit/recorded-change.js';
import { SecurityEvents } from '../../../src/kernel/security-events.js';
import { KeyRing } from '../../../src/kernel/key-ring.js';
import { EngineClient } from '../../../src/engine/client.js';
import { DeployedDiagrams } from '../../../src/engine/diagrams.js';
import { ensureFilters } from '../../../src/engine/filters.js';
import { openIdentity, type Identity } from '../../../src/web/sign-in/identity.js';
import { createApp, type AppDeps } from '../../../src/web/app.js';
import { createTestDatabase } from '../../support/database.js';
import type { EngineConnection } from '../../support/engine.js';
import { listen } from '../../support/listen.js';
import { addAccount } from '../../fixtures/accounts.js';

/** How long `beforeAll` may take where it is the first of a run to ask for the engine (ms). */
export const STARTUP = 180_000;

export const PASSWORD = 'a good test password';

/** Seals what tests seal. */
export const testKeyRing = new KeyRing([{ id: 'test', key: randomBytes(32) }]);

/** The whole server on a free port, over a real engine and a database of its own. */
export interface TestApp {
  readonly url: string;
  readonly engine: EngineClient;
  readonly db: Knex;
  readonly databaseUrl: string;
  readonly identity: Identity;
  /** Creates an account in these roles and returns its id. */
  account(...roles: Role[]): Promise<string>;
  close(): Promise<void>;
}

/** Starts the server; `deps` replaces parts of it. */
export async function startApp(connection: EngineConnection, deps: Partial<AppDeps> = {}): Promise<TestApp> {
  const engine = new EngineClient(new URL(connection.engineUrl).origin, connection.door);
  const { db, databaseUrl, drop } =
    deps.db === undefined ? await ownDatabase() : { db: deps.db, databaseUrl: '', drop: async () => undefined };
  await bootstrapEngine(engine, technicalAccounts.server, {});
  await ensureFilters(engine, technicalAccounts.server, []);
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const metrics = new Registry();
  const security = deps.security ?? new SecurityEvents({ log, metrics, audit: (row) => appendAudit(db, [row]) });
  const identity = deps.identity ?? openIdentity({ db, engine, security, keyRing: testKeyRing });
  const app = createApp({
    publicUrl: 'http://cards.test',
    version: '1.2.3',
    engine,
    diagrams: new DeployedDiagrams(engine, technicalAccounts.server),
    checks: { run: async () => ({ add: {} }) },
    db,
    log,
    metrics,
    security,
    identity,
    record: (row, change) => recordChange(db, row, change),
    routes: [],
    pages: [],
    useCases: async () => [],
    nothingEnabledHint: 'Enable a use case.',
    health: async () => ({ status: 'up', parts: {} }),
    ...deps,
  });
  const server = await listen(app);
  return {
    url: server.url,
    engine,
    db,
    databaseUrl,
    identity,
    account: async (...roles) => {
      const id = `t-${randomBytes(6).toString('hex')}`;
      await addAccount(engine, id, { password: PASSWORD, groups: roles.map((role) => groups[role]) });
      return id;
    },
    close: async () => {
      await server.close();
      await engine.close();
      await drop();
    },
  };
}

async function ownDatabase(): Promise<{ db: Knex; databaseUrl: string; drop: () => Promise<void> }> {
  const { knex, url, drop } = await createTestDatabase();
  return { db: knex, databaseUrl: url, drop };
}
