import express from 'express';
import { randomUUID } from 'node:crypto';
import type { Knex } from '../../../src/kernel/db/database.js';
import type { Role } from '../../../src/domain/roles.js';
import { mountRoutes } from '../../../src/web/mount-routes.js';
import { testRefusals } from '../../support/refusals.js';
import { requestId } from '../../../src/web/request-id.js';
import { applyResult } from '../../../src/production/production-results.js';
import { productionRoutes } from '../../../src/production/production-routes.js';
import { listen, type Listening } from '../../support/listen.js';
import { person } from '../../http/support/people.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { issuing } from '../../fixtures/installation.js';
import { approvedCard } from '../../fixtures/requests.js';

let database: TestDatabase;
let db: Knex;
let server: Listening;
let roles: Role[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
  const app = express();
  app.use(requestId);
  app.use(
    '/api/v1',
    mountRoutes(productionRoutes(db), async () => person('producer', ...roles)),
  );
  app.use(testRefusals());
  server = await listen(app);
});
beforeEach(async () => {
  await database.clear();
  await issuing(db);
  roles = ['producer'];
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, location: response.headers.get('location'), body: await response.json() };
}
const say = (cardId: string, number: number, state: 'produced' | 'failed') =>
  db.transaction((trx) => {
    const about = { cardId, number, orderId: 'o-1' };
    const report =
      state === 'produced'
        ? { ...about, state, evidence: { chipUid: '04A1' } }
        : { ...about, state, code: 'jam', reason: 'Card jam' };
    return applyResult(trx, { backend: 'shop', eventId: randomUUID(), report });
  });

it('orders a card, once for an idempotency key, and shows its productions, newest last', async () => {
  const id = await approvedCard(db);
  const key = { 'idempotency-key': 'once' };
  const [first, again] = [
    await call('POST', `/cards/${id}/production`, undefined, key),
    await call('POST', `/cards/${id}/production`, undefined, key),
  ];
  expect(first).toMatchObject({
    status: 202,
    location: `/api/v1/cards/${id}/production`,
    body: { number: 1, state: 'intent', backend: 'shop', orderedBy: 'producer' },
  });
  expect(again).toEqual(first);
  expect(await db('engine_command').where({ card_id: id })).toMatchObject([{ kind: 'start' }]);
  expect(await call('POST', `/cards/${id}/production`)).toMatchObject({ status: 409, body: { code: 'order-live' } });
  expect(await call('POST', `/cards/${await approvedCard(db)}/production`, undefined, key)).toMatchObject({
    status: 422,
    body: { code: 'idempotency-mismatch' },
  });
  await say(id, 1, 'failed');
  expect(
    await call('POST', `/cards/${id}/production/1/repeat`, undefined, { 'idempotency-key': 'twice' }),
  ).toMatchObject({ status: 202, body: { number: 2, state: 'intent' } });
  expect(
    await call('POST', `/cards/${id}/production/1/repeat`, undefined, { 'idempotency-key': 'twice' }),
  ).toMatchObject({ status: 202, body: { number: 2 } });
  expect((await call('POST', `/cards/${id}/production/1/repeat`)).status).toBe(409);
  await say(id, 2, 'produced');
  expect((await call('GET', `/cards/${id}/production`)).body).toMatchObject({
    items: [
      {
        number: 1,
        state: 'failed',
        backend: 'shop',
        orderId: 'o-1',
        evidence: {},
        reason: 'Card jam',
        reasonCode: 'jam',
        endedAt: expect.any(String),
      },
      { number: 2, state: 'produced', backend: 'shop', orderId: 'o-1', evidence: { chipUid: '04A1' }, reason: null },
    ],
    next: null,
  });
});

it('never shows what is sent', async () => {
  const id = await approvedCard(db);
  await call('POST', `/cards/${id}/production`);
  await db('production_order').update({ body: Buffer.from('sealed') });
  expect(JSON.stringify((await call('GET', `/cards/${id}/production`)).body)).not.toContain('body');
});

it('declares a card spoilt and withdraws it for good', async () => {
  const id = await approvedCard(db);
  await call('POST', `/cards/${id}/production`);
  expect(await call('POST', `/cards/${id}/production/1/spoilt`, { reason: 'Stripes' })).toMatchObject({
    status: 409,
    body: { code: 'not-produced' },
  });
  await say(id, 1, 'produced');
  expect(await call('POST', `/cards/${id}/production/1/spoilt`, { reason: 'Stripes' })).toMatchObject({
    status: 200,
    body: { state: 'produced', spoilt: { by: 'producer', reason: 'Stripes' } },
  });
  expect(await call('POST', `/cards/${id}/cancel`, { reason: ' ' })).toMatchObject({ status: 400 });
  expect(await call('POST', `/cards/${id}/cancel`, { reason: 'Left' })).toMatchObject({
    status: 200,
    body: { id, state: 'cancelled' },
  });
});

it('cancels an order, at once or by asking the backend', async () => {
  const [waiting, called] = [await approvedCard(db), await approvedCard(db)];
  for (const id of [waiting, called]) await call('POST', `/cards/${id}/production`);
  await db('production_order')
    .where({ card_id: called })
    .update({ body: Buffer.from('b'), call_began_at: db.fn.now() });
  expect(await call('POST', `/cards/${waiting}/production/1/cancel`, { reason: 'Wrong' })).toMatchObject({
    status: 200,
    body: { state: 'cancelled', reason: 'Wrong' },
  });
  expect(await call('POST', `/cards/${called}/production/1/cancel`, { reason: 'Wrong' })).toMatchObject({
    status: 202,
    body: { state: 'intent', cancelRequestedBy: 'producer' },
  });
  expect(await call('POST', `/cards/${called}/production/7/cancel`, { reason: 'Wrong' })).toMatchObject({
    status: 404,
  });
});

it.each([
  ['POST', '/production'],
  ['GET', '/production'],
  ['POST', '/production/1/repeat'],
  ['POST', '/production/1/cancel'],
  ['POST', '/production/1/spoilt'],
  ['POST', '/cancel'],
])('is for production operators only: %s %s', async (method, path) => {
  roles = ['operator', 'approver', 'admin', 'designer'];
  expect(
    await call(method, `/cards/${randomUUID()}${path}`, method === 'GET' ? undefined : { reason: 'x' }),
  ).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});
