import { openDatabase } from '../../src/kernel/db/database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test.each(['Asia/Tokyo', 'America/Los_Angeles', 'UTC'])('days of the database are days in %s', async (zone) => {
  const db = openDatabase(database.url, 1, zone);
  try {
    const { rows } = await db.raw(
      `select current_date = cast(now() at time zone ? as date) as same, current_setting('TimeZone') as zone`,
      [zone],
    );
    expect(rows).toEqual([{ same: true, zone }]);
  } finally {
    await db.destroy();
  }
});
