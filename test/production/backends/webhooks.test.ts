import { randomBytes, randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import express from 'express';
import { pino } from 'pino';
import type { Knex } from '../../../src/kernel/db/database.js';
import { mountRoutes } from '../../../src/web/mount-routes.js';
import { openApiDocument } from '../../../src/web/openapi.js';
import { testRefusals } from '../../support/refusals.js';
import { requestId } from '../../../src/web/request-id.js';
import type { Result, ResultList } from '../../../src/production/backends/http/contract.js';
import { webhookRoutes } from '../../../src/production/backends/http/webhook-routes.js';
import { signWebhook } from '../../../src/production/backends/http/webhook-signature.js';
import { listen, type Listening } from '../../support/listen.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { cardState } from '../../fixtures/cards.js';
import { issuing } from '../../fixtures/installation.js';
import { ordered } from '../../fixtures/productions.js';
import { addBackend } from '../../fixtures/backends.js';

const newKey = () => `whsec_${randomBytes(32).toString('base64')}`;
const keys = { shop: newKey(), other: newKey() };
const lines: string[] = [];
const log = pino(
  {},
  new Writable({ write: (chunk: Buffer, _encoding, done) => (lines.push(chunk.toString()), done()) }),
);

let database: TestDatabase;
let db: Knex;
let server: Listening;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
  const routes = webhookRoutes({
    db,
    log,
    secrets: { shop: { webhookKey: keys.shop }, other: { webhookKey: keys.other } },
  });
  const app = express();
  app.use(requestId);
  app.use(
    '/api/v1',
    mountRoutes(routes, () => Promise.reject(new Error('nobody signs in here'))),
  );
  app.use(testRefusals(log));
  server = await listen(app);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});
beforeEach(async () => {
  await database.clear();
  await issuing(db);
  for (const bureau of ['other', 'keyless']) await addBackend(db, bureau);
  await addBackend(db, 'printer', 'ipp');
  lines.length = 0;
});

const produced = (key: string, orderId = 'PB-1'): Result['order'] => ({
  key,
  orderId,
  state: 'produced',
  evidence: { serialNumber: 'S-1' },
});

function news(order: Result['order'], eventId: string = randomUUID()): Result {
  return { eventId, occurredAt: new Date().toISOString(), order };
}

interface Sent {
  readonly backend?: string;
  readonly key?: string;
  /** Seconds from now. */
  readonly age?: number;
  readonly body?: Buffer;
  readonly headers?: Record<string, string | undefined>;
}

