/** TOTP as a second factor: set up, asked for, recovered, reset, and what goes without it. */
import { AccountDirectory } from '../../src/directory/accounts/account-directory.js';
import { accountRoutes } from '../../src/directory/accounts/account-routes.js';
import { AccountService } from '../../src/directory/accounts/account-service.js';
import { groupRoutes } from '../../src/directory/groups/group-routes.js';
import { GroupService } from '../../src/directory/groups/group-service.js';
import { technicalAccounts } from '../../src/domain/roles.js';
import { EngineClient } from '../../src/engine/client.js';
import { SecurityEvents } from '../../src/kernel/security-events.js';
import { openIdentity } from '../../src/web/sign-in/identity.js';
import { matchingStep, stepOf, totpAddress, totpCode } from '../../src/web/sign-in/totp.js';
import { pino } from 'pino';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { lentEngine } from '../support/engine.js';
import { PASSWORD, STARTUP, startApp, testKeyRing, type TestApp } from './support/app.js';
import { Browser, type Answer } from './support/browser.js';

describe('codes', () => {
  // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %d s are those of the RFC', (seconds, code) => {
    expect(totpCode(secret, stepOf(seconds * 1_000))).toBe(code);
  });

  test('count once, a step early or late', () => {
    const now = 1_234_567_890_000;
    const step = stepOf(now);
    for (const [at, found] of [
      [step - 2, null],
      [step - 1, step - 1],
      [step, step],
      [step + 1, step + 1],
      [step + 2, null],
    ] as const)
      expect(matchingStep(secret, totpCode(secret, at), now, 0)).toBe(found);
    expect(matchingStep(secret, totpCode(secret, step), now, step)).toBeNull();
    for (const wrong of ['', '12345', '1234567', 'abcdef', '１２３４５６'])
      expect(matchingStep(secret, wrong, now, 0)).toBeNull();
  });

  test('are set up by an address that escapes names', () => {
    expect(totpAddress('ABC', 'a b:c', 'Cards & Co')).toBe(
      'otpauth://totp/Cards%20%26%20Co:a%20b%3Ac?secret=ABC&issuer=Cards%20%26%20Co&digits=6&period=30',
    );
  });
});

let app: TestApp;
let database: TestDatabase;
let engine: EngineClient;
let admin: string;

beforeAll(async () => {
  const connection = await lentEngine();
  database = await createTestDatabase();
  engine = new EngineClient(new URL(connection.engineUrl).origin, connection.door);
  const db = database.knex;
  const security = new SecurityEvents({ log: pino({ level: 'silent' }) });
  const identity = openIdentity({ db, engine, security, keyRing: testKeyRing });
  const directory = new AccountDirectory(engine, technicalAccounts.server);
  const accounts = new AccountService(db, directory, identity);
  const groups = new GroupService(db, engine, technicalAccounts.server, directory, identity);
  app = await startApp(connection, {
    ...{ db, identity, security },
    routes: [...accountRoutes(db, directory, accounts), ...groupRoutes(db, directory, accounts, groups)],
  });
  admin = await app.account('admin');
}, STARTUP);
beforeEach(() => app.db('failed_sign_in').delete());
afterAll(async () => {
  await app?.close();
  await engine?.close();
  await database?.drop();
});

const asAdmin = async (method: string, path: string, body?: unknown) => {
  const authorization = `Basic ${Buffer.from(`${admin}:${PASSWORD}`).toString('base64')}`;
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
};
const basic = async (account: string) => {
  const authorization = `Basic ${Buffer.from(`${account}:${PASSWORD}`).toString('base64')}`;
  const response = await fetch(`${app.url}/api/v1/me/password`, { method: 'PUT', headers: { authorization } });
  return { status: response.status, body: await response.json() };
};
const secretOn = ({ text }: Answer): string =>
  (/<code>([A-Z2-7 ]{39})<\/code>/.exec(text)?.[1] ?? '').replaceAll(' ', '');
