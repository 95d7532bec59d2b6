import { z } from 'zod';
import { groups, technicalAccounts } from '../../src/domain/roles.js';
import { ensureAccount } from '../../src/engine/identity.js';
import { defineRoute, jsonBody } from '../../src/web/route.js';
import { eventually } from '../support/eventually.js';
import { lentEngine } from '../support/engine.js';
import { PASSWORD, STARTUP, startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';

const routes = [
  defineRoute({
    method: 'get',
    path: '/me',
    summary: 'Who am I',
    tags: ['Test'],
    responses: { 200: { description: 'Me', schema: z.object({ id: z.string(), groups: z.array(z.string()) }) } },
    handler: async ({ user }) => ({ status: 200, body: { id: user.id, groups: [...user.groups] } }),
  }),
  defineRoute({
    method: 'post',
    path: '/me',
    summary: 'A change',
    tags: ['Test'],
    body: jsonBody(z.object({})),
    responses: { 204: { description: 'Changed' } },
    handler: async () => ({ status: 204 }),
  }),
];

let app: TestApp;
let operator: string;

beforeAll(async () => {
  app = await startApp(await lentEngine(), { routes });
  operator = await app.account('operator');
}, STARTUP);
afterAll(() => app.close());

const basic = (account: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`,
});

async function signedIn(account = operator): Promise<Browser> {
  const browser = new Browser(app.url);
  expect((await browser.signIn(account)).status).toBe(303);
  return browser;
}

describe('signing in', () => {
  test('opens a session that the interface and the pages accept', async () => {
    const browser = await signedIn();
    expect((await browser.get('/api/v1/me')).json()).toEqual({ id: operator, groups: [groups.operator] });
    expect((await browser.open('/')).text).toContain('Tasklist');
  });

  test('sets a cookie that scripts cannot read and other sites cannot send along', async () => {
    const answer = await new Browser(app.url).signIn(operator);
    const cookie = answer.headers
      .getSetCookie()
      .find((each) => each.startsWith('card-session=') && !each.includes('1970'));
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('behind https binds the cookie to this host and keeps it off plain connections', async () => {
    const secure = await startApp(await lentEngine(), { publicUrl: 'https://cards.test' });
    try {
      const answer = await new Browser(secure.url).signIn(operator);
      expect(answer.headers.getSetCookie().at(-1)).toMatch(
        /^__Host-card-session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      expect(answer.headers.get('strict-transport-security')).not.toBeNull();
    } finally {
      await secure.close();
    }
  });

  test('keeps no token in the database', async () => {
    const browser = await signedIn();
    const token = browser.cookies.get('card-session') ?? '';
    const { rows } = await app.db.raw('select token_hash from session');
    expect(JSON.stringify(rows.map((row: { token_hash: Buffer }) => row.token_hash.toString()))).not.toContain(token);
    expect(token).toHaveLength(43);
  });

  test('with a wrong password shows the form again with the account', async () => {
    const account = await app.account('operator');
    const answer = await new Browser(app.url).signIn(account, 'wrong');
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('The account or the password is wrong.');
    expect(answer.text).toContain(`value="${account}"`);
  });

  test('as a technical account is refused, even with a password that the engine would take', async () => {
    const id = technicalAccounts.worker;
    await ensureAccount(
      app.engine,
      technicalAccounts.server,
      { id, firstName: '', lastName: '', email: '', groups: [] },
      PASSWORD,
    );
    for (const account of [id, ` ${id.toUpperCase()} `, technicalAccounts.server]) {
      expect((await new Browser(app.url).signIn(account)).status).toBe(401);
      expect((await new Browser(app.url).get('/api/v1/me', basic(account, PASSWORD))).status).toBe(401);
    }
  });

  test('leads on to the page that was asked for', async () => {
    const browser = new Browser(app.url);
    const answer = await browser.open('/camunda/app/tasklist/default/?x=1');
    expect(answer.status).toBe(303);
    const location = new URL(answer.headers.get('location') ?? '', app.url);
    expect(location.pathname).toBe('/sign-in');
    const next = location.searchParams.get('next') ?? '';
    expect((await browser.signIn(operator, PASSWORD, next)).headers.get('location')).toBe(
      '/camunda/app/tasklist/default/?x=1',
    );
  });

  test.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    'javascript:alert(1)',
    '/%0d%0aX: y',
  ])('never leads on to %j elsewhere', async (next) => {
    const location = (await new Browser(app.url).signIn(operator, PASSWORD, next)).headers.get('location') ?? '';
    expect(new URL(location, app.url).origin).toBe(app.url);
    expect(location).toMatch(/^\/(?!\/)/);
  });

  test('begins a new session and ends the one before', async () => {
    const browser = await signedIn();
    const former = browser.cookies.get('card-session') ?? '';
    await browser.signIn(operator);
    expect(browser.cookies.get('card-session')).not.toBe(former);
    const old = new Browser(app.url);
    old.cookies.set('card-session', former);
    expect((await old.get('/api/v1/me')).status).toBe(401);
  });
});

describe('a session', () => {
  test.each([
    ['12 hours after sign-in', "created_at = now() - interval '12 hours 1 second'"],
    ['after an hour without use', "last_seen_at = now() - interval '1 hour 1 second'"],
  ])('ends %s', async (_when, change) => {
    const browser = await signedIn(await app.account('operator'));
    expect((await browser.get('/api/v1/me')).status).toBe(200);
    await app.db.raw(`update session set ${change}`);
    expect((await browser.get('/api/v1/me')).status).toBe(401);
    await signedIn();
    const { rows } = await app.db.raw('select count(*)::int as count from session');
    expect(rows).toEqual([{ count: 1 }]);
  });

  test('notes its last use, at most once a minute', async () => {
    const browser = await signedIn();
    const lastSeen = async () =>
      (
        await app.db.raw('select last_seen_at from session order by created_at desc limit 1')
      ).rows[0].last_seen_at.getTime();
    const atFirst = await lastSeen();
    await browser.get('/api/v1/me');
    expect(await lastSeen()).toBe(atFirst);
    await app.db.raw("update session set last_seen_at = last_seen_at - interval '2 minutes'");
    await browser.get('/api/v1/me');
    expect(await lastSeen()).toBeGreaterThanOrEqual(atFirst);
  });

  test('ends for everyone on sign-out, and for no other browser', async () => {
    const [browser, other] = [await signedIn(), await signedIn()];
    const stolen = new Browser(app.url);
    for (const [name, value] of browser.cookies) stolen.cookies.set(name, value);
    expect((await browser.request('POST', '/sign-out', { form: {} })).headers.get('location')).toBe('/sign-in');
    expect((await stolen.get('/api/v1/me')).status).toBe(401);
    expect((await other.get('/api/v1/me')).status).toBe(200);
  });

  test('loses a group within ten seconds of the person losing it', async () => {
    const account = await app.account('operator', 'admin');
    const browser = await signedIn(account);
    expect((await browser.get('/api/v1/me')).json()).toMatchObject({ groups: [groups.admin, groups.operator] });
    const path = `/group/${groups.admin}/members/${account}`;
    await app.engine.call({ user: technicalAccounts.server, method: 'DELETE', path });
    await eventually('the group is gone', 11_000, async () => {
      const { groups: left } = (await browser.get('/api/v1/me')).json<{ groups: string[] }>();
      return left.length === 1 && left[0] === groups.operator;
    });
  });
});

describe('another site', () => {
  test.each([
    ['a form of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a form of a neighbour site', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that is kept secret', { origin: 'null' }],
  ])('%s changes nothing', async (_what, headers: Record<string, string>) => {
    const browser = await signedIn();
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const send = (path: string) =>
      fetch(app.url + path, {
        method: 'POST',
        body: '{}',
        headers: { cookie, 'content-type': 'application/json', ...headers },
      });
    for (const path of ['/api/v1/me', '/sign-out', '/camunda/api/admin/auth/user/default/logout']) {
      const answer = await send(path);
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect((await browser.get('/api/v1/me')).status).toBe(200);
  });

  test('cannot sign a browser in', async () => {
    const browser = new Browser(app.url);
    const answer = await browser.request('POST', '/sign-in', {
      form: { account: operator, password: PASSWORD, next: '/' },
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.status).toBe(403);
    expect(browser.cookies.size).toBe(0);
  });

  test.each([
    ['our public origin', (): Record<string, string> => ({ origin: 'http://cards.test' }), 204],
    ['the origin of the address in use', (): Record<string, string> => ({ origin: app.url }), 204],
    ['a program that sends JSON', (): Record<string, string> => ({}), 204],
    ['a program that sends something else', (): Record<string, string> => ({ 'content-type': 'text/plain' }), 403],
  ])('is not %s', async (_what, headers, status) => {
    const browser = await signedIn();
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${app.url}/api/v1/me`, {
      method: 'POST',
      body: '{}',
      headers: { cookie, 'content-type': 'application/json', ...headers() },
    });
    expect(answer.status).toBe(status);
  });
});

