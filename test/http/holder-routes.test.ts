import express from 'express';
import sharp from 'sharp';
import { cardTypeRoutes } from '../../src/directory/card-types/card-type-routes.js';
import type { Role } from '../../src/domain/roles.js';
import { holderRoutes } from '../../src/directory/holders/holder-routes.js';
import { mountRoutes } from '../../src/web/mount-routes.js';
import { testRefusals } from '../support/refusals.js';
import { requestId } from '../../src/web/request-id.js';
import { enqueueMail } from '../../src/records/mail/mail-outbox.js';
import { mailRoutes } from '../../src/records/mail/mail-routes.js';
import { seedReferenceData, seedSampleData } from '../../src/sample-data/seed.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { listen, type Listening } from '../support/listen.js';
import { person } from './support/people.js';

let database: TestDatabase;
let server: Listening;
let roles: Role[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await seedReferenceData(database.knex);
  await seedSampleData(database.knex);
  const { knex } = database;
  const app = express();
  app.set('query parser', 'simple');
  app.use(requestId);
  app.use(
    '/api/v1',
    mountRoutes(
      [...holderRoutes(knex, { known: async () => new Set(['ada']) }), ...cardTypeRoutes(knex), ...mailRoutes(knex)],
      async () => person('ada', ...roles),
    ),
  );
  app.use(testRefusals());
  server = await listen(app);
});
beforeEach(() => {
  roles = ['admin'];
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const send = (path: string, init: RequestInit = {}) => fetch(`${server.url}/api/v1${path}`, init);
interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | null;
}
const getPage = async (path: string) => (await send(path)).json() as Promise<Page>;
const idOfFirst = ({ items }: Page) => String(items[0]?.['id']);
const photoOf = (color: string, width = 300, height = 400) =>
  sharp({ create: { width, height, channels: 3, background: color } })
    .jpeg()
    .toBuffer();
const put = async (path: string, body: Buffer, type = 'image/jpeg') =>
  send(path, { method: 'PUT', headers: { 'content-type': type }, body: new Uint8Array(body) });
const post = (query: string, body: string, type = 'text/csv') =>
  send(`/holders/import${query}`, { method: 'POST', headers: { 'content-type': type }, body });

test('lists everyone in pages, and finds by words and state', async () => {
  const seen = new Set<string>();
  let next = '';
  do {
    const page = await getPage(`/holders?limit=100${next === '' ? '' : `&cursor=${next}`}`);
    for (const holder of page.items) seen.add(String(holder['id']));
    next = page.next ?? '';
  } while (next !== '');
  expect(seen.size).toBe(266);
  const found = await getPage('/holders?q=ada%20sample&state=active');
  expect(found.items).toEqual([
    expect.objectContaining({
      givenName: 'Ada',
      familyName: 'Sample',
      state: 'active',
      account: null,
      hasPhoto: expect.any(Boolean),
    }),
  ]);
  expect(await (await send(`/holders/${idOfFirst(found)}`)).json()).toEqual(found.items[0]);
  expect((await send('/holders/6f1ed002-ab5c-4d3f-9a1e-000000000000')).status).toBe(404);
  expect((await send('/holders?state=gone')).status).toBe(400);
});

test('imports for administrators, telling first what would happen', async () => {
  const file =
    'employee_number;given_name;family_name;email;upn;department;state\r\nX1;Kim;Example;kim@example.org;kim@corp.example.org;;active\r\n';
  const dry = await post('?dryRun=true', file);
  expect([dry.status, await dry.json()]).toEqual([200, { created: 1, changed: 0, unchanged: 0, dryRun: true }]);
  expect(await (await post('', file, 'text/csv; charset=utf-8')).json()).toEqual({
    created: 1,
    changed: 0,
    unchanged: 0,
    dryRun: false,
  });
  const refused = await post('', file.replace('kim@example.org', 'kim'));
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({
    code: 'import-invalid',
    rowCount: 1,
    rows: [{ row: 2, field: 'email', message: 'must be an e-mail address' }],
  });
  expect((await post('', file, 'application/json')).status).toBe(415);
  roles = ['operator', 'approver', 'producer'];
  expect((await post('', file)).status).toBe(403);
});

test('takes a photo from operators, and shows it to those who work with it, once while it stays', async () => {
  const photo = `/holders/${idOfFirst(await getPage('/holders?q=ivo%20sample'))}/photo`;
  const again = async (etag: string) =>
    (await send(photo, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } })).status;
  roles = ['operator'];
  expect((await put(photo, await photoOf('#ff0000'))).status).toBe(204);
  const first = await send(photo);
  const etag = first.headers.get('etag') ?? '';
  expect([first.status, first.headers.get('content-type'), first.headers.get('cache-control')]).toEqual([
    200,
    'image/jpeg',
    'private, no-cache',
  ]);
  expect(await again(etag)).toBe(304);
  expect((await put(photo, await photoOf('#00ff00'))).status).toBe(204);
  expect(await again(etag)).toBe(200);

  const small = await put(photo, await photoOf('#00ff00', 100, 100));
  expect([small.status, await small.json()]).toEqual([422, expect.objectContaining({ code: 'photo-invalid' })]);
  expect((await put(photo, Buffer.from('GIF89a'), 'image/gif')).status).toBe(415);
  expect((await put(photo, await photoOf('#00ff00'), 'image/jpg')).status).toBe(204);
  const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
  for (const type of ['image/heic', 'image/heif', 'image/jpeg', 'image/jpg'])
    expect(await (await put(photo, heic, type)).json()).toMatchObject({
      code: 'photo-invalid',
      detail: 'The photo is HEIC, as phones save it. Save it as JPEG or PNG.',
    });
  expect((await put(photo, Buffer.alloc(5_000_001))).status).toBe(413);
  roles = ['approver'];
  expect((await put(photo, await photoOf('#0000ff'))).status).toBe(403);
  roles = ['designer'];
  expect((await send(photo)).status).toBe(403);
});

