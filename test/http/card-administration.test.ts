import { pino } from 'pino';
import express from 'express';
import { backendRoutes } from '../../src/production/backends/administration/backend-routes.js';
import { backendKinds } from '../../src/production/backends/kinds.js';
import { cardTypeRoutes } from '../../src/directory/card-types/card-type-routes.js';
import type { Role } from '../../src/domain/roles.js';
import type { SecurityEvents } from '../../src/kernel/security-events.js';
import { mountRoutes } from '../../src/web/mount-routes.js';
import { testRefusals } from '../support/refusals.js';
import { requestId } from '../../src/web/request-id.js';
import { numberRangeRoutes } from '../../src/directory/number-ranges/number-range-routes.js';
import type { AccountDirectory } from '../../src/directory/accounts/account-directory.js';
import { optionRoutes } from '../../src/directory/options/option-routes.js';
import { BackendDown, type ProductionBackend } from '../../src/production/backends/backend.js';
import { seedReferenceData } from '../../src/sample-data/seed.js';
import { secretRoutes } from '../../src/production/secrets/secret-routes.js';
import { keys, orderedCard, pin, producedCard, puk, secrets } from '../fixtures/card-secrets.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { listen, type Listening } from '../support/listen.js';
import { person } from './support/people.js';

let database: TestDatabase;
let server: Listening;
let roles: Role[] = [];
let backends: ProductionBackend[] = [];
/** Security events, in their order. */
let events: { name: string; details: unknown }[] = [];
let backendSecrets: Record<string, Record<string, string>> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  const { knex: db } = database;
  const app = express();
  app.set('query parser', 'simple');
  app.use(requestId);
  const registry = { all: async () => backends };
  const security = {
    record: async (name: string, { details }: { details: unknown }) => void events.push({ name, details }),
  } as unknown as SecurityEvents;
  const secretsNow = new Proxy({}, { get: (_target, id: string) => backendSecrets[id] });
  const routes = [
    cardTypeRoutes(db),
    numberRangeRoutes(db),
    backendRoutes({ db, kinds: backendKinds, secrets: secretsNow, registry, log: pino({ level: 'silent' }), security }),
    secretRoutes(db, keys),
    optionRoutes(db, {} as AccountDirectory),
  ];
  app.use(
    '/api/v1',
    mountRoutes(routes.flat(), async () => person('ada', ...roles)),
  );
  app.use(testRefusals());
  server = await listen(app);
});
beforeEach(async () => {
  await database.clear();
  await seedReferenceData(database.knex);
  roles = ['admin'];
  backends = [];
  events = [];
  backendSecrets = {};
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

async function send(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: any; etag: string; location: string | null }> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? null : JSON.parse(text),
    etag: response.headers.get('etag') ?? '',
    location: response.headers.get('location'),
  };
}
const get = (path: string) => send('GET', path);

test.each([
  ['POST', '/card-types'],
  ['PUT', '/card-types/employee'],
  ['GET', '/number-ranges'],
  ['GET', '/number-ranges/employee'],
  ['POST', '/number-ranges'],
  ['PUT', '/number-ranges/employee'],
  ['GET', '/backends'],
  ['POST', '/backends'],
  ['GET', '/backends/x'],
  ['PUT', '/backends/x'],
  ['DELETE', '/backends/x'],
  ['POST', '/backends/x/test'],
  ['GET', '/secrets'],
  ['POST', '/secrets/rotate'],
  ['POST', '/secrets/6f9f4d4e-7c63-4f0c-a2a5-4b8d4a3c9d10/1/deliver'],
])('%s %s is for administrators only', async (method, path) => {
  for (const role of ['operator', 'approver', 'producer', 'designer'] as const) {
    roles = [role];
    expect(await send(method, path, method === 'GET' ? undefined : {})).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  }
});

test.each(['card-types', 'number-ranges', 'backends'])('%s are found by a part of id or name', async (list) => {
  await send('POST', '/backends', {
    id: 'desk',
    name: 'Visitor printer',
    kind: 'ipp',
    settings: { uri: 'ipps://printer.example.org/ipp/print' },
    simulated: false,
  });
  expect((await get(`/${list}?q=VISIT`)).body.items).toHaveLength(1);
  expect((await get(`/${list}?q=100%25`)).body.items).toEqual([]);
});

