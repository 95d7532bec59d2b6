import { randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { pino } from 'pino';
import { z } from 'zod';
import { AccountDirectory } from '../../src/directory/accounts/account-directory.js';
import { replaceEnginePasswords } from '../../src/directory/accounts/engine-passwords.js';
import { groups, technicalAccounts } from '../../src/domain/roles.js';
import { Listener } from '../../src/kernel/db/listen.js';
import { defineRoute, jsonBody } from '../../src/web/route.js';
import { accountChannel } from '../../src/web/sign-in/account-changes.js';
import { openIdentity } from '../../src/web/sign-in/identity.js';
import { hashPassword, isCurrent } from '../../src/web/sign-in/password-hash.js';
import { PasswordStore } from '../../src/web/sign-in/password-store.js';
import { eventually } from '../support/eventually.js';
import { lentEngine, type EngineConnection } from '../support/engine.js';
import { PASSWORD, STARTUP, startApp, testKeyRing, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { addAccount } from '../fixtures/accounts.js';

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
let connection: EngineConnection;

beforeAll(async () => {
  connection = await lentEngine();
  app = await startApp(connection, { routes });
  operator = await app.account('operator');
}, STARTUP);
// All tests of this file have one address.
beforeEach(() => app.db('failed_sign_in').delete());
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
    const secure = await startApp(connection, { publicUrl: 'https://cards.test' });
    try {
      const answer = await new Browser(secure.url).signIn(operator);
      expect(answer.headers.getSetCookie().slice(-2)).toEqual([
        expect.stringMatching(/^__Host-card-session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
        expect.stringMatching(/^__Host-card-device=.*; Path=\/;.* HttpOnly; Secure; SameSite=Lax$/),
      ]);
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
    await addAccount(app.engine, id, { password: PASSWORD });
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

  test('loses a group within ten seconds of the person losing it past the server', async () => {
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

describe('passwords', () => {
  const stored = (account: string) => app.db('account_password').where({ account }).first();

  test('that the engine holds are kept by us from the next sign-in, hashed with Argon2id', async () => {
    const account = await app.account('operator');
    expect((await new Browser(app.url).signIn(account, 'wrong')).status).toBe(401);
    expect(await stored(account)).toBeUndefined();
    await signedIn(account);
    expect(await stored(account)).toMatchObject({
      hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/),
      engine_replaced: false,
    });
    await app
      .db('account_password')
      .where({ account })
      .update({ hash: await hashPassword('another one of theirs') });
    expect((await new Browser(app.url).signIn(account, PASSWORD)).status).toBe(401);
    expect((await new Browser(app.url).signIn(account, 'another one of theirs')).status).toBe(303);
  });

  test('leave the engine, which then holds one that nobody knows', async () => {
    const account = await app.account('operator');
    await signedIn(account);
    const verify = async () =>
      app.engine.call({
        user: technicalAccounts.server,
        method: 'POST',
        path: '/identity/verify',
        body: { username: account, password: PASSWORD },
      });
    expect(await verify()).toMatchObject({ authenticated: true });
    const directory = new AccountDirectory(app.engine, technicalAccounts.server);
    await eventually('no other test file does the same at this moment', 20_000, async () => {
      await replaceEnginePasswords(app.db, new PasswordStore(app.db), directory);
      return (await stored(account)).engine_replaced === true;
    });
    expect(await verify()).toMatchObject({ authenticated: false });
    await signedIn(account);
    await app
      .db('account_password')
      .insert({ account: 'gone', hash: (await stored(account)).hash, engine_replaced: false });
    await eventually('an account that is gone leaves nothing', 20_000, async () => {
      await replaceEnginePasswords(app.db, new PasswordStore(app.db), directory);
      return (await stored('gone')) === undefined;
    });
  });

  test('of an older strength are hashed anew when they were right', async () => {
    const account = await app.account('operator');
    const weak = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await app.db('account_password').insert({ account, hash: weak, engine_replaced: true });
    await new Browser(app.url).signIn(account, 'wrong');
    expect((await stored(account)).hash).toBe(weak);
    await signedIn(account);
    expect(isCurrent((await stored(account)).hash)).toBe(true);
  });

  test.each([
    ['composed, at the engine', 'gr\u00fcne \u00c4pfel im Garten', 'gru\u0308ne A\u0308pfel im Garten'],
    ['decomposed, at the engine', 'gru\u0308ne A\u0308pfel im Garten', 'gr\u00fcne \u00c4pfel im Garten'],
  ])('are one, however a system composes letters: set %s', async (_how, set, typed) => {
    const id = `t-${randomBytes(6).toString('hex')}`;
    await addAccount(app.engine, id, { password: set });
    for (const password of [typed, set, typed.replaceAll(' ', '\u00a0')])
      expect((await new Browser(app.url).signIn(id, password)).status).toBe(303);
  });

  test('take as long to refuse for an account that does not exist', async () => {
    const [ours, theirs] = [await app.account('operator'), await app.account('operator')];
    await signedIn(ours);
    const accounts = { ours, theirs, none: 'nobody-of-this-name' };
    const times: Record<string, number[]> = { ours: [], theirs: [], none: [] };
    for (let round = 0; round < 15; round += 1) {
      await app.db('failed_sign_in').delete();
      for (const [kind, account] of Object.entries(accounts)) {
        const begun = performance.now();
        expect((await new Browser(app.url).signIn(account, 'wrong')).status).toBe(401);
        times[kind]?.push(performance.now() - begun);
      }
    }
    const median = (kind: string) => times[kind]?.sort((one, other) => one - other)[7] ?? 0;
    const [least = 0, , most = 0] = ['ours', 'theirs', 'none'].map(median).sort((one, other) => one - other);
    expect(least).toBeGreaterThan(10);
    expect(most / least).toBeLessThan(1.8);
  });
});

describe('a guess', () => {
  test('counts for every way that judges a password', async () => {
    const account = await app.account('operator', 'designer');
    const ways = [
      () => new Browser(app.url).signIn(account, 'wrong'),
      () => fetch(`${app.url}/api/v1/me`, { headers: basic(account, 'wrong') }),
    ];
    const statuses: number[] = [];
    for (let at = 0; at < 6; at += 1) statuses.push((await ways[at % ways.length]?.())?.status ?? 0);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  test('is judged and counted also while the right password is known from the same address', async () => {
    const account = await app.account('operator');
    const call = async (password: string) =>
      (await fetch(`${app.url}/api/v1/me`, { headers: basic(account, password) })).status;
    expect(await call(PASSWORD)).toBe(200);
    await app.db('known_place').where({ account }).update({ failed: 100, failed_at: app.db.fn.now() });
    const statuses = await Promise.all(Array.from({ length: 30 }, (_, at) => call(`guess ${at}`)));
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(8);
    // As slow as every other guess, or the right one could be found among any number sent at once.
    expect(await call(PASSWORD)).toBe(429);
  });

  test('from elsewhere never shuts out the program or the browser that were right before', async () => {
    const account = await app.account('operator');
    const program = () => fetch(`${app.url}/api/v1/me`, { headers: basic(account, PASSWORD) });
    const browser = await signedIn(account);
    expect((await program()).status).toBe(200);
    for (let at = 0; at < 8; at += 1) await new Browser(app.url).signIn(account, 'wrong');
    expect((await new Browser(app.url).signIn(account)).status).toBe(429);
    await app.identity.changes.announce(account);
    expect((await program()).status).toBe(200);
    expect((await browser.signIn(account)).status).toBe(303);
    expect((await browser.signIn(account, 'mistyped')).status).toBe(401);
    expect((await browser.signIn(account)).status).toBe(303);
  });

  test('behind a proxy counts for the address that the proxy tells, and nobody else’s word counts', async () => {
    const proxied = await startApp(connection, { trustedProxies: ['127.0.0.1'] });
    try {
      const account = await proxied.account('operator');
      const from = (address: string, url = proxied.url) =>
        fetch(`${url}/api/v1/x`, { headers: { ...basic(account, 'wrong'), 'x-forwarded-for': address } });
      for (let at = 0; at < 5; at += 1) expect((await from('203.0.113.1')).status).not.toBe(429);
      await proxied.db('failed_sign_in').where({ free: 5 }).first();
      const plain = await app.account('operator');
      const pretend = (at: number) =>
        fetch(`${app.url}/api/v1/me`, { headers: { ...basic(plain, 'wrong'), 'x-forwarded-for': `203.0.113.${at}` } });
      const statuses: number[] = [];
      for (let at = 0; at < 6; at += 1) statuses.push((await pretend(at)).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    } finally {
      await proxied.close();
    }
  });
});

describe('what has changed', () => {
  test('counts at once on every server', async () => {
    const account = await app.account('operator', 'admin');
    const other = openIdentity({
      db: app.db,
      engine: app.engine,
      security: app.identity.security,
      keyRing: testKeyRing,
    });
    const listener = new Listener(app.databaseUrl, [accountChannel], pino({ level: 'silent' }), () =>
      other.changes.heard(),
    );
    await listener.start();
    try {
      expect((await other.directory.person(account))?.roles.has('admin')).toBe(true);
      const path = `/group/${groups.admin}/members/${account}`;
      await app.engine.call({ user: technicalAccounts.server, method: 'DELETE', path });
      expect((await other.directory.person(account))?.roles.has('admin')).toBe(true);
      await app.identity.changes.announce(account);
      await eventually('the other server has heard', 1_000, async () => {
        return (await other.directory.person(account))?.roles.has('admin') === false;
      });
    } finally {
      await listener.stop();
    }
  });
});

describe('the page of sessions', () => {
  test('shows where the account is signed in, and ends what one does not know', async () => {
    const account = await app.account('operator');
    const [here, there, third] = [await signedIn(account), new Browser(app.url), await signedIn(account)];
    await there.request('POST', '/sign-in', {
      form: { account, password: PASSWORD, next: '/' },
      headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
    });
    const page = await here.open('/sessions');
    expect(page.text).toContain('Firefox on Linux');
    expect(page.text).toContain('127.0.0.1');
    expect(page.text.match(/This one/g)).toHaveLength(1);
    const [, id = ''] =
      /value="([0-9a-f-]{36})" \/>\s*<button class="quiet" aria-label="End: Firefox/.exec(page.text) ?? [];
    expect((await here.request('POST', '/sessions/one', { form: { id } })).status).toBe(303);
    expect((await there.get('/api/v1/me')).status).toBe(401);
    expect((await third.get('/api/v1/me')).status).toBe(200);
    expect((await here.request('POST', '/sessions/others', { form: {} })).status).toBe(303);
    expect((await third.get('/api/v1/me')).status).toBe(401);
    expect((await here.open('/sessions?done=others')).text).toContain('All other sessions have ended.');
  });

  test('ends nobody else’s', async () => {
    const [one, other] = [await signedIn(await app.account('operator')), await signedIn(await app.account('operator'))];
    const [, account = ''] = /"id":"([^"]+)"/.exec((await other.get('/api/v1/me')).text) ?? [];
    const { id } = await app.db('session').where({ account }).first();
    await one.request('POST', '/sessions/one', { form: { id } });
    await one.request('POST', '/sessions/one', { form: { id: "' or 1=1" } });
    expect((await other.get('/api/v1/me')).status).toBe(200);
  });
});