const recoveryOn = ({ text }: Answer): string[] =>
  [...text.matchAll(/<code>([a-z2-9-]{14})<\/code>/g)].map(([, code]) => code ?? '');
/** A code that has not been used: those before are forgotten, as if time had passed. */
const codeOf = async (account: string, secret: string): Promise<string> => {
  await app.db('second_factor').where({ account }).update({ last_step: 0 });
  return totpCode(secret, stepOf(Date.now()));
};
const isIn = async (browser: Browser) => (await browser.open('/sessions')).status === 200;

async function enrolled(...roles: Parameters<TestApp['account']>) {
  const account = await app.account(...roles);
  const browser = new Browser(app.url);
  await browser.signIn(account);
  const secret = secretOn(await browser.request('POST', '/second-factor', { form: {} }));
  const answer = await browser.request('POST', '/second-factor/confirm', {
    form: { code: await codeOf(account, secret), next: '/' },
  });
  return { account, browser, secret, recovery: recoveryOn(answer) };
}

test('a second factor is set up by its owner, asked for at the next sign-in, and its secret is sealed', async () => {
  const { account, browser, secret, recovery } = await enrolled('operator');
  expect(secret).toHaveLength(32);
  expect(new Set(recovery).size).toBe(10);
  expect(await isIn(browser)).toBe(true);
  const { rows } = await app.db.raw(
    'select f::text, (select string_agg(r::text, $$ $$) from recovery_code r) from second_factor f',
  );
  expect(JSON.stringify(rows)).not.toContain(secret);

  const next = new Browser(app.url);
  const first = await next.signIn(account, PASSWORD, '/sessions');
  expect(first.headers.get('location')).toBe('/sign-in/code?next=%2Fsessions');
  expect(await isIn(next)).toBe(false);
  expect((await next.get('/camunda/api/engine/engine/default/task')).status).toBe(401);
  const wrong = await next.request('POST', '/sign-in/code', { form: { code: '000000', next: '/' } });
  expect([wrong.status, wrong.text.includes('The code is wrong')]).toEqual([403, true]);
  const right = await next.request('POST', '/sign-in/code', {
    form: { code: await codeOf(account, secret), next: '/sessions' },
  });
  expect(right.headers.get('location')).toBe('/sessions');
  expect(await isIn(next)).toBe(true);
});

test('a code counts once, also when it is sent twice at once', async () => {
  const { account, secret } = await enrolled('operator');
  const [one, other] = [new Browser(app.url), new Browser(app.url)];
  await one.signIn(account);
  await other.signIn(account);
  const code = await codeOf(account, secret);
  const answers = await Promise.all(
    [one, other].map((each) => each.request('POST', '/sign-in/code', { form: { code, next: '/' } })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 403]);
});

test('guessing codes is slowed down, whatever device it comes from', async () => {
  const { account, browser } = await enrolled('operator');
  await browser.signIn(account);
  const statuses: number[] = [];
  for (let at = 0; at < 7; at += 1)
    statuses.push((await browser.request('POST', '/sign-in/code', { form: { code: '000000', next: '/' } })).status);
  expect(statuses.slice(0, 5)).toEqual([403, 403, 403, 403, 403]);
  expect(statuses).toContain(429);
});

test('a recovery code opens one session', async () => {
  const { account, recovery } = await enrolled('operator');
  const [code = ''] = recovery;
  const use = async () => {
    const browser = new Browser(app.url);
    await browser.signIn(account);
    return (await browser.request('POST', '/sign-in/code', { form: { code, next: '/' } })).status;
  };
  expect(await use()).toBe(303);
  expect(await use()).toBe(403);
});

test('HTTP Basic is refused with a sentence, from the moment there is a second factor', async () => {
  const account = await app.account('operator');
  expect((await basic(account)).status).not.toBe(403);
  await asAdmin('PUT', `/accounts/${account}/second-factor`, { required: true });
  expect(await basic(account)).toMatchObject({
    status: 403,
    body: { code: 'second-factor-needed', detail: expect.stringContaining('session') },
  });
});

