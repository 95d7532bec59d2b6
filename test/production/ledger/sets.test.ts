import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Knex } from '../../../src/kernel/db/database.js';
import type { ProductionBackend } from '../../../src/production/backends/backend.js';
import { OrderLedger } from '../../../src/production/order-ledger.js';
import { JobLoop } from '../../../src/kernel/job.js';
import { ProductionCarrier } from '../../../src/production/production-carrier.js';
import { CardSecrets } from '../../../src/production/secrets/card-secrets.js';
import { KeyRing } from '../../../src/kernel/key-ring.js';
import { running, countedBatch } from '../../fixtures/batches.js';
import { issuing } from '../../fixtures/installation.js';
import { ordered, say } from '../../fixtures/productions.js';
import { approvedCards } from '../../fixtures/requests.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { FaultyShop } from './faulty-shop.js';

const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
const secrets = new CardSecrets(new KeyRing([{ id: 'test', key: randomBytes(32) }]));
const none = { down: 0, busy: 0, lostOnTheWay: 0, answerLost: 0, refused: 0, jammed: 0 };

let database: TestDatabase;
let db: Knex;
const carriers: JobLoop[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await issuing(db);
});
afterEach(() => Promise.all(carriers.splice(0).map((carrier) => carrier.stop())));

/** A backend that takes five hundred cards in one call at a time. */
class LargeShop extends FaultyShop {
  override readonly cardsPerCall = 500;
  override readonly callsAtOnce = 1;
  readonly mostWaiting?: number;
  readonly callSizes: number[] = [];

  constructor(mostWaiting?: number) {
    super(() => 0, { ...none });
    if (mostWaiting !== undefined) this.mostWaiting = mostWaiting;
  }

  override submit(cards: Parameters<ProductionBackend['submit']>[0]): ReturnType<ProductionBackend['submit']> {
    this.callSizes.push(cards.length);
    return super.submit(cards);
  }
}

async function carry(backend: ProductionBackend): Promise<void> {
  const times = {
    idleMs: 50,
    firstDelayMs: 5,
    longestDelayMs: 60,
    statusMs: 60_000,
    polling: { firstMs: 60_000, longestMs: 60_000 },
  };
  const carrier = new ProductionCarrier({
    db,
    log,
    secrets,
    times,
    worker: randomUUID(),
    registry: new Registry(),
    backends: { all: async () => [backend] },
  });
  const loop = new JobLoop(carrier, log);
  carriers.push(loop);
  loop.start();
}

const inState = async (state: string): Promise<number> => (await db('production_order').where({ state })).length;
const until = (state: string, count: number) =>
  eventually(`${count} orders are ${state}`, 60_000, async () => (await inState(state)) === count);

