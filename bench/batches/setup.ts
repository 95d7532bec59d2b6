import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type Knex } from '../../src/kernel/db/database.js';
import { approvedCards } from '../../test/fixtures/requests.js';
import { databaseUrls } from '../lib/canary-search.js';
import { change, ok } from '../lib/production-installation.js';
import { Installation } from '../lib/installation.js';

/** A card type that is printed and has neither photo nor chip: both arms do the same for a card. */
const cardType = 'contractor';
/** Workers look at the settings of their backends every ten seconds. */
const settingsSeenMs = 11_000;

/** A whole installation whose print shop makes every card at once. */
export class BatchPlace {
  private constructor(
    readonly installation: Installation,
    readonly db: Knex,
    readonly cardsUrl: string,
    readonly engineUrl: string,
    /** Where server and worker report how much memory they use. */
    readonly memory: string,
    private readonly definition: string,
    private readonly directory: string,
  ) {}

  static async start(say: (line: string) => void): Promise<BatchPlace> {
    const directory = await mkdtemp(join(tmpdir(), 'cards-batches-'));
    const script = join(directory, 'script.json');
    await writeFile(script, JSON.stringify({ cardMs: 0, ribbonCards: 10_000_000 }));
    const installation = await Installation.start(['--enable', 'request-card=without-approval'], say, {
      program: 'bench/batches/start.mjs',
      env: { SAMPLE_DATA: 'demo', PRINT_SHOP_SCRIPT: script, BENCH_MEMORY: directory },
    });
    const { cards, engine } = await databaseUrls(installation);
    const db = openDatabase(cards, 2);
    await change(installation, `/card-types/${cardType}`, { photoRequired: false, chip: false });
    const version = await db('process_version')
      .where({ variant: 'without-approval', use_case: 'request-card' })
      .first<{ id: string }>({ id: 'definition_id' });
    return new BatchPlace(installation, db, cards, engine, directory, version.id, directory);
  }

  /** Approved cards of holders of their own, as decisions would leave them. @returns their ids */
  async cards(count: number, department = 'Testing'): Promise<string[]> {
    const ids = await approvedCards(this.db, count, { cardType, definition: this.definition, department });
    // As on a system that has run for a while: the planner knows the tables.
    await this.db.raw('analyze holder, card, card_request, batch_row, production_order, card_snapshot');
    return ids;
  }

  /** From now on a request waits for an approval. */
  async requireApproval(): Promise<void> {
    await ok(
      this.installation.call('admin', 'PUT', '/use-cases/request-card', { enabled: true, variant: 'with-approval' }),
    );
  }

  /** Changes how many cards the print shop gets in a call, and waits until the worker has seen it. */
  async setCalls(cardsPerCall: number, callsAtOnce: number): Promise<void> {
    const { body } = await ok(this.installation.call('admin', 'GET', '/backends/print-shop'));
    if (body.settings.cardsPerCall === cardsPerCall && body.settings.callsAtOnce === callsAtOnce) return;
    await change(this.installation, '/backends/print-shop', {
      settings: { ...body.settings, cardsPerCall, callsAtOnce },
    });
    await sleep(settingsSeenMs);
  }

  async stop(): Promise<void> {
    await this.db.destroy();
    await this.installation.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