test('one that an administrator asks for is set up at the sign-in, and ends what goes without', async () => {
  const account = await app.account('operator');
  const browser = new Browser(app.url);
  await browser.signIn(account);
  expect(await isIn(browser)).toBe(true);
  const asked = await asAdmin('PUT', `/accounts/${account}/second-factor`, { required: true });
  expect(asked.body).toMatchObject({ secondFactor: { required: true, enrolled: false } });
  expect(await isIn(browser)).toBe(false);
  expect((await browser.signIn(account, PASSWORD, '/sessions')).headers.get('location')).toBe(
    '/sign-in/enrolment?next=%2Fsessions',
  );
  const page = await browser.open('/sign-in/enrolment?next=%2Fsessions');
  expect(page.text).toContain('<svg');
  expect(await isIn(browser)).toBe(false);
  const secret = secretOn(page);
  expect((await browser.request('POST', '/sign-in/enrolment', { form: { code: '000000', next: '/' } })).status).toBe(
    403,
  );
  const done = await browser.request('POST', '/sign-in/enrolment', {
    form: { code: await codeOf(account, secret), next: '/sessions' },
  });
  expect(recoveryOn(done)).toHaveLength(10);
  expect(done.text).toContain('href="/sessions"');
  expect(await isIn(browser)).toBe(true);
  expect((await browser.open('/second-factor')).text).toContain('An administrator asks for it');

  expect((await asAdmin('DELETE', `/accounts/${account}/second-factor`)).status).toBe(204);
  expect(await isIn(browser)).toBe(false);
  expect((await browser.signIn(account)).headers.get('location')).toBe('/sign-in/enrolment?next=%2F');
  await asAdmin('PUT', `/accounts/${account}/second-factor`, { required: false });
  expect((await browser.signIn(account)).headers.get('location')).toBe('/');
});

test('a role asks everybody in it, and whoever is given it later', async () => {
  const [account, other] = [await app.account('producer'), await app.account('operator')];
  const [browser, later] = [new Browser(app.url), new Browser(app.url)];
  await browser.signIn(account);
  await later.signIn(other);
  expect((await asAdmin('PUT', '/groups/producer/second-factor', { required: true })).status).toBe(204);
  try {
    const { body } = await asAdmin('GET', '/groups');
    expect(body.items.find(({ role }: { role: string }) => role === 'producer').secondFactor).toBe(true);
    expect([await isIn(browser), await isIn(later)]).toEqual([false, true]);
    await asAdmin('PUT', `/accounts/${other}/roles`, { roles: ['producer'] });
    expect(await isIn(later)).toBe(false);
    expect((await basic(other)).status).toBe(403);
  } finally {
    await asAdmin('PUT', '/groups/producer/second-factor', { required: false });
  }
  expect(await isIn(browser)).toBe(true);
});

test('its owner removes one that nobody asks for, with a code', async () => {
  const { account, browser, secret } = await enrolled('operator');
  expect((await browser.request('POST', '/second-factor/remove', { form: { code: '000000' } })).status).toBe(403);
  const removed = await browser.request('POST', '/second-factor/remove', {
    form: { code: await codeOf(account, secret) },
  });
  expect(removed.headers.get('location')).toBe('/second-factor?done=removed');
  expect((await new Browser(app.url).signIn(account)).headers.get('location')).toBe('/');
});

test('a waiting sign-in ends after five minutes', async () => {
  const { account, secret } = await enrolled('operator');
  const browser = new Browser(app.url);
  await browser.signIn(account);
  await app
    .db('session')
    .where({ account, stage: 'code' })
    .update({ created_at: app.db.raw("now() - interval '301 seconds'") });
  const late = await browser.request('POST', '/sign-in/code', {
    form: { code: await codeOf(account, secret), next: '/' },
  });
  expect(late.status).toBe(401);
});
