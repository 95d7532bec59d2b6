import { Client } from 'camunda-external-task-client-js';
import type pg from 'pg';
import { Pool } from 'undici';
import type { Knex } from '../../src/kernel/db/database.js';
import { technicalAccounts } from '../../src/domain/roles.js';
import type { EngineClient } from '../../src/engine/client.js';
import { topics } from '../../src/process/contract/index.js';
import { workerHeaders } from '../lib/worker-headers.js';
import type { EngineConnection } from '../../test/support/engine.js';
import { engineSources } from '../../src/requests/decision-sources.js';
import { createHandlers } from '../../workers/registry.js';
import {
  createWorker,
  done,
  PgAttemptStore,
  type Contract,
  type Handler,
  type Worker,
} from '../../workers/runtime/index.js';
import type { StockClient } from '../lib/stock-client.js';
import { sign } from '../lib/stock-client.js';

/** A client at work; `stop` resolves when it fetches no more. */
export interface RunningClient {
  stop(): Promise<void>;
}

/** Called with the business key of a task when its handler begins. */
export type OnStart = (businessKey: string | null | undefined) => void;

export interface ClientParts {
  readonly connection: EngineConnection;
  readonly onStart: OnStart;
  readonly attempts: pg.Pool;
  readonly db: Knex;
  readonly engine: EngineClient;
}

export const topic = 'register-request';
const longPollMs = 5_000;
const lockMs = 60_000;

/** The clients that are compared, by name. All but `real` do nothing with a task but complete it. */
export const clients = {
  raw: rawRest,
  'stock-defaults': (parts: ClientParts) => stock(parts, {}),
  'stock-tuned': (parts: ClientParts) =>
    stock(parts, { asyncResponseTimeout: longPollMs, interval: 0, maxTasks: 50 }, { variables: [] }),
  'ours-no-op': oursNoOp,
  'ours-real': oursReal,
} as const satisfies Record<string, (parts: ClientParts) => RunningClient>;

export type ClientName = keyof typeof clients;

/**
 * The ceiling: as much as REST gives. Fetches the next tasks while the last are completed, eight calls at once over kept
 * connections.
 */
function rawRest({ connection, onStart }: ClientParts): RunningClient {
  const { origin, pathname } = new URL(connection.engineUrl);
  const headersOf = workerHeaders(connection);
  const pool = new Pool(origin, { connections: 10 });
  const workerId = `raw-${process.pid}-${Date.now()}`;
  const post = async (path: string, body: object): Promise<unknown> => {
    const target = pathname + path;
    const response = await pool.request({
      ...{ method: 'POST', path: target, body: JSON.stringify(body) },
      headers: { ...headersOf({ method: 'POST', target }), 'content-type': 'application/json' },
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${response.statusCode} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  const fetchTasks = (waitMs: number) =>
    post('/external-task/fetchAndLock', {
      ...{ workerId, maxTasks: 50, usePriority: true, asyncResponseTimeout: waitMs },
      topics: [{ topicName: topic, lockDuration: lockMs, variables: [] }],
    }) as Promise<{ id: string; businessKey: string | null }[]>;
  let stopping = false;
  const loop = async (): Promise<void> => {
    let next = fetchTasks(longPollMs);
    while (!stopping) {
      const tasks = await next;
      if (stopping) return;
      next = fetchTasks(longPollMs);
      const lane = async (): Promise<void> => {
        for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
          onStart(task.businessKey);
          await post(`/external-task/${task.id}/complete`, { workerId });
        }
      };
      await Promise.all(Array.from({ length: 8 }, lane));
    }
    await next;
  };
  const looping = loop().catch((error: unknown) => {
    // The engine answers the long poll that is replaced at the end with 503.
    if (!stopping) throw error;
  });
  return {
    stop: async () => {
      stopping = true;
      await fetchTasks(1);
      await looping;
      await pool.close();
    },
  };
}

function stock({ connection, onStart }: ClientParts, options: object, subscription: object = {}): RunningClient {
  const workerId = `stock-${process.pid}-${Date.now()}`;
  const headersOf = workerHeaders(connection);
  const client = new Client({ baseUrl: connection.engineUrl, workerId, autoPoll: false, ...options }) as StockClient;
  sign(client, headersOf);
  client.subscribe(topic, { lockDuration: lockMs, ...subscription }, async ({ task, taskService }) => {
    onStart(task.businessKey);
    await taskService.complete(task);
  });
  client.start();
  return {
    stop: async () => {
      client.stop();
      // Replaces the pending long poll; tasks of another round must not be locked for this client.
      await client.engineService.fetchAndLock({
        maxTasks: 1,
        asyncResponseTimeout: 1,
        topics: [{ topicName: 'nobody', lockDuration: 1 }],
      });
    },
  };
}

const noOpContract = {
  [topic]: {
    inputs: {},
    outputs: {},
    errors: [],
    retry: { attempts: 3, firstDelayMs: 1_000, maxDelayMs: 1_000 },
    lockMs,
  },
} as const satisfies Contract;

function oursNoOp({ connection, onStart, attempts }: ClientParts): RunningClient {
  return started(
    createWorker({
      ...{ engineUrl: connection.engineUrl, headers: workerHeaders(connection), longPollMs, contract: noOpContract },
      attempts: new PgAttemptStore(attempts, silent),
      handlers: {
        [topic]: ({ businessKey }) => {
          onStart(businessKey);
          return Promise.resolve(done({}));
        },
      },
    }),
  );
}

/** Every handler of the product, as its worker composes them. */
function oursReal({ connection, onStart, attempts, db, engine }: ClientParts): RunningClient {
  const handlers = createHandlers({
    db,
    ...engineSources(db, engine, technicalAccounts.worker),
    publicUrl: 'http://127.0.0.1',
  });
  const register: Handler<(typeof topics)[typeof topic]> = (task, context) => {
    onStart(task.businessKey);
    return handlers[topic](task, context);
  };
  return started(
    createWorker({
      ...{ engineUrl: connection.engineUrl, headers: workerHeaders(connection), longPollMs, contract: topics },
      attempts: new PgAttemptStore(attempts, silent),
      handlers: { ...handlers, [topic]: register },
    }),
  );
}

function started(worker: Worker): RunningClient {
  worker.start();
  return { stop: () => worker.stop({ deadlineMs: 10_000 }) };
}

const ignore = (): void => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => silent };
