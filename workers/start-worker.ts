import { createServer } from 'node:http';
import pg from 'pg';
import { Registry } from 'prom-client';
import type { WorkerConfig } from '../src/kernel/config.js';
import { openDatabase } from '../src/kernel/db/database.js';
import { technicalAccounts } from '../src/domain/roles.js';
import { EngineClient } from '../src/engine/client.js';
import { errorTable, isProductError } from '../src/kernel/errors.js';
import type { Logger } from '../src/kernel/log.js';
import { runJobs } from '../src/kernel/run-jobs.js';
import { setTimeZone } from '../src/kernel/time-zone.js';
import { openWorkerReports } from '../src/oversight/worker-room.js';
import { topics } from '../src/process/contract/index.js';
import { openProductionWork, type ProductionParts } from '../src/production/worker-room.js';
import { noteWorkerKeys } from '../src/records/worker-room.js';
import { engineSources } from '../src/requests/worker-room.js';
import { createHandlers } from './registry.js';
import { createWorker, PgAttemptStore, type Worker } from './runtime/index.js';

/** How long running tasks get to end when the worker is stopped (ms). */
const stopWithinMs = 2_500;

export interface RunningWorker {
  readonly id: string;
  /** Lets running tasks end, gives back the others, closes every connection. */
  stop(): Promise<void>;
}

/**
 * Composes and starts a worker for every topic of the contract, and what brings orders and PIN letters to production
 * backends.
 * @throws ConfigError without the keys of PINs and PUKs
 */
export async function startWorker(
  config: WorkerConfig,
  log: Logger,
  parts: ProductionParts = {},
): Promise<RunningWorker> {
  setTimeZone(config.TIME_ZONE);
  const metrics = new Registry();
  const db = openDatabase(config.DATABASE_URL, 12);
  const production = openProductionWork({ config, db, log }, parts);
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
    handlers: createHandlers({ db, ...engineSources(db, engine, user), publicUrl: new URL(config.PUBLIC_URL).origin }),
    headers: ({ method, target }) => engine.signature(user, method, target),
    attempts: new PgAttemptStore(attempts, log),
    log,
    registry: metrics,
    slots: config.WORKER_SLOTS,
    retryClassOf: (raw) =>
      isProductError(raw) && errorTable[raw.code].retry === 'permanent' ? 'permanent' : undefined,
  });
  const health = config.WORKER_HEALTH_PORT === undefined ? null : serveHealth(worker, config.WORKER_HEALTH_PORT);
  await noteWorkerKeys(config, { db, log, metrics });
  const reports = openWorkerReports(db, worker.id, () => worker.health());
  await reports.begin();
  worker.start();
  // The reports end last: until then the server counts on this worker.
  const jobs = await runJobs([reports.job, ...production.jobs(worker)], config.DATABASE_URL, log);

  return {
    id: worker.id,
    stop: async () => {
      await Promise.all([worker.stop({ deadlineMs: stopWithinMs }), jobs.stop()]);
      health?.close();
      await Promise.all([engine.close(), attempts.end(), db.destroy()]);
    },
  };
}

/** `/livez`, `/readyz` and `/metrics`, for installations that run workers on their own. */
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
