import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataDirectory, dataDirectory } from '../../launcher/data-directory.js';
import { openPrintShop } from '../../launcher/print-shop.js';
import { StartFailure } from '../../launcher/start-failure.js';
import { printShopPages, registerPrintShop } from '../../src/sample-data/print-shop.js';
import { seedReferenceData } from '../../src/sample-data/seed.js';
import { httpBackend } from '../../src/production/backends/http/http-backend.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { addBackend } from '../fixtures/backends.js';

let parent: string;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), 'print-shop-'));
  await database.clear();
  await seedReferenceData(database.knex);
});
afterEach(() => rmSync(parent, { recursive: true }));

function directory() {
  const made = dataDirectory(join(parent, 'data'));
  createDataDirectory(made);
  return made;
}

describe('what print shop and product know of each other', () => {
  test('is made once, for their owner only', () => {
    const data = directory();
    const access = openPrintShop(data);
    expect(openPrintShop(data)).toEqual(access);
    expect(access.publicKey).not.toHaveProperty('d');
    for (const path of [data.backendSecrets, join(data.printShop, 'key.json')])
      expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('leaves the secrets of other backends as they are', () => {
    const data = directory();
    writeFileSync(data.backendSecrets, JSON.stringify({ 'our-bureau': { token: 'theirs' } }));
    const { token, webhookKey } = openPrintShop(data);
    expect(JSON.parse(readFileSync(data.backendSecrets, 'utf8'))).toEqual({
      'our-bureau': { token: 'theirs' },
      'print-shop': { token, webhookKey },
    });
  });

  test('is never made anew over a damaged file', () => {
    const data = directory();
    writeFileSync(data.backendSecrets, '{');
    expect(() => openPrintShop(data)).toThrow(StartFailure);
    expect(readFileSync(data.backendSecrets, 'utf8')).toBe('{');
    expect(existsSync(join(data.printShop, 'key.json'))).toBe(false);
  });
});

describe('the print shop in the sample data', () => {
  const place = (port: number, { publicKey } = openPrintShop(directory())) => ({
    url: `http://127.0.0.1:${port}`,
    publicKey: publicKey as { kty: string },
  });
  const row = () => database.knex('backend').where({ id: 'print-shop' }).first();

  test('is a simulated backend of every card type that has none, and its settings can be used', async () => {
    await addBackend(database.knex, 'own');
    await database.knex('card_type').where({ id: 'visitor' }).update({ backend: 'own' });
    await registerPrintShop(database.knex, place(1234));
    const backend = await row();
    expect(backend).toMatchObject({
      kind: 'http',
      simulated: true,
      settings: { url: 'http://127.0.0.1:1234', printsLetters: true },
    });
    expect(httpBackend(backend, { token: 'a-token' })).toMatchObject({
      id: 'print-shop',
      printLetter: expect.any(Function),
    });
    expect(await database.knex('card_type').orderBy('id').select('id', 'backend')).toEqual([
      { id: 'contractor', backend: 'print-shop' },
      { id: 'employee', backend: 'print-shop' },
      { id: 'visitor', backend: 'own' },
    ]);
    expect(await database.knex('audit').where({ object_id: 'print-shop' })).toMatchObject([
      { action: 'backend-created' },
    ]);
  });

  test('has its address brought up to date, and nothing else', async () => {
    const access = openPrintShop(directory());
    await registerPrintShop(database.knex, place(1234, access));
    await database.knex('card_type').where({ id: 'visitor' }).update({ backend: null });
    await database
      .knex('backend')
      .update({ name: 'Renamed', settings: database.knex.raw(`settings || '{"cardsPerCall": 7}'`) });
    const before = await row();
    await registerPrintShop(database.knex, place(1234, access));
    expect(await row()).toEqual(before);
    await registerPrintShop(database.knex, place(4321, access));
    const after = await row();
    expect(after).toMatchObject({ name: 'Renamed', settings: { ...before.settings, url: 'http://127.0.0.1:4321' } });
    expect(after.changed_at.getTime()).toBeGreaterThan(before.changed_at.getTime());
    expect(await database.knex('card_type').where({ id: 'visitor' }).first('backend')).toEqual({ backend: null });
  });

  test('is named on the start page only where there is one', () => {
    expect(printShopPages(undefined)).toEqual([]);
    expect(printShopPages(place(1234))).toMatchObject([{ path: '/print-shop', roles: ['producer', 'admin'] }]);
  });
});
