import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserServer } from 'playwright-core';
import { createTemplate } from './database.js';
import { LentEngine } from './lent-engine.js';
import { startPostgres, type TestPostgres } from './postgres.js';

/**
 * Holds what the test files of a run share or are lent, and answers their questions (ask-keeper.ts): one PostgreSQL server with
 * the migrated template database, and an engine and a browser for each worker of Jest. Each is started when the first file asks for it:
 * a run of a few files must not wait for what they do not need.
 */
export class Keeper {
  private readonly built;
  private readonly postgres = lazily(startWithTemplate);
  private readonly engines = new Map<string, LentEngine>();
  private readonly browsers = new Map<string, BrowserServer>();
  private readonly server = createServer((request, response) => {
    // Asked now and then: on a kept connection a question could meet the server's own closing of it.
    response.setHeader('connection', 'close');
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://keeper');
    this.answer(pathname, searchParams).then(
      (answer) => response.end(JSON.stringify(answer)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });

  /** @param build makes engine host and console agree with their sources */
  constructor(build: () => Promise<void>) {
    this.built = lazily(build);
  }

  /** @returns the address at which it answers */
  async open(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    this.server.unref();
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await Promise.all([...this.browsers.values()].map((browser) => browser.close()));
    await Promise.all([...this.engines.values()].map((engine) => engine.stop()));
    await (await this.postgres.started())?.stop();
  }

  private async answer(path: string, question: URLSearchParams): Promise<object> {
    const worker = question.get('worker') ?? '1';
    switch (path) {
      case '/built':
        await this.built.get();
        return {};
      case '/postgres':
        return { url: (await this.postgres.get()).url() };
      case '/engine':
        return (await this.engineOf(worker)).lend();
      case '/installation':
        return (await this.engineOf(worker)).lendInstalled();
      case '/browser':
        return { endpoint: (await this.browserOf(worker)).wsEndpoint() };
      case '/returned':
        this.engines.get(worker)?.returned();
        return {};
      default:
        throw new Error(`The keeper knows nothing of ${path}.`);
    }
  }

  private async browserOf(worker: string): Promise<BrowserServer> {
    const { serveBrowser } = await import('./chromium.js');
    const known = this.browsers.get(worker);
    if (known !== undefined) return known;
    const browser = await serveBrowser();
    browser.once('close', () => this.browsers.delete(worker));
    this.browsers.set(worker, browser);
    return browser;
  }

  private async engineOf(worker: string): Promise<LentEngine> {
    const postgres = await this.postgres.get();
    const engine = this.engines.get(worker) ?? new LentEngine(postgres, `engine_${worker}`);
    this.engines.set(worker, engine);
    return engine;
  }
}

function lazily<T>(start: () => Promise<T>): { get: () => Promise<T>; started: () => Promise<T | undefined> } {
  let starting: Promise<T> | undefined;
  return { get: () => (starting ??= start()), started: async () => starting?.catch(() => undefined) };
}

async function startWithTemplate(): Promise<TestPostgres> {
  const postgres = await startPostgres();
  try {
    await createTemplate(postgres);
    return postgres;
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