/** Signs and sends a result, or what a test makes of it. */
async function send(
  result: Result | ResultList,
  { backend = 'shop', key = keys.shop, age = 0, body, headers = {} }: Sent = {},
) {
  const signed = Buffer.from(JSON.stringify(result));
  const timestamp = String(Math.floor(Date.now() / 1_000) - age);
  const all = {
    'content-type': 'application/json',
    'webhook-id': result.eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signWebhook({ id: result.eventId, timestamp, body: signed }, key),
    ...headers,
  };
  const answer = await fetch(`${server.url}/api/v1/production/webhooks/${backend}`, {
    method: 'POST',
    headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    body: body ?? signed,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    code: text === '' ? null : (JSON.parse(text).code as string),
    type: answer.headers.get('content-type'),
  };
}

const acknowledged = { status: 204, code: null, type: null };
const refused = { status: 401, code: 'signature-refused', type: expect.stringContaining('application/problem+json') };
const keyOf = ({ cardId, number }: { cardId: string; number: number }) => `${cardId}-${number}`;
const results = async () => (await db('production_result').select('event_id')).length;

test('a result that is signed is applied and acknowledged', async () => {
  const placed = await ordered(db);
  expect(await send(news(produced(keyOf(placed))))).toEqual(acknowledged);
  expect(await cardState(db, placed.cardId)).toBe('issued');
  expect(await db('production_order').where({ card_id: placed.cardId }).first()).toMatchObject({
    order_id: 'PB-1',
    evidence: { serialNumber: 'S-1' },
  });
});

test('one that comes again, at once or later, is acknowledged and changes nothing', async () => {
  const placed = await ordered(db);
  const result = news(produced(keyOf(placed)));
  const answers = await Promise.all([1, 2, 3, 4].map(() => send(result)));
  expect([...answers, await send(result, { age: 200 })]).toEqual(Array.from({ length: 5 }, () => acknowledged));
  expect(await results()).toBe(1);
  expect(await db('audit').where({ action: 'card-produced' })).toHaveLength(1);
});

describe('a list of results', () => {
  const list = (results: Result[], eventId: string = randomUUID()): ResultList => ({ eventId, results });

  test('is applied and acknowledged as one, for any number of repeats', async () => {
    const placed = [];
    for (let card = 0; card < 3; card += 1) placed.push(await ordered(db));
    const told = list([...placed.map((each) => news(produced(keyOf(each)))), news(produced(`${randomUUID()}-1`))]);
    expect([await send(told), await send(told)]).toEqual([acknowledged, acknowledged]);
    for (const { cardId } of placed) expect(await cardState(db, cardId)).toBe('issued');
    expect(await db('audit').where({ action: 'card-produced' })).toHaveLength(3);
    expect(lines.join('')).toContain('was not placed with it');
  });

  test('may report an order twice, in the order of the list', async () => {
    const key = keyOf(await ordered(db));
    expect(
      await send(
        list([news({ key, orderId: 'PB-1', state: 'accepted', message: 'Being made.' }), news(produced(key))]),
      ),
    ).toEqual(acknowledged);
    expect(await db('production_order').first('state', 'order_id')).toEqual({ state: 'produced', order_id: 'PB-1' });
  });

  test('is not held up by one that cannot be applied, which is asked for again', async () => {
    const [stuck, well] = [await ordered(db), await ordered(db)];
    await db.raw('alter table card disable trigger all');
    await db('card').where({ id: stuck.cardId }).update({ state: 'approved' });
    await db.raw('alter table card enable trigger all');
    expect(await send(list([stuck, well].map((each) => news(produced(keyOf(each))))))).toMatchObject({ status: 500 });
    expect(await cardState(db, well.cardId)).toBe('issued');
    expect(await db('production_order').where({ card_id: stuck.cardId }).first('state')).toEqual({ state: 'intent' });
  });

  test('without a result, or of more than 500, is none', async () => {
    expect(await send(list([]))).toMatchObject({ status: 400 });
    expect(await send(list(Array.from({ length: 501 }, () => news(produced(`${randomUUID()}-1`)))))).toMatchObject({
      status: 400,
    });
  });
});

test('older news after the result change nothing', async () => {
  const placed = await ordered(db);
  await send(news({ key: keyOf(placed), orderId: 'PB-1', state: 'failed', code: 'jam', reason: 'Jam.' }));
  expect(await send(news({ key: keyOf(placed), orderId: 'PB-1', state: 'accepted', message: 'Being made.' }))).toEqual(
    acknowledged,
  );
  expect(await cardState(db, placed.cardId)).toBe('failed');
});

test('what was never ordered is acknowledged, and said in the log', async () => {
  expect(await send(news(produced(`${randomUUID()}-1`)))).toEqual(acknowledged);
  expect(lines.join('')).toContain('was not placed with it');
});

test('a bureau cannot speak for another one', async () => {
  const placed = await ordered(db);
  expect(await send(news(produced(keyOf(placed))), { backend: 'other', key: keys.other })).toEqual(acknowledged);
  expect(await send(news(produced(keyOf(placed))), { backend: 'shop', key: keys.other })).toEqual(refused);
  expect(await cardState(db, placed.cardId)).toBe('ordered');
});

describe('what is not signed as it should be is refused', () => {
  const result = news(produced(`${randomUUID()}-1`));
  const tampered = Buffer.from(JSON.stringify({ ...result, occurredAt: '2020-01-01T00:00:00.000Z' }));

  test.each<[string, Sent]>([
    ['a body that was changed', { body: tampered }],
    ['a byte more', { body: Buffer.from(`${JSON.stringify(result)} `) }],
    ['another id', { headers: { 'webhook-id': randomUUID() } }],
    ['another time', { headers: { 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) - 30) } }],
    ['another key', { key: newKey() }],
    ['five minutes ago and a bit', { age: 305 }],
    ['five minutes from now and a bit', { age: -320 }],
    ['no id', { headers: { 'webhook-id': undefined } }],
    ['no time', { headers: { 'webhook-timestamp': undefined } }],
    ['a time that is none', { headers: { 'webhook-timestamp': 'NaN' } }],
    ['no signature', { headers: { 'webhook-signature': undefined } }],
    ['an empty signature', { headers: { 'webhook-signature': 'v1,' } }],
    ['a signature of another kind', { headers: { 'webhook-signature': 'v1a,AAAA' } }],
    ['a backend without a key', { backend: 'keyless' }],
  ])('%s', async (_what, sent) => {
    expect(await send(result, sent)).toEqual(refused);
    expect(await results()).toBe(0);
  });

  test('several signatures, as while a key is changed: one right one is enough', async () => {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const call = { id: result.eventId, timestamp, body: Buffer.from(JSON.stringify(result)) };
    const signature = `${signWebhook(call, newKey())} ${signWebhook(call, keys.shop)}`;
    expect(await send(result, { headers: { 'webhook-timestamp': timestamp, 'webhook-signature': signature } })).toEqual(
      acknowledged,
    );
  });
});

