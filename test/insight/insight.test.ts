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
import { addHolder, installed, variants } from '../support/cards-data.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
  await installed(db);
  await db('backend').insert({ id: 'shop', name: 'Shop', kind: 'http', settings: '{}' });
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
  const of = { holder_id: await addHolder(db, `E-${randomUUID()}`), card_type: 'visitor', created_at: minutes(0) };
  const card = randomUUID();
  const id = randomUUID();
  await db('card').insert({ id: card, ...of, state: 'requested', changed_at: minutes(0) });
  await db('card_request').insert({
    id,
    ...of,
    card_id: card,
    requester: 'operator',
    source: 'api',
    state: 'requested',
    definition_id: variants.withApproval.definitionId,
    registered_at: minutes(1),
  });
  if (times.decided === null) return;
  await db('card').where({ id: card }).update({ state: 'approved' });
  await db('card_request')
    .where({ id })
    .update({ state: 'approved', ended_at: minutes(times.decided) });
  const proof = { approver: 'approver', task_id: 't', operation_id: 'o', completed_at: minutes(times.decided) };
  await db('decision').insert({
    request_id: id,
    decision: 'approve',
    cause: 'approver',
    requester: 'operator',
    decided_at: minutes(times.decided),
    ...proof,
  });
  if (times.ordered === undefined) return;
  await db('card').where({ id: card }).update({ state: 'ordered' });
  const row = {
    card_id: card,
    number: 1,
    backend: 'shop',
    ordered_by: 'producer',
    ordered_at: minutes(times.ordered),
    state: 'intent',
  };
  const [end] = [
    times.failed === true ? { state: 'failed', reason_code: 'ribbon', reason: 'No ribbon' } : { state: 'produced' },
  ];
  await db.transaction(async (trx) => {
    // The path through the ledger is not what is looked at here.
    await trx.raw(`set local session_replication_role = 'replica'`);
    await trx('production_order').insert({ ...row, ...end, ended_at: minutes(times.ended ?? 0) });
  });
  await db('card')
    .where({ id: card })
    .update({ state: times.failed === true ? 'failed' : 'issued' });
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