describe('card types', () => {
  const visitor = async () => {
    const { id: _, ...content } = (await get('/card-types/visitor')).body;
    return content;
  };

  test('are added, read and changed, with an audit row that names what changed', async () => {
    const content = { ...(await visitor()), name: 'Press card', numberRange: null, layout: null, position: 9 };
    expect(await send('POST', '/card-types', { id: 'press', ...content })).toMatchObject({
      status: 201,
      location: '/api/v1/card-types/press',
      body: { id: 'press', ...content },
    });
    expect(await send('POST', '/card-types', { id: 'press', ...content })).toMatchObject({
      status: 409,
      body: { code: 'exists-already' },
    });
    const changed = await send('PUT', '/card-types/press', {
      ...content,
      separateProducer: true,
      numberRange: 'visitor',
    });
    expect(changed).toMatchObject({ status: 200, body: { separateProducer: true, numberRange: 'visitor' } });
    expect(
      await database.knex('audit').where({ object_id: 'press' }).orderBy('id').select('actor', 'action', 'details'),
    ).toMatchObject([
      { actor: 'ada', action: 'card-type-created' },
      {
        actor: 'ada',
        action: 'card-type-changed',
        details: { separateProducer: { from: false, to: true }, numberRange: { from: null, to: 'visitor' } },
      },
    ]);
    expect(await get('/card-types/nobody')).toMatchObject({
      status: 422,
      body: { code: 'card-type-unknown', detail: expect.stringContaining('press') },
    });
  });

  test('are not changed by someone who saw another state', async () => {
    const { etag } = await get('/card-types/visitor');
    const content = await visitor();
    const changed = await send('PUT', '/card-types/visitor', { ...content, validityMonths: 2 }, { 'if-match': etag });
    expect(changed).toMatchObject({ status: 200, body: { validityMonths: 2 } });
    expect(await send('PUT', '/card-types/visitor', { ...content, chip: true }, { 'if-match': etag })).toMatchObject({
      status: 412,
      body: { code: 'stale' },
    });
    expect(
      await send('PUT', '/card-types/visitor', { ...content, chip: true }, { 'if-match': changed.etag }),
    ).toMatchObject({ status: 200, body: { chip: true } });
  });

  test.each([
    ['layout', 'layout-unknown', 'There is no card layout "nowhere". There are: contractor, employee, visitor.'],
    [
      'numberRange',
      'number-range-unknown',
      'There is no number range "nowhere". There are: contractor, employee, visitor.',
    ],
    ['backend', 'backend-unknown', 'There is no card production backend "nowhere". There are none yet.'],
  ])('name only what there is: %s', async (field, code, detail) => {
    const content = { ...(await visitor()), layout: null, [field]: 'nowhere' };
    expect(await send('PUT', '/card-types/visitor', content)).toMatchObject({ status: 422, body: { code, detail } });
  });

  test.each([{ validityMonths: 0 }, { validityMonths: 241 }, { name: ' ' }, { chip: 'yes' }, { colour: 'red' }])(
    'are refused with a mistake: %j',
    async (mistake) => {
      expect(await send('PUT', '/card-types/visitor', { ...(await visitor()), ...mistake })).toMatchObject({
        status: 400,
        body: { code: 'invalid-request' },
      });
    },
  );
});

describe('number ranges', () => {
  const press = { id: 'press', name: 'Press', prefix: 'P-', digits: 3, suffix: '/26', nextNumber: 998 };

  test('tell what comes next and how much is left', async () => {
    expect(await send('POST', '/number-ranges', press)).toMatchObject({
      status: 201,
      location: '/api/v1/number-ranges/press',
      body: { ...press, next: 'P-998/26', left: 2 },
    });
    const { id: _, ...content } = press;
    expect(await send('PUT', '/number-ranges/press', { ...content, nextNumber: 1_000 })).toMatchObject({
      status: 200,
      body: { next: null, left: 0 },
    });
    expect((await get('/number-ranges?limit=2')).body).toMatchObject({
      items: [{ id: 'contractor' }, { id: 'employee', next: 'E000001', left: 999_999 }],
      next: expect.any(String),
    });
  });

  test('are not changed by someone who saw another state, nor back', async () => {
    const { etag, body } = await get('/number-ranges/employee');
    const content = { name: body.name, prefix: body.prefix, digits: body.digits, suffix: body.suffix };
    expect(
      await send('PUT', '/number-ranges/employee', { ...content, nextNumber: 5 }, { 'if-match': etag }),
    ).toMatchObject({ status: 200 });
    expect(
      await send('PUT', '/number-ranges/employee', { ...content, nextNumber: 9 }, { 'if-match': etag }),
    ).toMatchObject({ status: 412, body: { code: 'stale' } });
    expect(await send('PUT', '/number-ranges/employee', { ...content, nextNumber: 4 })).toMatchObject({
      status: 409,
      body: { code: 'number-range-conflict' },
    });
  });

  test.each([{ prefix: 'Ä' }, { digits: 16 }, { digits: 0 }, { nextNumber: 0 }, { suffix: 'a b' }])(
    'are refused with a mistake: %j',
    async (mistake) => {
      expect(await send('POST', '/number-ranges', { ...press, ...mistake })).toMatchObject({
        status: 400,
        body: { code: 'invalid-request' },
      });
    },
  );
});