it('takes the same number of statements for ten cards as for five hundred', async () => {
  const counted: number[] = [];
  for (const count of [10, 500]) {
    await running(db, await approvedCards(db, count));
    const shop = new LargeShop();
    let statements = 0;
    // How often the carrier and this test look into the ledger meanwhile depends on the time that it takes.
    const look = /with due|min\(greatest|backend_state|^select \* from "production_order"/;
    const tally = ({ sql }: { sql: string }) => (statements += look.test(sql) ? 0 : 1);
    db.on('query', tally);
    await carry(shop);
    await until('submitted', count);
    await Promise.all(carriers.splice(0).map((carrier) => carrier.stop()));
    db.removeListener('query', tally);
    expect(shop.callSizes).toEqual([count]);
    counted.push(statements);
    await database.clear();
    await issuing(db);
  }
  expect(counted[0]).toBeGreaterThan(5);
  expect(counted[1]).toBe(counted[0]);
}, 120_000);

it('gives each card a PIN and PUK of its own', async () => {
  const ids = await approvedCards(db, 40);
  await running(db, ids);
  const prepared = new Map<string, string>();
  const shop = new LargeShop();
  shop.prepare = async ({ cardId, secrets: own }) => {
    prepared.set(cardId, `${own?.pin}/${own?.puk}`);
    return Buffer.from(cardId);
  };
  await carry(shop);
  await until('submitted', 40);
  expect(new Set(prepared.values()).size).toBe(40);
  expect(await db('card_secret')).toHaveLength(80);
  const opened = await secrets.openSecrets(
    db,
    ids.map((cardId) => ({ cardId, number: 1 })),
  );
  for (const [cardId, own] of prepared)
    expect(opened.get(`${cardId}-1`)).toEqual({ pin: own.split('/')[0], puk: own.split('/')[1] });
});

it('fails a card that can never be made, with its PIN erased, and hands over the others', async () => {
  const ids = await approvedCards(db, 6);
  await running(db, ids);
  const shop = new LargeShop();
  const prepare = shop.prepare.bind(shop);
  shop.prepare = (job) => (job.cardId === ids[2] ? Promise.reject(new Error('unforeseen')) : prepare(job));
  await db.raw('alter table card_snapshot disable trigger all');
  await db('card_snapshot').where({ card_id: ids[4] }).delete();
  await db.raw('alter table card_snapshot enable trigger all');
  await carry(shop);
  await until('submitted', 4);
  await until('failed', 1);
  expect(await db('production_order').where({ card_id: ids[4] }).first()).toMatchObject({
    state: 'failed',
    reason_code: 'production-refused',
  });
  expect(await db('card_secret').where({ card_id: ids[4] })).toEqual([]);
  expect(await db('production_order').where({ card_id: ids[2] }).first()).toMatchObject({
    state: 'intent',
    call_began_at: null,
    reason: expect.stringContaining('could not be prepared'),
  });
});

it('lets one whose PIN cannot be opened wait, and hands over the others', async () => {
  const ids = await approvedCards(db, 6);
  await running(db, ids);
  await db.transaction((trx) => secrets.makeSecrets(trx, [{ cardId: ids[0] ?? '', number: 1, chip: true }]));
  await db('card_secret').where({ card_id: ids[0] }).update({ key_id: 'lost' });
  await carry(new LargeShop());
  await until('submitted', 5);
  expect(await db('production_order').where({ card_id: ids[0] }).first()).toMatchObject({
    state: 'intent',
    body: null,
    reason: expect.stringContaining('"lost"'),
  });
});

it('prepares nothing for what was taken away from its worker meanwhile', async () => {
  await running(db, await approvedCards(db, 3));
  const ledger = new OrderLedger(db);
  const claim = { holder: 'slow', leaseMs: 60_000 };
  const claimed = await ledger.claimIntents('shop', 10, claim);
  await db('production_order').where({ card_id: claimed[1]?.cardId }).update({ claimed_by: 'other' });
  const held = await db.transaction(async (trx) => {
    const keys = await ledger.hold(trx, claimed, claim);
    await ledger.keepBodies(
      trx,
      claimed.map((key) => ({ ...key, body: Buffer.from('body') })),
      claim,
    );
    return keys.map(({ cardId }) => cardId);
  });
  expect(held.sort()).toEqual([claimed[0]?.cardId, claimed[2]?.cardId].sort());
  expect(await db('production_order').whereNotNull('body').pluck('card_id')).toHaveLength(2);
});

it('applies the refusals of one answer together', async () => {
  const ids = await approvedCards(db, 8);
  const batch = await running(db, ids);
  const shop = new LargeShop();
  shop.submit = async (cards) =>
    cards.map(({ cardId, number }, index) => {
      if (index % 2 === 0) return { cardId, number, outcome: 'accepted', orderId: `o-${index}` };
      return { cardId, number, outcome: 'refused', code: 'photo', reason: 'Too dark' };
    });
  await carry(shop);
  await until('submitted', 4);
  await until('failed', 4);
  expect(await countedBatch(db, batch)).toMatchObject({ counts: { ordered: 8, failed: 4 } });
});

it('gives a backend no more than may wait there, and continues as cards are made', async () => {
  const ids = await approvedCards(db, 30);
  await running(db, ids);
  const shop = new LargeShop(12);
  await carry(shop);
  await until('submitted', 12);
  const single = await ordered(db);
  await say(db, ids.slice(0, 5), 'produced');
  await until('submitted', 12);
  expect(await db('production_order').where({ card_id: single.cardId }).first('state')).toEqual({ state: 'submitted' });
  for (let made = 5; made < 30; made += 5) {
    await eventually(
      'the next ones are there',
      60_000,
      async () =>
        (
          await db('production_order')
            .where({ state: 'submitted' })
            .whereIn('card_id', ids.slice(made, made + 5))
        ).length === 5,
    );
    await say(db, ids.slice(made, made + 5), 'produced');
  }
  await until('produced', 30);
  expect(Math.max(...shop.callSizes)).toBeLessThanOrEqual(12);
});