test('lists card types to everyone', async () => {
  roles = [];
  const first = await getPage('/card-types?limit=2');
  expect(first.items.map((type) => type['id'])).toEqual(['employee', 'contractor']);
  expect(await getPage(`/card-types?cursor=${first.next}`)).toEqual({
    items: [
      {
        id: 'visitor',
        name: 'Visitor card',
        photoRequired: false,
        chip: false,
        validityMonths: 1,
        layout: 'visitor',
        numberRange: 'visitor',
        backend: null,
        separateProducer: false,
        position: 3,
      },
    ],
    next: null,
  });
});

test('shows the outbox to administrators, newest first', async () => {
  const mails = ['one', 'two', 'three'].map((name) => ({
    eventKey: name,
    toAccount: name,
    subject: `<${name}>`,
    body: 'B',
    linkPath: '/',
  }));
  await enqueueMail(database.knex, mails);
  const first = await getPage('/mails?limit=2&state=pending');
  const newest = idOfFirst(first);
  expect(first.items).toMatchObject([
    {
      toAccount: 'three',
      toAddress: null,
      state: 'pending',
      attempts: 0,
      lastError: null,
      dueAt: expect.any(String),
      endedAt: null,
    },
    { toAccount: 'two' },
  ]);
  expect((await getPage(`/mails?cursor=${first.next}`)).items).toMatchObject([{ toAccount: 'one' }]);
  expect((await getPage('/mails?q=%3CTWO')).items).toMatchObject([{ toAccount: 'two' }]);
  expect(await getPage(`/mails/${newest}`)).toMatchObject({
    toAccount: 'three',
    subject: '<three>',
    body: 'B',
    linkPath: '/',
    sealed: false,
  });
  expect((await send('/mails/0')).status).toBe(404);
  roles = ['operator'];
  expect((await send('/mails')).status).toBe(403);
  expect((await send(`/mails/${newest}`)).status).toBe(403);
});
