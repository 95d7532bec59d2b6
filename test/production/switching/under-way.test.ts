import { randomUUID } from 'node:crypto';
import type { Knex, Transaction } from '../../../src/kernel/db/database.js';
import { OrderLedger, type Claim } from '../../../src/production/order-ledger.js';
import { orderDirectly } from '../../../src/production/production-service.js';
import type { PlacedOrder } from '../../../src/production/production-types.js';
import { changeUseCase } from '../../../src/variants/use-cases/use-case-changes.js';
import { addHolder } from '../../fixtures/holders.js';
import { issuing, task } from '../../fixtures/installation.js';
import { ordered } from '../../fixtures/productions.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { lockWaits } from '../../support/lock-waits.js';

/** A switch of Request card and the handing over of a direct order, at the same time. */
let database: TestDatabase;
let db: Knex;
let ledger: OrderLedger;
const claim: Claim = { holder: 'worker', leaseMs: 600_000 };
const patience = 30_000;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
  ledger = new OrderLedger(db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await issuing(db);
});

const enableRequests = (trx: Transaction) =>
  changeUseCase(trx, 'request-card', { enabled: true, variant: 'with-approval' }, { actor: 'admin' });

/** A direct order that a worker has prepared and is about to hand over. */
async function prepared(): Promise<PlacedOrder> {
  const holder = await addHolder(db, `E-${randomUUID()}`);
  return prepare(
    await db.transaction((trx) =>
      orderDirectly(trx, { holder, cardType: 'visitor', orderedBy: 'producer', runningIn: task() }),
    ),
  );
}

async function prepare(order: PlacedOrder): Promise<PlacedOrder> {
  await ledger.claimIntents('shop', 10, claim);
  await db.transaction((trx) => ledger.keepBodies(trx, [{ ...order, body: Buffer.from('a card') }], claim));
  return order;
}

/** As soon as so many statements wait for a lock in this database. */
const waiting = (count: number) =>
  eventually(`${count} wait for a lock`, patience, async () => (await lockWaits(db)) >= count);

it('the worker waits for a switch that is being made, and then calls nobody', async () => {
  const order = await prepared();
  const switching = await db.transaction();
  await enableRequests(switching);
  const begun = ledger.beginCalls(claim);
  await Promise.race([begun, waiting(1)]);
  await switching.commit();
  expect(await begun).toEqual([]);
  expect(await ledger.overtaken(claim)).toEqual([{ cardId: order.cardId, number: 1 }]);
});

it('the switch waits for a worker that has looked at it and is about to call', async () => {
  const order = await prepared();
  const elsewhere = await db.transaction();
  await elsewhere('production_order').where({ card_id: order.cardId }).forUpdate().first('number');
  const begun = ledger.beginCalls(claim);
  await waiting(1);
  let switched = false;
  const switching = db.transaction(enableRequests).then(() => (switched = true));
  await Promise.race([switching, waiting(2)]);
  expect(switched).toBe(false);
  await elsewhere.commit();
  expect(await begun).toMatchObject([{ cardId: order.cardId }]);
  await switching;
});

it('approved cards wait for no switch', async () => {
  const order = await prepare(await ordered(db));
  const switching = await db.transaction();
  await enableRequests(switching);
  expect(await ledger.beginCalls(claim)).toMatchObject([{ cardId: order.cardId }]);
  await switching.commit();
});
