import express from 'express';
import { z } from 'zod';
import { ProductError } from '../../src/kernel/errors.js';
import { assertMatch, etagOf } from '../../src/web/etag.js';
import { listOf, listPage, listQuery } from '../../src/web/list.js';
import { mountRoutes } from '../../src/web/mount-routes.js';
import { testRefusals } from '../support/refusals.js';
import { requestId } from '../../src/web/request-id.js';
import { defineRoute, jsonBody, type Route } from '../../src/web/route.js';
import { listen, type Listening } from '../support/listen.js';
import { person } from './support/people.js';

const thing = z.object({ id: z.int(), name: z.string() }).meta({ id: 'Thing' });
const things = [1, 2, 3].map((id) => ({ id, name: `thing ${id}` }));

const routes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/things',
    summary: 'Things',
    tags: ['Things'],
    query: listQuery(z.object({ id: z.int() }), { name: z.string().optional() }),
    responses: { 200: { description: 'A page', schema: listOf(thing) } },
    handler: async ({ query }) => {
      const rows = things.filter(({ id }) => id > (query.cursor?.id ?? 0)).slice(0, query.limit + 1);
      return {
        status: 200,
        body: listPage(
          rows,
          query.limit,
          (row) => row,
          ({ id }) => ({ id }),
        ),
      };
    },
  }),
  defineRoute({
    method: 'post',
    path: '/things',
    summary: 'Make a thing',
    tags: ['Things'],
    roles: ['admin'],
    idempotent: true,
    body: jsonBody(z.object({ name: z.string().min(2), size: z.object({ width: z.number() }) }), 200),
    responses: { 202: { description: 'Taken', headers: { Location: 'The thing' } } },
    errors: ['holder-unknown'],
    handler: async ({ body, idempotencyKey }) => {
      if (body.name === 'nobody') throw new ProductError('holder-unknown', 'Nobody is called nobody.', { hint: 'x' });
      if (body.name === 'boom') throw new Error('a secret detail');
      return { status: 202, headers: { Location: `/things/${idempotencyKey ?? 'none'}` } };
    },
  }),
  defineRoute({
    method: 'put',
    path: '/things/:id',
    summary: 'Change a thing',
    tags: ['Things'],
    params: z.object({ id: z.coerce.number().int() }),
    conditional: true,
    responses: { 200: { description: 'Changed', schema: thing, headers: { ETag: 'Version' } } },
    handler: async ({ params, ifMatch }) => {
      assertMatch(ifMatch, etagOf(7));
      return { status: 200, body: { id: params.id, name: 'changed' }, headers: { ETag: etagOf(8) } };
    },
  }),
  defineRoute({
    method: 'put',
    path: '/things/:id/rows',
    summary: 'Rows of a thing',
    tags: ['Things'],
    params: z.object({ id: z.string() }),
    body: { kind: 'text', contentTypes: ['text/csv'], limitBytes: 20 },
    responses: { 200: { description: 'The rows again', contentType: 'text/csv' } },
    handler: async ({ body }) => ({ status: 200, body }),
  }),
];

let server: Listening;
let roles: Parameters<typeof person>[1][] = ['admin'];

beforeAll(async () => {
  const app = express();
  app.set('query parser', 'simple');
  app.use(requestId);
  app.use(
    '/api/v1',
    mountRoutes(routes, async () => person('ada', ...roles)),
  );
  app.use(() => {
    throw new ProductError('not-found', 'There is nothing at this address.');
  });
  app.use(testRefusals());
  server = await listen(app);
});
afterAll(() => server.close());
beforeEach(() => {
  roles = ['admin'];
});

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: payload }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

test('a list gives pages whose cursors lead on to its end', async () => {
  const first = await call('GET', '/things?limit=2');
  expect(first.body.items.map(({ id }: { id: number }) => id)).toEqual([1, 2]);
  const second = await call('GET', `/things?limit=2&cursor=${first.body.next}`);
  expect(second.body).toEqual({ items: [{ id: 3, name: 'thing 3' }], next: null });
});