test.each(['nobody', 'printer', '..%2Fshop'])('no bureau is called %s', async (backend) => {
  expect(await send(news(produced(`${randomUUID()}-1`)), { backend })).toMatchObject({
    status: 404,
    code: 'not-found',
  });
});

describe('what is signed and is no result', () => {
  const signedBody = async (text: string, id = 'event') => {
    const body = Buffer.from(text);
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signWebhook({ id, timestamp, body }, keys.shop),
    };
    return send(news(produced(`${randomUUID()}-1`)), { body, headers });
  };

  test.each([
    ['no JSON', '{'],
    ['another message', '{"type":"ping"}'],
    ['a key that is none', JSON.stringify({ ...news(produced('x-1')), eventId: 'event' })],
    [
      'a number that no order has',
      JSON.stringify({ ...news(produced(`${randomUUID()}-99999999999`)), eventId: 'event' }),
    ],
    ['another event than signed for', JSON.stringify(news(produced(`${randomUUID()}-1`)))],
  ])('%s', async (_what, text) => {
    expect(await signedBody(text)).toMatchObject({ status: 400, code: 'invalid-request' });
  });

  test('not JSON by its type', async () => {
    expect(
      await send(news(produced(`${randomUUID()}-1`)), { headers: { 'content-type': 'text/plain' } }),
    ).toMatchObject({ status: 415 });
  });
});

test('a body that is too large is refused, signed or not', async () => {
  const huge = news(produced(`${randomUUID()}-1`, 'x'.repeat(1_000_000)));
  expect(await send(huge)).toMatchObject({ status: 413, code: 'payload-too-large' });
  expect(await results()).toBe(0);
});

test('no signature, no key and no body is in the log', async () => {
  await send(news(produced(`${randomUUID()}-1`)), { key: newKey() });
  await send(news(produced(`${randomUUID()}-1`)), { backend: 'keyless' });
  for (const secret of [keys.shop, 'v1,', 'serialNumber']) expect(lines.join('')).not.toContain(secret);
});

test('the description of the interface says that nobody signs in, and what is signed', () => {
  const document = openApiDocument(
    webhookRoutes({ db, log, secrets: {} }),
    { title: 'Test', version: '1' },
    'http://x',
  ) as any;
  const operation = document.paths['/production/webhooks/{backend}'].post;
  expect(operation.security).toEqual([]);
  expect(
    operation.parameters.map(({ name, required }: { name: string; required: boolean }) => [name, required]),
  ).toEqual([
    ['backend', true],
    ['webhook-id', true],
    ['webhook-timestamp', true],
    ['webhook-signature', true],
  ]);
  expect(Object.keys(operation.responses).sort()).toEqual(['204', '400', '401', '404', '413', '415', '500', '503']);
});
