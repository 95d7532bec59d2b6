import { createServer } from 'node:http';
import pg from 'pg';
import { Registry } from 'prom-client';
import { secretsKeysOf, type WorkerConfig } from '../src/kernel/config.js';
import { openDatabase, type Knex } from '../src/kernel/db/database.js';
import { Listener } from '../src/kernel/db/listen.js';
import { technicalAccounts } from '../src/domain/roles.js';
import { EngineClient } from '../src/engine/client.js';
import { EngineHistory } from '../src/engine/history.js';
import { errorTable, isProductError } from '../src/kernel/errors.js';
import { forgetWorker, reportWorker } from '../src/oversight/index.js';
import {
  backendFactories,
  CardSecrets,
  LetterSender,
  pinLetter,
  ProductionCarrier,
  StoredBackends,
} from '../src/production/index.js';
import type { Logger } from '../src/kernel/log.js';
import { topics } from '../src/process/contract/index.js';
import type { CarrierTimes } from '../src/production/carrier-types.js';
import type { OrderLedger } from '../src/production/order-ledger.js';
import { repeat } from '../src/kernel/repeat.js';
import { KeyRing } from '../src/kernel/key-ring.js';
import type { SecretGenerator } from '../src/production/secrets/secret-generator.js';
import { createHandlers } from './registry.js';
import { createWorker, PgAttemptStore, type Worker } from './runtime/index.js';

/** How long running tasks get to end when the worker is told to stop (ms). */
const stopWithinMs = 2_500;
/** How often the worker tells the server that it runs (ms). */
const reportEveryMs = 5_000;

export interface RunningWorker {
  readonly id: string;
  /** Lets running tasks end, gives back the others, closes every connection. */
  stop(): Promise<void>;
}

/** Parts that measurements and tests put in the place of the product's own. */
export interface WorkerParts {
  readonly generator?: SecretGenerator;
  readonly makeLedger?: (db: Knex) => OrderLedger;
  readonly carrierTimes?: Partial<CarrierTimes>;
}

/**
 * Composes and starts a worker for every topic of the contract, and what brings orders and PIN letters to production
 * backends.
 * @throws ConfigError without the keys of PINs and PUKs
 */
export async function startWorker(config: WorkerConfig, log: Logger, parts: WorkerParts = {}): Promise<RunningWorker> {
  const keyRing = new KeyRing(secretsKeysOf(config));
  const db = openDatabase(config.DATABASE_URL, 12);
  const attempts = new pg.Pool({
    connectionString: config.DATABASE_URL,
    max: 2,
    application_name: 'open-card-requests attempts',
  });
  attempts.on('error', (error) => {
    log.warn({ err: error }, 'lost a connection to the database');
  });
  const engine = new EngineClient(config.ENGINE_URL, { id: 'worker', secret: config.WORKER_SECRET });
  const user = technicalAccounts.worker;
  const worker = createWorker({
    engineUrl: `${engine.url}/engine-rest`,
    contract: topics,
    handlers: createHandlers({
      db,
      history: new EngineHistory(engine, user),
      publicUrl: new URL(config.PUBLIC_URL).origin,
    }),
    headers: ({ method, target }) => engine.signature(user, method, target),
    attempts: new PgAttemptStore(attempts, log),
    log,
    registry: new Registry(),
    slots: config.WORKER_SLOTS,
    retryClassOf: (raw) =>
      isProductError(raw) && errorTable[raw.code].retry === 'permanent' ? 'permanent' : undefined,
  });
  const health = config.WORKER_HEALTH_PORT === undefined ? null : serveHealth(worker, config.WORKER_HEALTH_PORT);
  await reportWorker(db, { id: worker.id, ready: true, problems: [] });
  worker.start();
  const backends = new StoredBackends(db, backendFactories(config.BACKEND_SECRETS_FILE ?? {}), log);
  const { registry } = worker;
  const secrets = new CardSecrets(keyRing, parts.generator);
  const carrierParts = {
    ...(parts.makeLedger === undefined ? {} : { ledger: parts.makeLedger(db) }),
    ...(parts.carrierTimes === undefined ? {} : { times: parts.carrierTimes }),
  };
  const carrier = new ProductionCarrier({ db, log, worker: worker.id, backends, secrets, registry, ...carrierParts });
  const letterSender = new LetterSender({ db, log, backends, secrets, makeLetter: (letter) => pinLetter(letter) });
  await carrier.start();
  letterSender.start();
  const listener = new Listener(
    config.DATABASE_URL,
    {
      production_order: () => {
        carrier.notify();
      },
      secret_letter: () => {
        letterSender.notify();
      },
    },
    log,
  );
  await listener.start();
  const heartbeat = repeat(reportEveryMs, log, () => reportWorker(db, { id: worker.id, ...worker.health() }));

  return {
    id: worker.id,
    stop: async () => {
      await Promise.all([worker.stop({ deadlineMs: stopWithinMs }), carrier.stop(), letterSender.stop()]);
      await Promise.all([heartbeat.stop(), listener.stop()]);
      await forgetWorker(db, worker.id).catch(() => undefined);
      health?.close();
      await Promise.all([engine.close(), attempts.end(), db.destroy()]);
    },
  };
}

/** `/livez`, `/readyz` and `/metrics`, for whoever runs workers on their own. */
function serveHealth(worker: Worker, port: number) {
  return createServer((request, response) => {
    if (request.url === '/metrics') {
      const { registry } = worker;
      void registry.metrics().then((text) => response.setHeader('content-type', registry.contentType).end(text));
      return;
    }
    const health = worker.health();
    const well = request.url === '/livez' ? health.live : health.ready;
    response.writeHead(well ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(health));
  }).listen(port, '127.0.0.1');
}