test.each([
  'limit=0',
  'limit=201',
  'limit=ten',
  'cursor=garbage',
  'cursor=eyJpZCI6IngifQ',
  'limit=1&limit=2',
  'nmae=x',
])('the query %s is refused and named', async (query) => {
  const { status, body } = await call('GET', `/things?${query}`);
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'invalid-request', errors: [{ field: query.split('=')[0] }] });
});

test('every wrong field of a body is named', async () => {
  const { status, headers, body } = await call('POST', '/things', {
    name: 'x',
    size: { width: '1', depth: 2 },
    colour: 1,
  });
  expect(status).toBe(400);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(['colour', 'name', 'size.width']);
  expect(body).toMatchObject({
    type: '/problems/invalid-request',
    status: 400,
    requestId: headers.get('x-request-id'),
  });
});

test('no text holds the character NUL, which the database could not store', async () => {
  const refused = (place: string) => ({ status: 400, body: { code: 'invalid-request', errors: [{ field: place }] } });
  expect(await call('GET', '/things?name=a%00b')).toMatchObject(refused('query'));
  expect(await call('POST', '/things', { name: 'a\0b', size: { width: 1 } })).toMatchObject(refused('body'));
});

test('a body that is malformed, missing, too large or of another type is refused', async () => {
  expect(await call('POST', '/things', '{"name":')).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  expect(await call('POST', '/things')).toMatchObject({ status: 400, body: { errors: [{ field: 'body' }] } });
  expect(await call('POST', '/things', { name: 'x'.repeat(300) })).toMatchObject({
    status: 413,
    body: { code: 'payload-too-large', detail: 'The body is larger than the 200 bytes that this address accepts.' },
  });
  const xml = await call('POST', '/things', '<a/>', { 'content-type': 'application/xml' });
  expect(xml).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
});

test('text bodies have their own types and limits', async () => {
  const csv = { 'content-type': 'text/csv; charset=utf-8' };
  expect(await call('PUT', '/things/1/rows', 'a;b', csv)).toMatchObject({ status: 200, body: 'a;b' });
  expect((await call('PUT', '/things/1/rows', 'x'.repeat(21), csv)).status).toBe(413);
  expect((await call('PUT', '/things/1/rows', { a: 1 })).status).toBe(415);
});

test('an idempotency key is handed over when it is printable', async () => {
  const body = { name: 'good', size: { width: 1 } };
  expect((await call('POST', '/things', body, { 'idempotency-key': 'k-1' })).headers.get('location')).toBe(
    '/things/k-1',
  );
  expect(await call('POST', '/things', body, { 'idempotency-key': 'x'.repeat(201) })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'Idempotency-Key' }] },
  });
});

test('If-Match lets a change through only on the state it was made for', async () => {
  expect((await call('PUT', '/things/1')).status).toBe(200);
  expect((await call('PUT', '/things/1', undefined, { 'if-match': '"7"' })).headers.get('etag')).toBe('"8"');
  expect(await call('PUT', '/things/1', undefined, { 'if-match': '"6"' })).toMatchObject({
    status: 412,
    body: { code: 'stale' },
  });
});

test('a refusal of a handler keeps its code and its further members', async () => {
  const { status, body } = await call('POST', '/things', { name: 'nobody', size: { width: 1 } });
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: 'holder-unknown', detail: 'Nobody is called nobody.', hint: 'x' });
});

test('an unexpected error gives an id and no details', async () => {
  const { status, headers, body } = await call('POST', '/things', { name: 'boom', size: { width: 1 } });
  expect(status).toBe(500);
  expect(body).toMatchObject({ code: 'internal', requestId: headers.get('x-request-id') });
  expect(JSON.stringify(body)).not.toContain('secret');
});

test('someone without the role is told the group', async () => {
  roles = ['operator'];
  const { status, body } = await call('POST', '/things', { name: 'good', size: { width: 1 } });
  expect(status).toBe(403);
  expect(body.detail).toContain('card-admins');
});

test('an unknown address is 404, a known one with another method 405', async () => {
  expect(await call('GET', '/nothing')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  const { status, headers } = await call('DELETE', '/things');
  expect(status).toBe(405);
  expect(headers.get('allow')).toBe('GET, HEAD, POST');
  expect((await call('PUT', '/things/%zz')).status).toBe(400);
});
