import { randomUUID } from 'node:crypto';
import express from 'express';
import type { Role } from '../../src/domain/roles.js';
import { setPhoto } from '../../src/directory/holders/holder-photo.js';
import { mountRoutes } from '../../src/web/mount-routes.js';
import { testRefusals } from '../support/refusals.js';
import { requestId } from '../../src/web/request-id.js';
import { cardPdf } from '../../src/cards/layouts/card-pdf.js';
import { CardPreviews } from '../../src/cards/layouts/card-previews.js';
import { cardSides } from '../../src/cards/layouts/card-template.js';
import { layoutRoutes } from '../../src/cards/layouts/layout-routes.js';
import { addLayoutVersion } from '../../src/cards/layouts/layout-store.js';
import { renderCard } from '../../src/cards/layouts/render-card.js';
import type { CardState } from '../../src/domain/card-states.js';
import type { CardElements } from '../../src/cards/card-job.js';
import { seedReferenceData } from '../../src/sample-data/seed.js';
import { takeSnapshots } from '../../src/cards/snapshots/snapshot-store.js';
import { listen, type Listening } from '../support/listen.js';
import { person } from '../http/support/people.js';
import { rawRequest } from '../http/support/raw-request.js';
import { addHolder } from '../fixtures/holders.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { front, plainPhoto, shipped } from './people.js';
import { addCard } from '../fixtures/cards.js';

