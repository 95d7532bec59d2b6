import { postgresAlone } from '../../bench/batches/index.js';
import { issuing } from '../fixtures/installation.js';
import { approvedCards } from '../fixtures/requests.js';
import { createTestDatabase } from '../support/database.js';
import { addBackend } from '../fixtures/backends.js';

test('PostgreSQL alone leaves the rows that a batch order leaves', async () => {
  const database = await createTestDatabase();
  try {
    const { knex: db } = database;
    await issuing(db);
    await addBackend(db, 'print-shop');
    const ids = await approvedCards(db, 1_000);
    expect(await postgresAlone(database.url, ids)).toBeGreaterThan(0);
    expect(await db('batch_order').first('state', 'chosen', 'ordered', 'succeeded', 'open')).toEqual({
      state: 'completed',
      chosen: 1_000,
      ordered: 1_000,
      succeeded: 1_000,
      open: 0,
    });
    const count = async (table: string, where: object = {}) => (await db(table).where(where)).length;
    expect(
      await Promise.all([
        count('card', { state: 'issued' }),
        count('production_order', { state: 'produced' }),
        count('production_result', { applied: true }),
        count('card_snapshot'),
      ]),
    ).toEqual([1_000, 1_000, 1_000, 1_000]);
    expect(await db('audit').whereIn('action', ['card-ordered', 'card-produced'])).toHaveLength(2_000);
  } finally {
    await database.drop();
  }
}, 120_000);
