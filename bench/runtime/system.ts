import pg from 'pg';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { clusterSettings } from '../../launcher/cluster.js';
import { jvmOptions } from '../../launcher/part-specs.js';
import { openDatabase, type Knex } from '../../src/kernel/db/database.js';
import { migrateToLatest } from '../../src/kernel/db/migrate.js';
import { technicalAccounts } from '../../src/domain/roles.js';
import { EngineClient } from '../../src/engine/client.js';
import { deployShipped } from '../../src/variants/deployments/shipped.js';
import { readUnits } from '../../src/engine/deployment.js';
import { prepareEngine } from '../../src/engine/prepare.js';
import { reconcileUseCases } from '../../src/engine/reconcile.js';
import { EngineCarrier } from '../../src/engine/outbox/engine-carrier.js';
import { seedReferenceData } from '../../src/sample-data/seed.js';
import { changeUseCase } from '../../src/variants/use-cases/use-case-changes.js';
import { ensureUseCases, readUseCases } from '../../src/variants/use-cases/use-case-store.js';
import { startEngine, type EngineConnection, type EngineOptions } from '../../test/support/engine.js';
import { chainXml, forkXml, withoutTasks } from './diagrams.js';
import { parentOf } from '../lib/cpu.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const system = technicalAccounts.server;

/** Process key and version of a variant. */
export interface Variant {
  readonly key: string;
  readonly version: number;
}

/** Engine and PostgreSQL as an installation runs them, without server and worker: those are what is measured. */
export interface BenchSystem {
  readonly connection: EngineConnection;
  readonly engine: EngineClient;
  readonly carrier: EngineCarrier;
  readonly cards: Knex;
  readonly cardsUrl: string;
  /** The engine's own database, to look into past its REST interface. */
  readonly engineDb: pg.Pool;
  readonly variant: Variant;
  /** The same diagram with its external task replaced by one that the engine does itself. */
  readonly variantWithoutTasks: Variant;
  readonly javaPid: number;
  readonly postmasterPid: number;
  stop(): Promise<void>;
}

/** As the product sets them: a commit waits for the disk. */
export const likeProduct: EngineOptions = {
  postgres: { ...clusterSettings, fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' },
  jvmOptions,
  // Times in the engine's tables have no zone: this one makes them comparable.
  environment: { TZ: 'UTC' },
};

/** Starts engine and PostgreSQL, deploys the diagrams of the product and of the benchmark, enables Request card. */
export async function startSystem(options: EngineOptions = likeProduct): Promise<BenchSystem> {
  const { connection, processId, stop } = await startEngine(options);
  const on = (database: string): string => new URL(`/${database}`, connection.postgresUrl).href;
  const engine = new EngineClient(new URL(connection.engineUrl).origin, connection.door, 16);
  const engineDb = new pg.Pool({ connectionString: on('engine'), max: 2 });
  await engineDb.query('create database cards');
  const cards = openDatabase(on('cards'), 8);
  const variant = await prepare(engine, cards);
  const { rows } = await engineDb.query<{ pid: number }>('select pg_backend_pid() as pid');
  return {
    ...{ connection, engine, cards, engineDb, cardsUrl: on('cards'), variant, javaPid: processId() },
    carrier: new EngineCarrier(engine, system),
    variantWithoutTasks: await deployBenchDiagrams(engine),
    postmasterPid: parentOf(rows[0]?.pid ?? 0),
    stop: async () => {
      await Promise.all([engine.close(), engineDb.end(), cards.destroy()]);
      await stop();
    },
  };
}

async function prepare(engine: EngineClient, cards: Knex): Promise<Variant> {
  await migrateToLatest(cards);
  await ensureUseCases(cards);
  const passwords = { operator: 'a-password-for-measuring' };
  await prepareEngine(engine, system, `${root}bpmn`, passwords, () => undefined);
  await deployShipped({ db: cards, engine, system }, await readUnits(`${root}bpmn`));
  await seedReferenceData(cards);
  await cards.transaction((trx) =>
    changeUseCase(trx, 'request-card', { enabled: true, variant: 'without-approval' }, { actor: 'admin' }),
  );
  await reconcileUseCases(engine, system, new Set(['request-card']));
  const choice = (await readUseCases(cards)).find(({ id }) => id === 'request-card')?.choice ?? null;
  if (choice === null) throw new Error('The product has no variant without approval.');
  return { key: choice.processKey, version: choice.version };
}

async function deployBenchDiagrams(engine: EngineClient): Promise<Variant> {
  const key = 'request-card-without-tasks';
  const product = await readFile(`${root}bpmn/request-card-without-approval.bpmn`, 'utf8');
  const diagrams = {
    [key]: withoutTasks(product, key),
    'bench-chain': chainXml('bench-chain', 10),
    'bench-fork': forkXml('bench-fork', 500),
  };
  for (const [name, xml] of Object.entries(diagrams)) {
    const body = new FormData();
    body.set('deployment-name', name);
    body.set(`${name}.bpmn`, new File([xml], `${name}.bpmn`));
    await engine.raw({ user: system, method: 'POST', path: '/deployment/create', body, timeoutMs: 60_000 });
  }
  return { key, version: 1 };
}