let database: TestDatabase;
let server: Listening;
let roles: Role[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await seedReferenceData(database.knex);
  const app = express();
  app.set('query parser', 'simple');
  app.use(requestId);
  app.use(
    '/api/v1',
    mountRoutes(layoutRoutes(database.knex, new CardPreviews(database.knex)), async () => person('ada', ...roles)),
  );
  app.use(testRefusals());
  server = await listen(app);
});
beforeEach(() => {
  roles = ['producer'];
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const send = (path: string, init: RequestInit = {}) => fetch(`${server.url}/api/v1${path}`, init);
const bytesOf = async (path: string) => {
  const answer = await send(path);
  if (!answer.ok) throw new Error(await answer.text());
  return Buffer.from(await answer.arrayBuffer());
};

async function cardOf(
  cardType: string,
  state: CardState,
  content: { number?: string; validUntil?: string } = {},
): Promise<{ id: string; holder: string }> {
  const holder = await addHolder(database.knex, `P-${randomUUID().slice(0, 8)}`);
  const id = await addCard(database.knex, { holder, cardType, state, ...content });
  if (state !== 'registered') await database.knex.transaction((trx) => takeSnapshots(trx, [id]));
  return { id, holder };
}

async function elementsOf(
  holder: string,
  given: Pick<CardElements, 'cardNumber' | 'validUntil'>,
  cardTypeName: string,
): Promise<CardElements> {
  const { employee_number: employeeNumber } = await database.knex('holder').where({ id: holder }).first();
  const familyName = `Person ${employeeNumber}`;
  return {
    name: `Sample ${familyName}`,
    givenName: 'Sample',
    familyName,
    employeeNumber,
    department: 'Testing',
    cardTypeName,
    ...given,
  };
}

test('a card is shown on both sides, dot by dot as it will be printed', async () => {
  const given = { cardNumber: 'E000777', validUntil: '2031-05-31' };
  const { id, holder } = await cardOf('employee', 'approved', {
    number: given.cardNumber,
    validUntil: given.validUntil,
  });
  const printed = await renderCard(shipped('employee'), await elementsOf(holder, given, 'Employee card'), null, {
    simulated: false,
  });
  for (const side of cardSides)
    expect((await bytesOf(`/cards/${id}/preview.png?side=${side}`)).equals(printed[side])).toBe(true);
  expect((await bytesOf(`/cards/${id}/preview.png`)).equals(printed.front)).toBe(true);
  expect((await bytesOf(`/cards/${id}/preview.pdf`)).equals(await cardPdf(printed))).toBe(true);
});

test('what was approved is shown, also after later changes; before that, what the holder is now', async () => {
  const approved = await cardOf('visitor', 'approved', { number: 'V000001' });
  const registered = await cardOf('visitor', 'registered', { number: 'V000002' });
  const [asApproved, before] = await Promise.all(
    [approved, registered].map(({ id }) => bytesOf(`/cards/${id}/preview.png`)),
  );
  const photo = await plainPhoto();
  for (const { holder } of [approved, registered]) {
    await database.knex('holder').where({ id: holder }).update({ department: 'Elsewhere' });
    await database.knex.transaction((trx) =>
      setPhoto(trx, 'ada', holder, { contentType: 'image/jpeg', bytes: photo.bytes }),
    );
  }
  expect((await bytesOf(`/cards/${approved.id}/preview.png`)).equals(asApproved ?? Buffer.of())).toBe(true);
  expect((await bytesOf(`/cards/${registered.id}/preview.png`)).equals(before ?? Buffer.of())).toBe(false);
});

test('a number that is not given yet stands as its format, with the validity that the order would give', async () => {
  const { id, holder } = await cardOf('visitor', 'approved');
  const { rows } = await database.knex.raw(
    `select to_char(last_day_of_validity(current_date, 1), 'YYYY-MM-DD') as day`,
  );
  const elements = await elementsOf(holder, { cardNumber: 'V######', validUntil: rows[0].day }, 'Visitor card');
  const expected = await renderCard(shipped('visitor'), elements, null, { simulated: false });
  expect((await bytesOf(`/cards/${id}/preview.png`)).equals(expected.front)).toBe(true);
});

test('a picture is for the person only, and not sent again while it is the same', async () => {
  const { id } = await cardOf('employee', 'approved');
  const first = await send(`/cards/${id}/preview.png`);
  expect(first.headers.get('content-type')).toBe('image/png');
  expect(first.headers.get('cache-control')).toBe('private, no-cache');
  const etag = first.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
  const again = async (path: string) =>
    (await rawRequest(server.url, `/api/v1/cards/${id}/${path}`, { 'if-none-match': etag })).status;
  expect(await again('preview.png')).toBe(304);
  expect(await again('preview.png?mark=preview')).toBe(200);
  expect((await send(`/cards/${id}/preview.pdf`)).headers.get('content-type')).toBe('application/pdf');
});

test.each([
  [['operator'], 200],
  [['approver'], 200],
  [['producer'], 200],
  [['admin'], 200],
  [['designer'], 403],
  [[], 403],
] as const)('people of %j see a card: %i', async (who, status) => {
  const { id } = await cardOf('employee', 'approved');
  roles = [...who];
  for (const path of [`/cards/${id}/preview.png`, `/cards/${id}/preview.pdf`, '/card-types/employee/preview.png'])
    expect((await send(path)).status).toBe(status);
});

test('a layout is shown with a sample and the name of a card type, to administrators', async () => {
  roles = ['admin'];
  const [plain, named, ofType] = await Promise.all(
    [
      '/layouts/employee/preview.png?side=back',
      '/layouts/employee/preview.png?side=back&cardTypeName=Employee%20card',
      '/card-types/employee/preview.png?side=back',
    ].map((path) => bytesOf(path)),
  );
  expect(named?.equals(ofType ?? Buffer.of())).toBe(true);
  expect(plain?.equals(ofType ?? Buffer.of())).toBe(false);
  expect((await send('/layouts/nowhere/preview.png')).status).toBe(404);
  roles = ['producer'];
  expect((await send('/layouts/visitor/preview.png')).status).toBe(403);
});

test('a card that is not there, a side that is not there, and a type without a layout are reported', async () => {
  expect(await (await send(`/cards/${randomUUID()}/preview.png`)).json()).toMatchObject({
    status: 404,
    code: 'not-found',
  });
  const { id } = await cardOf('employee', 'approved');
  expect(await (await send(`/cards/${id}/preview.png?side=edge`)).json()).toMatchObject({
    status: 400,
    code: 'invalid-request',
  });
  await database.knex('card_type').insert({ id: 'bare', name: 'Bare card', photo_required: false, position: 9 });
  expect(await (await send('/card-types/bare/preview.png')).json()).toMatchObject({
    status: 409,
    code: 'card-type-incomplete',
    detail: 'Bare card has no layout yet. An administrator gives it one.',
  });
  expect(await (await send('/card-types/none/preview.png')).json()).toMatchObject({ code: 'card-type-unknown' });
});

test('a kind of card is shown with nobody’s data', async () => {
  const sides = await Promise.all(cardSides.map((side) => bytesOf(`/card-types/contractor/preview.png?side=${side}`)));
  expect(sides[0]?.subarray(1, 4).toString()).toBe('PNG');
  expect(sides[0]?.equals(sides[1] ?? Buffer.of())).toBe(false);
});

describe('layouts', () => {
  const json = { 'content-type': 'application/json' };
  const post = (layout: string, body: unknown) =>
    send(`/layouts/${layout}/versions`, { method: 'POST', headers: json, body: JSON.stringify(body) });
  const template = front({ kind: 'text', text: 'A {name}', box: { x: 1, y: 1, width: 40, height: 9 }, size: 9 });

  test('are read, changed and stored again; the next preview shows it, an approved card does not', async () => {
    const approved = await cardOf('employee', 'approved', { number: 'E100000' });
    const asApproved = await bytesOf(`/cards/${approved.id}/preview.png`);
    const before = await bytesOf('/card-types/employee/preview.png');
    roles = ['admin'];
    const { template: written, version } = (await (await send('/layouts/employee')).json()) as {
      template: unknown;
      version: number;
    };
    const text = JSON.stringify(written).replaceAll('Example Organisation', 'Another Organisation');
    const added = await post('employee', JSON.parse(text));
    expect(added.status).toBe(201);
    expect(await added.json()).toMatchObject({ layout: 'employee', version: version + 1, createdBy: 'ada' });
    expect((await bytesOf('/card-types/employee/preview.png')).equals(before)).toBe(false);
    expect((await bytesOf(`/cards/${approved.id}/preview.png`)).equals(asApproved)).toBe(true);
    expect(await (await send('/layouts')).json()).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ layout: 'visitor', version: 1 })]),
    });
  });

  test('that cannot be drawn are refused with the element and a cure', async () => {
    roles = ['admin'];
    expect(
      await (
        await post('guest', front({ kind: 'text', text: '{pin}', box: { x: 1, y: 1, width: 40, height: 9 }, size: 9 }))
      ).json(),
    ).toMatchObject({ status: 422, code: 'layout-invalid', errors: [{ field: 'front.elements.0 (text)' }] });
    expect(await (await post('guest', { front: {} })).json()).toMatchObject({ status: 400, code: 'invalid-request' });
    const damaged = {
      kind: 'image',
      box: { x: 1, y: 1, width: 9, height: 9 },
      source: 'data:image/png;base64,AAAA',
    } as const;
    expect(await (await post('guest', front(damaged))).json()).toMatchObject({ code: 'production-refused' });
    expect((await send('/layouts/guest')).status).toBe(404);
  });

  test('are for administrators only', async () => {
    for (const path of ['/layouts', '/layouts/employee']) expect((await send(path)).status).toBe(403);
    expect((await post('guest', template)).status).toBe(403);
    await database.knex.transaction((trx) => addLayoutVersion(trx, 'ada', 'guest', template));
    roles = ['admin'];
    expect((await send('/layouts/guest')).status).toBe(200);
  });
});