describe('card production backends', () => {
  const printer = {
    id: 'desk',
    name: 'Printer at the desk',
    kind: 'ipp',
    settings: { uri: 'ipps://printer.example.org/ipp/print' },
    simulated: false,
  };
  const { id: _id, kind: _kind, ...content } = printer;

  test('are added, changed and deleted, each on record', async () => {
    expect(await send('POST', '/backends', printer)).toMatchObject({
      status: 201,
      location: '/api/v1/backends/desk',
      body: printer,
    });
    expect(await send('POST', '/backends', printer)).toMatchObject({ status: 409, body: { code: 'exists-already' } });
    const { etag } = await get('/backends/desk');
    expect(await send('PUT', '/backends/desk', { ...content, simulated: true }, { 'if-match': etag })).toMatchObject({
      status: 200,
      body: { simulated: true },
    });
    expect(await send('PUT', '/backends/desk', content, { 'if-match': etag })).toMatchObject({
      status: 412,
      body: { code: 'stale' },
    });
    expect((await get('/backends/desk/state')).body).toMatchObject({
      circuit: 'closed',
      failures: 0,
      paused: false,
      message: null,
      supplies: {},
    });
    expect(await send('DELETE', '/backends/desk')).toMatchObject({ status: 204 });
    expect(await get('/backends/desk')).toMatchObject({ status: 404 });
    expect(await database.knex('audit').where({ object_type: 'backend' }).orderBy('id').pluck('action')).toEqual([
      'backend-created',
      'backend-changed',
      'backend-deleted',
    ]);
  });

  test('take only settings that their adapter can use, and say what is wrong with them', async () => {
    const refused = await send('POST', '/backends', {
      ...printer,
      settings: { uri: 'ipp://user:secret@printer.example.org', password: 'x' },
    });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(refused.body.errors).toEqual(
      expect.arrayContaining([
        { field: 'settings.uri', message: expect.stringContaining('without a password') },
        { field: 'settings.password', message: 'is not known here' },
      ]),
    );
    expect(await send('POST', '/backends', { ...printer, kind: 'http' })).toMatchObject({ status: 400 });
    await send('POST', '/backends', printer);
    expect(await send('PUT', '/backends/desk', { ...content, settings: {} })).toMatchObject({ status: 400 });
    expect((await get('/backends/desk')).body).toEqual(printer);
  });

  test('stay while something uses them, and the refusal says what', async () => {
    await send('POST', '/backends', printer);
    await database.knex('card_type').where({ id: 'visitor' }).update({ backend: 'desk' });
    await orderedCard(database.knex, { backend: 'desk' });
    expect(await send('DELETE', '/backends/desk')).toMatchObject({
      status: 409,
      body: {
        code: 'backend-in-use',
        detail:
          'Printer at the desk is used by the card type Visitor card, 1 production order on record, so it cannot be deleted.',
      },
    });
  });

  test('tell how they are when they are asked', async () => {
    await send('POST', '/backends', printer);
    expect(await send('POST', '/backends/desk/test')).toMatchObject({
      status: 503,
      body: { code: 'backend-unavailable', detail: expect.stringContaining('cannot be used') },
    });
    const status = { condition: 'paused', message: 'Out of ribbon: put in a new one', supplies: { ribbon: '0 %' } };
    const answers: (() => unknown)[] = [() => status];
    backends = [{ id: 'desk', status: async () => answers[0]?.() } as unknown as ProductionBackend];
    expect(await send('POST', '/backends/desk/test')).toMatchObject({
      status: 200,
      body: { ...status, tookMs: expect.any(Number) },
    });
    answers.unshift(() => {
      throw new BackendDown('connection refused');
    });
    expect(await send('POST', '/backends/desk/test')).toMatchObject({
      status: 503,
      body: { detail: expect.stringContaining('Printer at the desk does not answer as a backend of its kind') },
    });
  });

  const put = async (id: string, changes: object) => {
    const { body, etag } = await get(`/backends/${id}`);
    const { id: _, kind: __, ...before } = body;
    return send('PUT', `/backends/${id}`, { ...before, ...changes }, { 'if-match': etag });
  };
  const bureau = {
    id: 'bureau',
    name: 'Bureau',
    kind: 'http',
    settings: { url: 'https://bureau.example.org/cards' },
    simulated: false,
  };

  test('keep their secret for the addresses it was given for', async () => {
    backendSecrets = { bureau: { token: 'a-token' } };
    expect(await send('POST', '/backends', bureau)).toMatchObject({ status: 201 });
    expect(await put('bureau', { settings: { url: 'https://bureau.example.org/other' } })).toMatchObject({
      status: 200,
    });
    const elsewhere = { settings: { url: 'https://evil.example.net' } };
    expect(await put('bureau', elsewhere)).toMatchObject({
      status: 422,
      body: {
        code: 'secret-elsewhere',
        detail: expect.stringContaining('The token of Bureau was given for https://bureau.example.org.'),
      },
    });
    // Nor by deleting it and adding it again.
    expect(await send('DELETE', '/backends/bureau')).toMatchObject({ status: 204 });
    expect(await send('POST', '/backends', { ...bureau, ...elsewhere })).toMatchObject({ status: 422 });
    backendSecrets = { bureau: { token: 'another', origin: 'https://evil.example.net/' } };
    expect(await send('POST', '/backends', { ...bureau, ...elsewhere })).toMatchObject({ status: 201 });
    expect(await put('bureau', bureau.settings)).toMatchObject({ status: 400 });
    expect(await put('bureau', { settings: bureau.settings })).toMatchObject({ status: 422 });
    backendSecrets = {};
    expect(await put('bureau', { settings: bureau.settings })).toMatchObject({ status: 200 });
  });

  test('that print letters elsewhere send the password there too, so it has to be for both', async () => {
    backendSecrets = { desk: { password: 'p', origin: 'ipps://printer.example.org' } };
    expect(await send('POST', '/backends', printer)).toMatchObject({ status: 201 });
    const letters = { ...printer.settings, letterPrinter: 'ipps://letters.example.org/ipp/print' };
    expect(await put('desk', { settings: letters })).toMatchObject({ status: 422, body: { code: 'secret-elsewhere' } });
    backendSecrets = { desk: { password: 'p', origin: 'ipps://printer.example.org ipps://letters.example.org' } };
    expect(await put('desk', { settings: letters })).toMatchObject({ status: 200 });
  });

  test.each([
    'ipp://169.254.169.254/ipp',
    'ipp://0xa9fea9fe/ipp',
    'ipp://[fe80::1]/ipp',
    'ipp://[::ffff:169.254.0.1]/ipp',
    'ipp://0.0.0.0/ipp',
    'ipp://224.0.0.1/ipp',
    'ipp://[fd00:ec2::254]/ipp',
  ])('are not at %s', async (uri) => {
    expect(await send('POST', '/backends', { ...printer, settings: { uri } })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'settings.uri', message: expect.stringContaining('link-local') }] },
    });
    const settings = { ...printer.settings, letterPrinter: uri.replace('ipp:', 'ipps:') };
    expect(await send('POST', '/backends', { ...printer, settings })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'settings.letterPrinter' }] },
    });
    expect(
      await send('POST', '/backends', { ...bureau, settings: { url: uri.replace('ipp:', 'https:') } }),
    ).toMatchObject({ status: 400 });
  });

  test('get another key only when it is confirmed; the audit log has no key', async () => {
    const keyOf = (x: string) => ({ kty: 'EC', crv: 'P-256', x, y: 'y-of-the-key' });
    await send('POST', '/backends', { ...bureau, settings: { ...bureau.settings, publicKey: keyOf('first-key') } });
    const changed = { settings: { ...bureau.settings, publicKey: keyOf('second-key') } };
    expect(await put('bureau', changed)).toMatchObject({
      status: 409,
      body: {
        code: 'confirmation-needed',
        confirm: ['settings.publicKey'],
        detail: expect.stringContaining('Public key'),
      },
    });
    expect(await put('bureau', { settings: bureau.settings })).toMatchObject({ status: 409 });
    expect(await put('bureau', { ...changed, confirm: true })).toMatchObject({ status: 200 });
    expect(await put('bureau', { name: 'Renamed' })).toMatchObject({ status: 200 });
    expect(events.slice(1)).toEqual([
      { name: 'keys-changed', details: { what: 'backend bureau', secret: ['publicKey'] } },
    ]);
    const rows = await database
      .knex('audit')
      .where({ object_type: 'backend' })
      .orderBy('id')
      .select('action', 'details');
    expect(rows.map(({ action }: { action: string }) => action)).toEqual([
      'backend-created',
      'backend-changed',
      'backend-key-changed',
      'backend-changed',
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/first-key|second-key|y-of-the-key/);
    expect(rows[1].details.from.settings.publicKey).not.toBe(rows[1].details.to.settings.publicKey);
  });

  test('that get another address are told to monitoring, by origin', async () => {
    const moved = (origin: string) => ({
      name: 'backend-address-changed',
      details: { backend: 'bureau', origins: [origin] },
    });
    expect(await send('POST', '/backends', bureau)).toMatchObject({ status: 201 });
    expect(await put('bureau', { name: 'Renamed' })).toMatchObject({ status: 200 });
    expect(await put('bureau', { settings: { url: 'https://other.example.org/' } })).toMatchObject({ status: 200 });
    expect(await put('bureau', { settings: { url: 'https://other.example.org/cards' } })).toMatchObject({
      status: 200,
    });
    expect(events).toEqual([moved('https://bureau.example.org'), moved('https://other.example.org')]);
  });

  test('show production operators their state, and nothing else', async () => {
    await send('POST', '/backends', printer);
    roles = ['producer'];
    expect(await get('/backends/desk/state')).toMatchObject({ status: 200 });
    expect(await get('/backends/desk')).toMatchObject({ status: 403 });
  });
});

