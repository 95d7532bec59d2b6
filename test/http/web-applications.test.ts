import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../src/kernel/db/database.js';
import { EngineClient } from '../../src/engine/client.js';
import { SessionStore } from '../../src/web/sign-in/session-store.js';
import { lentEngine, type EngineConnection } from '../support/engine.js';
import { STARTUP, startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { freePort } from '../../launcher/ports.js';

const TASKLIST = '/camunda/app/tasklist/default/';
const WHO = '/camunda/api/admin/auth/user/default';
const LOGOUT = '/camunda/api/admin/auth/user/default/logout';

let connection: EngineConnection;
let app: TestApp;
let operator: string;

beforeAll(async () => {
  connection = await lentEngine();
  app = await startApp(connection);
  operator = await app.account('operator');
}, STARTUP);
afterAll(() => app.close());

async function inTasklist(account = operator): Promise<Browser> {
  const browser = new Browser(app.url);
  await browser.signIn(account);
  expect((await browser.open(TASKLIST)).status).toBe(200);
  return browser;
}

test('Tasklist opens signed in as the same person, with its own security policy', async () => {
  const browser = await inTasklist();
  const page = await browser.open(TASKLIST);
  expect(page.headers.get('content-security-policy')).toContain('script-src');
  expect(page.headers.get('connection')).not.toBe('close');
  expect((await browser.get(WHO)).json()).toMatchObject({
    userId: operator,
    authorizedApps: expect.arrayContaining(['tasklist']),
  });
  expect((await browser.get('/camunda/app/tasklist/camunda-tasklist-bootstrap.js')).status).toBe(200);
});

test('an application that is not theirs is refused on a page of ours', async () => {
  const browser = new Browser(app.url);
  await browser.signIn(await app.account());
  const page = await browser.open(TASKLIST);
  expect(page.status).toBe(403);
  expect(page.text).toContain('may not open this application');
  expect(page.text).not.toContain('Whitelabel');
});

test('redirects of the engine host stay on this server', async () => {
  const browser = await inTasklist();
  const answer = await browser.open('/camunda/app/tasklist');
  expect([answer.status, answer.headers.get('location')]).toEqual([
    302,
    expect.stringMatching(/^\/camunda\/app\/tasklist\//),
  ]);
  for (const path of ['/camunda', '/camunda/', '/camunda/app/welcome/default/']) {
    expect((await browser.open(path)).headers.get('location')).toBe('/');
  }
});

test('without a session a page leads to the sign-in, a script is told', async () => {
  const browser = new Browser(app.url);
  expect((await browser.open(TASKLIST)).headers.get('location')).toBe(`/sign-in?next=${encodeURIComponent(TASKLIST)}`);
  const answer = await browser.get(WHO, { accept: 'application/json' });
  expect([answer.status, answer.json()]).toEqual([401, { type: 'unauthenticated', message: expect.any(String) }]);
});

test('changes need the CSRF token of the web applications as well', async () => {
  const browser = await inTasklist();
  const path = '/camunda/api/engine/engine/default/task/1/unclaim';
  expect((await browser.post(path)).status).toBe(403);
  const headers = { 'x-xsrf-token': browser.cookies.get('XSRF-TOKEN') ?? '' };
  await browser.get(WHO);
  expect(
    (await browser.post(path, {}, { ...headers, 'x-xsrf-token': browser.cookies.get('XSRF-TOKEN') ?? '' })).status,
  ).not.toBe(403);
});

test('signing out in Tasklist ends the session everywhere', async () => {
  const browser = await inTasklist();
  const cookies = [...browser.cookies];
  expect((await browser.post(LOGOUT)).status).toBe(204);
  // What stays tells only that a person has signed in with this browser before.
  expect([...browser.cookies.keys()]).toEqual(['card-device']);
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  expect((await browser.open('/')).headers.get('location')).toBe('/sign-in?next=%2F');
  expect((await browser.get(WHO)).status).toBe(401);
});

test('signing out on our pages ends it in Tasklist', async () => {
  const browser = await inTasklist();
  const cookies = [...browser.cookies];
  await browser.request('POST', '/sign-out', { form: {} });
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  expect((await browser.get(WHO)).status).toBe(401);
});

test('the next person at the same browser gets nothing of the one before', async () => {
  const browser = await inTasklist();
  const left = browser.cookies.get('JSESSIONID') ?? '';
  expect(left).not.toBe('');
  const other = await app.account('operator');
  await browser.signIn(other);
  expect(browser.cookies.has('JSESSIONID')).toBe(false);
  browser.cookies.set('JSESSIONID', left);
  expect((await browser.open(TASKLIST)).status).toBe(200);
  expect((await browser.get(WHO)).json()).toMatchObject({ userId: other });
  expect(browser.cookies.get('JSESSIONID')?.split('~')[0]).not.toBe(left.split('~')[0]);
});

test('while the engine is down everyone is told so in their own words', async () => {
  const silent = new EngineClient(`http://127.0.0.1:${await freePort()}`, connection.door);
  const lost = await startApp(connection, { engine: silent });
  try {
    const browser = new Browser(lost.url);
    browser.cookies.set(
      'card-session',
      await new SessionStore(lost.db).open(operator, { address: '127.0.0.1', program: 'Test' }),
    );
    const page = await browser.open(TASKLIST);
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    const script = await browser.get(WHO, { accept: 'application/json' });
    expect([script.status, script.json()]).toEqual([
      503,
      { type: 'engine-unavailable', message: expect.stringContaining('does not answer') },
    ]);
    const program = await browser.get(`/api/v1/${randomBytes(4).toString('hex')}`);
    expect(program.status).toBe(404);
  } finally {
    await silent.close();
    await lost.close();
  }
});

test('while the database is down programs are told to try again', async () => {
  const silent = openDatabase(`postgres://nobody@127.0.0.1:${await freePort()}/nothing`, 1);
  const lost = await startApp(connection, { db: silent });
  try {
    const browser = new Browser(lost.url);
    browser.cookies.set('card-session', 'anything');
    const page = await browser.open('/');
    expect([page.status, page.text.includes('The database does not answer.')]).toEqual([503, true]);
    const script = await browser.get(WHO, { accept: 'application/json' });
    expect([script.status, script.json()]).toMatchObject([503, { type: 'database-unavailable' }]);
  } finally {
    await silent.destroy();
    await lost.close();
  }
});
