import { beginRound, placeRound } from '../../../src/batches/batch-ordering.js';
import type { Knex } from '../../../src/kernel/db/database.js';
import { Random } from '../../../bench/lib/random.js';
import { draftOf, running, countedBatch } from '../../fixtures/batches.js';
import { issuing } from '../../fixtures/installation.js';
import { say } from '../../fixtures/productions.js';
import { approvedCards } from '../../fixtures/requests.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await issuing(db);
});

/** Results of all cards, in calls of random size and order, six at a time. */
async function bringResults(cards: readonly string[], random: Random): Promise<void> {
  const queue = random.shuffled(cards);
  const calls: { ids: string[]; state: 'produced' | 'failed' }[] = [];
  while (queue.length > 0)
    calls.push({ ids: queue.splice(0, 1 + random.below(6)), state: random.next() < 0.2 ? 'failed' : 'produced' });
  const bring = async (): Promise<void> => {
    for (let call = calls.shift(); call !== undefined; call = calls.shift()) await say(db, call.ids, call.state);
  };
  await Promise.all(Array.from({ length: 6 }, bring));
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'is reported once, with right counts, also when the last results are concurrent (seed %i)',
  async (seed) => {
    const random = new Random(seed);
    const lists = [await approvedCards(db, 31), await approvedCards(db, 17), await approvedCards(db, 1)];
    const ids = await Promise.all(lists.map((cards) => running(db, cards)));
    // Calls that bring results of several batch orders at once are among them.
    await bringResults(lists.flat(), random);
    for (const id of ids) {
      const { state, counts, counted, messages } = await countedBatch(db, id);
      expect({ counts, messages }).toEqual({ counts: counted, messages: 1 });
      expect(counts.succeeded + counts.failed).toBe(counts.chosen);
      expect(state).toBe(counts.failed > 0 ? 'reviewing' : 'completed');
    }
  },
);

it('is reported once where results come while cards are still being ordered', async () => {
  const cards = await approvedCards(db, 1_100);
  const batchId = await draftOf(db, cards);
  await db.transaction((trx) => beginRound(trx, { batchId, afterRound: 0, orderedBy: 'producer' }));
  let placing = true;
  const results = async (): Promise<void> => {
    for (let left = cards.length; left > 0;) {
      const ordered = await db('card').where({ state: 'ordered' }).pluck('id');
      if (!placing && ordered.length === 0) break;
      await say(db, ordered, 'produced');
      left -= ordered.length;
    }
  };
  await Promise.all([placeRound(db, batchId, 1).then(() => (placing = false)), results()]);
  const { state, counts, counted, messages } = await countedBatch(db, batchId);
  expect({ state, counts, messages }).toEqual({ state: 'completed', counts: counted, messages: 1 });
});
