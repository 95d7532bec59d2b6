/** Days are those of the installation's zone wherever the database or the server counts one. */
import { text } from 'node:stream/consumers';
import { readCardContent } from '../../src/cards/layouts/card-content.js';
import { openDatabase, type Knex } from '../../src/kernel/db/database.js';
import { dayOf, momentOf, setTimeZone } from '../../src/kernel/time-zone.js';
import { countThings } from '../../src/oversight/insight/insight-reading.js';
import { auditCsv } from '../../src/records/audit/audit-csv.js';
import { moment } from '../../src/web/moment.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { issuing } from '../fixtures/installation.js';
import { ordered } from '../fixtures/productions.js';
import { approvedCard } from '../fixtures/requests.js';

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test.each([
  ['2026-12-01', 1, '2026-12-31'],
  ['2026-12-31', 1, '2027-01-30'],
  ['2026-01-28', 1, '2026-02-27'],
  ['2026-01-29', 1, '2026-02-28'],
  ['2026-01-31', 1, '2026-02-28'],
  ['2028-02-29', 12, '2029-02-28'],
  ['2026-03-01', 12, '2027-02-28'],
])('a card of %s for %s months is valid through %s', async (first, months, last) => {
  const { rows } = await database.knex.raw(
    `select to_char(last_day_of_validity(cast(? as date), ?), 'YYYY-MM-DD') as last`,
    [first, months],
  );
  expect(rows).toEqual([{ last }]);
});

describe.each(['Asia/Tokyo', 'America/St_Johns', 'Pacific/Apia', 'Pacific/Pago_Pago', 'UTC'])('in %s', (zone) => {
  beforeAll(async () => {
    setTimeZone(zone);
    db = openDatabase(database.url, 2);
    await database.clear();
    await issuing(db);
  });
  afterAll(() => db.destroy());

  test('today of the database is today of the server', async () => {
    const { rows } = await db.raw(
      `select to_char(current_date, 'YYYY-MM-DD') as today, current_setting('TimeZone') as zone`,
    );
    expect(rows).toEqual([{ today: dayOf(new Date()), zone }]);
  });

  test('an ordered card ends as its preview has said, on a day that is counted from the first one of the zone', async () => {
    await db('card_type').update({ validity_months: 1 });
    const { elements } = await readCardContent(db, await approvedCard(db));
    const { cardId } = await ordered(db);
    const read = `to_char(valid_until, 'YYYY-MM-DD')`;
    const { rows } = await db.raw(
      `select ${read} as last, to_char(last_day_of_validity(cast(? as date), 1), 'YYYY-MM-DD') as due from card where id = ?`,
      [dayOf(new Date()), cardId],
    );
    expect(rows[0].last).toBe(rows[0].due);
    expect(elements.validUntil).toBe(rows[0].last);
  });

  test('figures, lists and files count the minutes around midnight to the right day', async () => {
    const midnight = momentOf('2026-03-08').getTime();
    const card = { id: await approvedCard(db) };
    for (const [at, day] of [
      [midnight - 60_000, '2026-03-07'],
      [midnight + 60_000, '2026-03-08'],
    ] as const) {
      await db('card')
        .where(card)
        .update({ created_at: new Date(at) });
      const span = { from: moment.parse('2026-03-07'), to: moment.parse('2026-03-09') };
      const counted = await countThings(db, 'card', 'day', span);
      expect(counted.map(({ period }) => period)).toEqual([day]);
      await db('audit').insert({ at: new Date(at), actor: 'a', action: 'b', object_type: 'c', object_id: day });
    }
    const csv = await text(
      auditCsv(db, { actor: 'a', from: moment.parse('2026-03-08'), to: moment.parse('2026-03-09') }),
    );
    expect(csv.split('\r\n').slice(1)).toEqual([expect.stringMatching(/^\d+,2026-03-08T00:01:00\.000[+-]/), '']);
  });
});
