import sharp from 'sharp';
import { holderRoutes } from '../../src/directory/holders/holder-routes.js';
import { photoPages } from '../../src/directory/holders/photo-pages.js';
import { addHolder } from '../fixtures/holders.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { lentEngine } from '../support/engine.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';

let database: TestDatabase;
let app: TestApp;
let browser: Browser;
let holder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const { knex: db } = database;
  app = await startApp(await lentEngine(), {
    db,
    routes: holderRoutes(db, { known: async () => new Set() }),
    pages: photoPages(db),
  });
  const operator = await app.account('operator');
  await database.clear();
  for (const number of ['A-1', 'A-2']) await addHolder(db, number);
  holder = await addHolder(db, 'B-1', { state: 'inactive' });
  browser = await signedIn(operator);
});
beforeEach(() => database.knex('holder').update({ photo_id: null }));
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function signedIn(account: string): Promise<Browser> {
  const person = new Browser(app.url);
  expect((await person.signIn(account)).status).toBe(303);
  return person;
}

const picture = (format: 'jpeg' | 'png' | 'webp', width = 300, height = 400): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#336699' } })
    .toFormat(format)
    .toBuffer();

/** Posts the file field of the page as a browser does, which sends an empty file where none was chosen. */
async function upload(file: Uint8Array<ArrayBuffer> | null, id = holder) {
  const form = new FormData();
  form.set('photo', new File(file === null ? [] : [file], 'photo.jpg', { type: 'image/jpeg' }));
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { cookie, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document', accept: 'text/html' };
  const response = await fetch(`${app.url}/holders/${id}/photo`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: form,
  });
  return { status: response.status, location: response.headers.get('location'), text: await response.text() };
}

const hasPhoto = async () =>
  (await database.knex('holder').where({ id: holder }).first<{ photo_id: string | null }>('photo_id'))?.photo_id !==
  null;

test.each(['A-', 'sample person', 'a-1@example.org', 'A-2@UPN.example.org'])('finds card holders by %s', async (q) => {
  const { text } = await browser.open(`/holders/photo?${new URLSearchParams({ q }).toString()}`);
  expect(text).toMatch(/Sample Person A-[12]<\/a>/);
  expect(text).toContain('no photo');
});

test('begins with the search alone, and says when nobody matches', async () => {
  expect((await browser.open('/holders/photo')).text).not.toMatch(/<table|No card holder/);
  const { text } = await browser.open('/holders/photo?q=%3Cnobody%3E');
  expect(text).toContain('No card holder matches “&lt;nobody&gt;”.');
  expect(text).toContain('value="&lt;nobody&gt;"');
});

test.each(['jpeg', 'png'] as const)('stores a %s and shows it', async (format) => {
  expect((await browser.open(`/holders/${holder}/photo`)).text).toContain('has no photo yet');
  const answer = await upload(new Uint8Array(await picture(format)));
  expect([answer.status, answer.location]).toEqual([303, `/holders/${holder}/photo?done=uploaded`]);
  const { text } = await browser.open(answer.location ?? '');
  expect(text).toContain('role="status">The photo is stored.');
  const source = /<img class="photo" src="([^"]+)" alt="Sample Person B-1">/.exec(text)?.[1] ?? '';
  const photo = await browser.get(source);
  expect([photo.status, photo.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
});

const refusedUploads: [string, () => Promise<Buffer | null>, string][] = [
  ['no file', async () => null, 'Choose a file first.'],
  ['a text', async () => Buffer.from('no picture at all'), 'This is not a photo that can be read.'],
  ['another format', () => picture('webp'), 'The photo must be a JPEG or PNG.'],
  ['a small one', () => picture('jpeg', 100, 100), 'The photo has 100 × 100 pixels'],
  ['a large one', async () => Buffer.alloc(6_000_000, 1), 'The photo has more than 5 MB.'],
];

test.each(refusedUploads)('refuses %s in the form and stores nothing', async (_name, make, sentence) => {
  const file = await make();
  const { status, text } = await upload(file === null ? null : new Uint8Array(file));
  expect(status).toBe(422);
  expect(text).toContain(`role="alert" id="refusal">${sentence}`);
  expect(text).toContain('aria-describedby="requirements refusal" aria-invalid="true"');
  expect(await hasPhoto()).toBe(false);
});

test('no such holder is not found', async () => {
  for (const id of ['no-id', 'd3b07384-d113-4ec6-a5d8-2f6a1c9f0a11']) {
    expect((await browser.open(`/holders/${id}/photo`)).status).toBe(404);
    expect((await upload(new Uint8Array(await picture('jpeg')), id)).status).toBe(404);
  }
});

test('approvers look at photos in Tasklist only', async () => {
  const approver = await signedIn(await app.account('approver'));
  expect((await approver.open('/holders/photo')).status).toBe(403);
  expect((await approver.open(`/holders/${holder}/photo`)).status).toBe(403);
});
