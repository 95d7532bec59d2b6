import type { Knex } from '../../../src/kernel/db/database.js';
import { OrderLedger } from '../../../src/production/order-ledger.js';
import { running } from '../../fixtures/batches.js';
import { issuing } from '../../fixtures/installation.js';
import { ordered } from '../../fixtures/productions.js';
import { approvedCards } from '../../fixtures/requests.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
let db: Knex;
let ledger: OrderLedger;
let claims = 0;

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

const claim = async (limit: number) => {
  const intents = await ledger.claimIntents('shop', limit, { holder: `test/${++claims}`, leaseMs: 60_000 });
  return intents.map(({ cardId }) => cardId);
};

it('takes a single card before the rest of ten thousand that were ordered before it', async () => {
  const many = await approvedCards(db, 10_000);
  await running(db, many);
  expect(await claim(500)).toHaveLength(500);
  const { cardId } = await ordered(db);
  // One card a call, as a printer takes them: the very next one.
  expect(await claim(1)).toEqual([cardId]);
}, 180_000);

it('lets batch orders take turns, so that a small one does not wait for a large one', async () => {
  const [large, small] = [await approvedCards(db, 300), await approvedCards(db, 5)];
  await running(db, large);
  await running(db, small);
  const first = await claim(10);
  expect(first.sort()).toEqual([...large.slice(0, 5), ...small].sort());
});
