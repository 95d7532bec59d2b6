import { createServer } from 'node:http';
import pg from 'pg';
import { Registry } from 'prom-client';
import { ConfigError, readConfig, workerEnvironment } from '../src/config.js';
import { openDatabase } from '../src/db/database.js';
import { technicalAccounts } from '../src/domain/roles.js';
import { EngineClient } from '../src/engine/client.js';
import { EngineHistory } from '../src/engine/history.js';
import { errorTable, isProductError } from '../src/errors.js';
import { forgetWorker, sayWorker } from '../src/health/worker-store.js';
import { createLog } from '../src/log.js';
import { topics } from '../src/process/contract/index.js';
import { repeat } from '../src/repeat.js';
import { createHandlers } from './registry.js';
import { createWorker, PgAttemptStore } from './runtime/index.js';

const say = (message: object) => process.send?.(message);

/** How long running tasks get to end when the process is told to stop (ms). */
const stopWithinMs = 2_500;
const sayEveryMs = 5_000;

async function main(): Promise<void> {
  const config = readConfig(workerEnvironment);
  const log = createLog('worker', config.LOG_LEVEL);
  const db = openDatabase(config.DATABASE_URL, 12);
  const attempts = new pg.Pool({ connectionString: config.DATABASE_URL, max: 2, application_name: 'open-card-requests attempts' });
  attempts.on('error', (error) => {
    log.warn({ err: error }, 'lost a connection to the database');
  });
  const engine = new EngineClient(config.ENGINE_URL, { id: 'worker', secret: config.WORKER_SECRET });
  const user = technicalAccounts.worker;
  const registry = new Registry();
  const worker = createWorker({
    engineUrl: `${engine.url}/engine-rest`,
    contract: topics,
    handlers: createHandlers({ db, history: new EngineHistory(engine, user), publicUrl: new URL(config.PUBLIC_URL).origin }),
    headers: ({ method, target }) => engine.signature(user, method, target),
    attempts: new PgAttemptStore(attempts, log),
    log,
    registry,
    slots: config.WORKER_SLOTS,
    retryClassOf: (raw) => (isProductError(raw) && errorTable[raw.code].retry === 'permanent' ? 'permanent' : undefined),
  });

  const health = config.WORKER_HEALTH_PORT === undefined ? null : serveHealth(config.WORKER_HEALTH_PORT);
  worker.start();
  const heartbeat = repeat(sayEveryMs, log, async () => {
    await sayWorker(db, { id: worker.id, ...worker.health() });
  });
  await sayWorker(db, { id: worker.id, ready: true, problems: [] });
  log.info({ worker: worker.id }, 'ready');
  say({ type: 'ready' });

  let stopping: Promise<void> | null = null;
  const stop = (why: string) => {
    stopping ??= (async () => {
      log.info({ why }, 'stopping');
      await worker.stop({ deadlineMs: stopWithinMs });
      await heartbeat.stop();
      await forgetWorker(db, worker.id).catch(() => undefined);
      health?.close();
      await Promise.all([engine.close(), attempts.end(), db.destroy()]);
      process.exit(0);
    })();
  };
  process.on('SIGTERM', () => {
    stop('SIGTERM');
  });
  process.on('SIGINT', () => {
    stop('SIGINT');
  });
  // Whoever started us is gone without saying so.
  process.on('disconnect', () => {
    stop('launcher gone');
  });

  /** Liveness, readiness and metrics for whoever runs workers on their own. */
  function serveHealth(port: number) {
    return createServer((request, response) => {
      const { live, ready, problems } = worker.health();
      if (request.url === '/metrics') {
        void registry.metrics().then((text) => response.setHeader('content-type', registry.contentType).end(text));
        return;
      }
      const well = request.url === '/livez' ? live : ready;
      response.writeHead(well ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify({ live, ready, problems }));
    }).listen(port, '127.0.0.1');
  }
}

main().catch((raw: unknown) => {
  const message = raw instanceof Error ? raw.message : String(raw);
  createLog('worker', 'info').fatal(raw instanceof ConfigError ? { message } : { err: raw }, 'the worker cannot start');
  say({ type: 'failed', message });
  process.exit(1);
});
