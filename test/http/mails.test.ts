import { enqueueMail } from '../../src/records/mail/mail-outbox.js';
import { mailPages } from '../../src/records/mail/mail-pages.js';
import type { NewMail } from '../../src/records/mail/mail-types.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { lentEngine } from '../support/engine.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';

let database: TestDatabase;
/** With a mail server set, and without. */
let sending: TestApp;
let keeping: TestApp;
let admin: string;

beforeAll(async () => {
  const connection = await lentEngine();
  database = await createTestDatabase();
  const { knex: db } = database;
  sending = await startApp(connection, { db, pages: mailPages(db, { sending: true }) });
  keeping = await startApp(connection, { db, pages: mailPages(db, { sending: false }) });
  admin = await sending.account('admin');
});
beforeEach(() => database.clear());
afterAll(async () => {
  await sending.close();
  await keeping.close();
  await database.drop();
});

async function open(path: string, account = admin, app = sending) {
  const browser = new Browser(app.url);
  expect((await browser.signIn(account)).status).toBe(303);
  return browser.open(path);
}

const mail = (subject: string): NewMail => ({
  eventKey: subject,
  toAccount: 'ada',
  subject,
  body: `Body of ${subject} <here>`,
  linkPath: '/my-requests',
});
const put = (...mails: NewMail[]) => enqueueMail(database.knex, mails);
const subjects = (page: string) => [...page.matchAll(/<summary>([^<]*)<\/summary>/g)].map(([, subject]) => subject);

test('an empty outbox says when mails are written', async () => {
  expect((await open('/mails')).text).toContain('There are no mails yet.');
  expect((await open('/mails?state=failed')).text).toContain('No mail is in this state.');
});

test('without a mail server it says that mails stay here', async () => {
  expect((await open('/mails', admin, keeping)).text).toContain('Set SMTP_URL');
  expect((await open('/mails')).text).not.toContain('SMTP_URL');
});

test('shows what a mail says, to whom, and how its sending went', async () => {
  await put(mail('<one>'), { ...mail('two'), toAccount: 'bob' });
  await put({ eventKey: 'three', toGroup: 'card-approvers', subject: 'three', body: 'B', linkPath: '/' });
  await database
    .knex('mail')
    .where({ subject: '<one>' })
    .update({ to_address: 'ada@example.org', attempts: 3, last_error: '451 <later>' });
  await database
    .knex('mail')
    .where({ subject: 'two' })
    .update({ state: 'failed', attempts: 1, last_error: '550 no such user', ended_at: new Date() });
  const { text } = await open('/mails');
  expect(subjects(text)).toEqual(['three', 'two', '&lt;one&gt;']);
  for (const part of [
    'Body of &lt;one&gt; &lt;here&gt;',
    'ada@example.org',
    '451 &lt;later&gt;',
    'Next try: <time',
    'group card-approvers',
    '550 no such user',
    'not sent (1)',
    'waits (2)',
  ]) {
    expect(text).toContain(part);
  }
  expect(text).toContain('<td data-heading="Tries"><div>3</div></td>');
});

test('is narrowed by state and read page by page', async () => {
  await put(...Array.from({ length: 52 }, (_, at) => mail(`m${at}`)));
  await database.knex('mail').where({ subject: 'm7' }).update({ state: 'sent', ended_at: new Date() });
  expect(subjects((await open('/mails?state=sent')).text)).toEqual(['m7']);
  const first = (await open('/mails')).text;
  expect(subjects(first)).toHaveLength(50);
  const older = /href="(\/mails\?[^"]*cursor=[^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect(subjects((await open(older)).text)).toEqual(['m1', 'm0']);
});

test('is for administrators', async () => {
  expect((await open('/')).text).toContain('href="/mails"');
  const operator = await sending.account('operator');
  expect((await open('/mails', operator)).status).toBe(403);
  expect((await open('/', operator)).text).not.toContain('/mails');
});
