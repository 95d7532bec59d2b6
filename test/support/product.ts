import { openDatabase, type Knex } from '../../src/kernel/db/database.js';
import { EngineClient } from '../../src/engine/client.js';
import type { BackendKind } from '../../src/production/backends/backend-kind.js';
import { startWorker, type RunningWorker } from '../../workers/start-worker.js';
import { PrintShopProcess, type PrintShopOptions } from '../../bench/lib/print-shop-process.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { borrowInstallation, type BorrowedEngine, type TestEngine } from './engine.js';
import { eventually } from './eventually.js';
import { freePort } from '../../launcher/ports.js';
import { log, password, sharedSettings, startTestServer, type ProofSettings } from './test-server.js';

export { password, secretsKeys } from './test-server.js';

export interface ProductOptions {
  readonly smtpUrl?: string;
  /** The file's own, where it ends its process; otherwise the one that is lent to every file is taken. */
  readonly engine?: TestEngine;
  /** Kinds of card production backends; by default those of the product. */
  readonly kinds?: readonly BackendKind[];
  readonly proof?: ProofSettings;
}

/** The product with the print shop in a process of its own, as `npm start` runs it with the sample data. */
export interface IssuingProduct extends Product {
  readonly shop: PrintShopProcess;
}

/**
 * The whole product: engine, PostgreSQL, server and worker, as an installation runs them, with the sample data. Engine and PostgreSQL
 * are lent (lent-engine.ts) and as new; server and worker run in the process of the test file.
 */
export interface Product {
  readonly url: string;
  readonly db: Knex;
  /** The engine, called as the server's technical account. */
  readonly engine: EngineClient;
  /** The engine's own database. */
  readonly engineDatabaseUrl: string;
  /** Calls the API as a person: method, path below `/api/v1`, JSON body, more headers. */
  call(
    account: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  stopWorker(): Promise<void>;
  startWorker(): Promise<void>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  /** Read as it comes, and judged by assertions. */
  readonly body: any;
  readonly headers: Headers;
}

/** Starts everything on free ports; a few seconds, once the lent engine runs. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  return startWith(options, await freePort(), null);
}

/**
 * Starts the product and a print shop that makes the cards of every card type.
 * @param script by default as fast as it can and without faults
 */
export async function startIssuingProduct(
  script: PrintShopOptions['script'] = {},
  options: ProductOptions = {},
): Promise<IssuingProduct> {
  const port = await freePort();
  const shop = await PrintShopProcess.start({
    script,
    webhookUrl: `${addressOf(port)}/api/v1/production/webhooks/print-shop`,
  });
  try {
    const product = await startWith(options, port, shop);
    const stop = async () => {
      await product.stop();
      await shop.stop();
    };
    return { ...product, shop, stop };
  } catch (error) {
    await shop.stop();
    throw error;
  }
}

const addressOf = (port: number): string => `http://127.0.0.1:${port}`;

async function startWith(options: ProductOptions, port: number, shop: PrintShopProcess | null): Promise<Product> {
  const own = options.engine;
  const borrowed =
    own === undefined ? await borrowInstallation() : { connection: own.connection, returned: async () => undefined };
  const database = await createTestDatabase(borrowed.cardsTemplate);
  try {
    return await startOn(borrowed, database, { ...options, port, shop });
  } catch (error) {
    // What it did not come to close is no news: the reason is.
    await database.drop().catch(() => undefined);
    throw error;
  }
}

type Place = ProductOptions & { readonly port: number; readonly shop: PrintShopProcess | null };

async function startOn(
  { connection, returned }: BorrowedEngine,
  database: TestDatabase,
  { smtpUrl, port, shop, kinds, proof }: Place,
): Promise<Product> {
  const url = addressOf(port);
  const place = { connection, databaseUrl: database.applicationUrl, port, smtpUrl, shop, kinds, proof };
  const server = await startTestServer(place);
  const engine = new EngineClient(new URL(connection.engineUrl).origin, connection.door);
  const db = openDatabase(database.url, 4);
  let worker: RunningWorker | null = null;
  const product: Product = {
    url,
    db,
    engine,
    engineDatabaseUrl: connection.databaseUrl,
    call: (account, method, path, body, headers) => call(url, account, method, path, body, headers),
    startWorker: async () => {
      worker = await startWorker(
        {
          ...sharedSettings(place),
          WORKER_SECRET: connection.worker.secret,
          WORKER_SLOTS: 16,
          WORKER_HEALTH_PORT: undefined,
        },
        log,
        kinds && { backendKinds: kinds },
      );
    },
    stopWorker: async () => {
      await worker?.stop();
      worker = null;
    },
    stop: async () => {
      await product.stopWorker();
      await server.stop();
      await engine.close();
      await db.destroy();
      await returned();
      await database.drop();
    },
  };
  await product.startWorker();
  return product;
}

async function call(
  url: string,
  account: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const json = body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array);
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`,
      ...(json ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : (body as string) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** Enables Request card in a variant. */
export async function enable(product: Product, variant: 'with-approval' | 'without-approval'): Promise<void> {
  const { status, body } = await product.call('admin', 'PUT', '/use-cases/request-card', { enabled: true, variant });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
}

/** The story of a request as soon as it is in one of the states. */
export async function requestIn(product: Product, id: string, ...states: string[]): Promise<any> {
  return eventually(`request ${id} is ${states.join(' or ')}`, 15_000, async () => {
    const { body } = await product.call('admin', 'GET', `/card-requests/${id}`);
    return states.includes(body.state) ? body : null;
  });
}
