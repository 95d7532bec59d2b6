import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrintShopProcess } from '../lib/print-shop-process.js';
import type { BatchPlace } from './setup.js';
import type { TextbookSettings } from './textbook-client.js';
import { textbookDiagram, textbookKey } from './textbook-diagram.js';

const loader = fileURLToPath(new URL('../../test/support/typescript-loader.mjs', import.meta.url));
const program = fileURLToPath(new URL('textbook-client.ts', import.meta.url));
const patienceMs = 300_000;
const user = 'card-server';

export interface TextbookRun {
  readonly cardsPerSecond: number;
  /** Completions that the engine refused and that were tried again, per card. */
  readonly refusedPerCard: number;
}

/**
 * The diagram of the textbook on the same engine, with the stock client and a print shop of its own, which reports no results:
 * nothing is written down about a card, and an accepted card counts as made.
 */
export class TextbookArm {
  private constructor(
    private readonly place: BatchPlace,
    private readonly shop: PrintShopProcess,
    private readonly client: ChildProcess,
    private readonly engineDb: pg.Client,
  ) {}

  static async start(place: BatchPlace, atOnce: number): Promise<TextbookArm> {
    const { installation } = place;
    const body = new FormData();
    body.set('deployment-name', textbookKey);
    body.set('diagram', new File([textbookDiagram], `${textbookKey}.bpmn`));
    await installation.engine.raw({ user, method: 'POST', path: '/deployment/create', body });
    const shop = await PrintShopProcess.start();
    const settings: TextbookSettings = {
      engineUrl: `${installation.engine.url}/engine-rest`,
      workerSecret: await installation.settingOf('worker', 'WORKER_SECRET'),
      shop: { url: shop.url, token: shop.token },
      atOnce,
    };
    const client = fork(program, [JSON.stringify(settings)], { execArgv: ['--import', loader] });
    await once(client, 'message');
    const engineDb = new pg.Client({ connectionString: place.engineUrl });
    await engineDb.connect();
    return new TextbookArm(place, shop, client, engineDb);
  }

  get clientPid(): number {
    return this.client.pid ?? 0;
  }

  /** From the start of the process to its end. */
  async run(cards: number): Promise<TextbookRun> {
    const { engine } = this.place.installation;
    const before = await this.failures();
    const began = performance.now();
    const { id } = await engine.call<{ id: string }>({
      ...{ user, method: 'POST', path: `/process-definition/key/${textbookKey}/start` },
      body: { variables: { cards: { value: cards, type: 'Integer' } } },
      timeoutMs: patienceMs,
    });
    for (const deadline = Date.now() + patienceMs; ; await sleep(25)) {
      const { rows } = await this.engineDb.query<{ ended: boolean }>(
        'select end_time_ is not null as ended from act_hi_procinst where id_ = $1',
        [id],
      );
      if (rows[0]?.ended === true) break;
      if (Date.now() > deadline) throw new Error('The textbook process does not end.');
    }
    const seconds = (performance.now() - began) / 1_000;
    return { cardsPerSecond: cards / seconds, refusedPerCard: ((await this.failures()) - before) / cards };
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    if (this.client.exitCode === null) await once(this.client, 'exit');
    await this.engineDb.end();
    await this.shop.stop();
  }

  private async failures(): Promise<number> {
    const answer = once(this.client, 'message') as Promise<[{ failures: number }]>;
    this.client.send('tell');
    return (await answer)[0].failures;
  }
}