describe('PINs and PUKs', () => {
  test('are listed by card, delivered again and sealed again, and never told', async () => {
    const { knex: db } = database;
    const produced = await producedCard(db);
    const ordered = await orderedCard(db);
    await db.transaction((trx) => secrets.makeSecrets(trx, [{ ...ordered, chip: true }]));
    const first = await get('/secrets?limit=1');
    const second = await get(`/secrets?cursor=${first.body.next}`);
    const items = [...first.body.items, ...second.body.items];
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          cardId: produced.cardId,
          number: 1,
          cardNumber: produced.cardNumber,
          deliveries: { pin: 'print' },
          production: 'produced',
        }),
        expect.objectContaining({
          cardId: ordered.cardId,
          deliveries: { pin: 'print', puk: 'none' },
          production: 'intent',
        }),
      ]),
    );
    expect(items).toHaveLength(2);
    const again = (card: { cardId: string }) => send('POST', `/secrets/${card.cardId}/1/deliver`);
    expect(await again(produced)).toMatchObject({ status: 204 });
    expect(await again(ordered)).toMatchObject({ status: 409, body: { code: 'nothing-to-deliver' } });
    const rotated = await send('POST', '/secrets/rotate');
    expect(rotated).toMatchObject({
      status: 200,
      body: { currentKey: 'test', resealed: 0, unneededKeys: [], unreadable: [] },
    });
    const told = JSON.stringify([first, second, rotated]);
    for (const secret of [pin, puk]) expect(told).not.toContain(secret);
  });

  test('follow options that are checked', async () => {
    const put = (name: string, value: unknown) => send('PUT', `/options/${name}`, { value });
    for (const [name, value] of [
      ['pin-length', 5],
      ['pin-length', '6'],
      ['puk-length', 7],
      ['puk-length', 8.5],
      ['pin-delivery', 'fax'],
      ['puk-delivery', true],
    ] as const) {
      expect(await put(name, value)).toMatchObject({
        status: 400,
        body: { code: 'invalid-request', detail: expect.stringContaining(`Option ${name} must be`) },
      });
    }
    for (const [name, value] of [
      ['pin-length', 4],
      ['puk-length', 12],
      ['pin-delivery', 'none'],
      ['puk-delivery', 'e-mail'],
      ['puk-delivery', null],
    ] as const) {
      expect(await put(name, value)).toMatchObject({ status: 200 });
    }
    expect(
      (await get('/options')).body.items.map(({ name, default: usual }: { name: string; default: unknown }) => [
        name,
        usual,
      ]),
    ).toEqual([
      ['approval-time-limit', null],
      ['pin-length', 6],
      ['puk-length', 8],
      ['pin-delivery', 'print'],
      ['puk-delivery', 'none'],
      ['request-data-days', 365],
      ['card-data-days', 365],
      ['second-administrator', null],
      ['role-conflicts', 'shown'],
      ['engine-history-days', 30],
    ]);
  });
});
