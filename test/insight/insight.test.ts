/** Figures over requests and cards, from rows whose times are known. */
import { randomUUID } from 'node:crypto';
import {
  countThings,
  readDurations,
  readFailures,
  readOpenApprovals,
  readWaiting,
} from '../../src/oversight/insight/insight-reading.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { addHolder } from '../fixtures/holders.js';
import { installed } from '../fixtures/installation.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { addBackend } from '../fixtures/backends.js';
import { addCard } from '../fixtures/cards.js';
import { addRequest, decisionRow } from '../fixtures/requests.js';
import { addProduction, endProduction } from '../fixtures/productions.js';

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
  await installed(db);
  await addBackend(db, 'shop');
});
afterAll(() => database.drop());

const span = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-04-01T00:00:00Z') };
const minutes = (count: number): Date => new Date(Date.parse('2026-03-02T10:00:00Z') + count * 60_000);

/** A request of a Monday; each time in minutes after it, or null where it did not come so far. */
async function request(times: {
  decided: number | null;
  ordered?: number;
  ended?: number;
  failed?: boolean;
}): Promise<void> {
  const holder = await addHolder(db, `E-${randomUUID()}`);
  const began = { holder, createdAt: minutes(0) };
  const card = await addCard(db, { ...began, state: 'requested' });
  const registered = { ...began, card, registeredAt: minutes(1) };
  if (times.decided === null) {
    await addRequest(db, registered);
    return;
  }
  const at = minutes(times.decided);
  const id = await addRequest(db, { ...registered, state: 'approved', endedAt: at });
  await db('card').where({ id: card }).update({ state: 'approved' });
  await db('decision').insert(decisionRow(id, { completed_at: at, decided_at: at }));
  if (times.ordered === undefined) return;
  await db('card').where({ id: card }).update({ state: 'ordered' });
  await addProduction(db, { card, orderedAt: minutes(times.ordered) });
  const failed = times.failed === true;
  await endProduction(db, card, failed ? 'failed' : 'produced', {
    ended_at: minutes(times.ended ?? 0),
    ...(failed && { reason_code: 'ribbon', reason: 'No ribbon' }),
  });
  await db('card')
    .where({ id: card })
    .update({ state: failed ? 'failed' : 'issued' });
}

test('tells how many, how long, where it waits and why it failed', async () => {
  await request({ decided: 10, ordered: 40, ended: 100 });
  await request({ decided: 20, ordered: 80, ended: 200 });
  await request({ decided: 30, ordered: 40, ended: 50, failed: true });
  await request({ decided: null });
  expect(await countThings(db, 'card_request', 'day', span)).toEqual([
    { period: '2026-03-02', cardType: 'visitor', state: 'approved', count: 3 },
    { period: '2026-03-02', cardType: 'visitor', state: 'requested', count: 1 },
  ]);
  expect(
    (await countThings(db, 'card', 'week', span)).map(({ period, state, count }) => [period, state, count]),
  ).toEqual([
    ['2026-03-02', 'failed', 1],
    ['2026-03-02', 'issued', 2],
    ['2026-03-02', 'requested', 1],
  ]);
  const durations = await readDurations(db, 'day', span);
  expect(Object.fromEntries(durations.map(({ leg, count, p50 }) => [leg, [count, Number(p50) / 60]]))).toEqual({
    'request-to-approval': [3, 20],
    'approval-to-order': [3, 30],
    'order-to-card': [2, 90],
    'request-to-card': [2, 150],
  });
  expect(durations.every(({ p90 }) => typeof p90 === 'number')).toBe(true);
  expect(await readFailures(db, span)).toEqual([{ backend: 'shop', code: 'ribbon', count: 1, lastAt: minutes(50) }]);
  const { classes, oldestAt } = await readOpenApprovals(db);
  expect(classes.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 1]);
  expect(oldestAt).toBe(minutes(1).toISOString());
  expect((await readWaiting(db)).map(({ state, count }) => [state, count])).toEqual([
    ['requested', 1],
    ['failed', 1],
  ]);
});

test('says nothing of what is outside its span', async () => {
  const before = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-02-01T00:00:00Z') };
  expect(await countThings(db, 'card', 'day', before)).toEqual([]);
  expect(await readDurations(db, 'week', before)).toEqual([]);
  expect(await readFailures(db, before)).toEqual([]);
});