describe('HTTP Basic', () => {
  test('serves programs, changes included', async () => {
    const headers = { ...basic(operator, PASSWORD), 'content-type': 'application/json' };
    expect(await (await fetch(`${app.url}/api/v1/me`, { headers })).json()).toMatchObject({ id: operator });
    expect((await fetch(`${app.url}/api/v1/me`, { method: 'POST', headers, body: '{}' })).status).toBe(204);
  });

  test('is asked for, but not from browsers', async () => {
    const program = await fetch(`${app.url}/api/v1/me`);
    expect([program.status, program.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="cards", charset="UTF-8"',
    ]);
    const browser = await new Browser(app.url).get('/api/v1/me', { 'sec-fetch-mode': 'cors' });
    expect([browser.status, browser.headers.get('www-authenticate')]).toEqual([401, 'Session realm="cards"']);
  });

  test.each(['Basic', 'Basic !!!', 'Bearer abc', 'Basic Og==', `Basic ${Buffer.from('nocolon').toString('base64')}`])(
    'refuses %s',
    async (authorization) => {
      expect((await fetch(`${app.url}/api/v1/me`, { headers: { authorization } })).status).toBe(401);
    },
  );

  test('opens no page and no web application', async () => {
    const headers = basic(operator, PASSWORD);
    expect((await new Browser(app.url).get('/camunda/api/engine/engine/default/task', headers)).status).toBe(401);
  });
});

test('failed tries are slowed down, for that account and address only', async () => {
  const account = await app.account('operator');
  const statuses: number[] = [];
  for (let at = 0; at < 7; at += 1) statuses.push((await new Browser(app.url).signIn(account, `wrong ${at}`)).status);
  expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
  expect(statuses.slice(5)).toContain(429);
  const refused = await fetch(`${app.url}/api/v1/me`, { headers: basic(account, 'wrong again') });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await refused.json()) as object).toMatchObject({ code: 'too-many-attempts' });
  await signedIn();
});
