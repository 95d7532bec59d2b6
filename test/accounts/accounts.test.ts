/** Accounts over API and page, on a real engine with its identity service. */
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { AccountDirectory } from '../../src/directory/accounts/account-directory.js';
import { accountRoutes } from '../../src/directory/accounts/account-routes.js';
import { AccountService } from '../../src/directory/accounts/account-service.js';
import { passwordPages } from '../../src/directory/accounts/password-page.js';
import { technicalAccounts } from '../../src/domain/roles.js';
import { EngineClient } from '../../src/engine/client.js';
import { SecurityEvents } from '../../src/kernel/security-events.js';
import { appendAudit } from '../../src/records/audit/audit-store.js';
import { openIdentity, type Identity } from '../../src/web/sign-in/identity.js';
import { startApp, STARTUP, PASSWORD, testKeyRing, type TestApp } from '../http/support/app.js';
import { Browser } from '../http/support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { lentEngine } from '../support/engine.js';

let database: TestDatabase;
let engine: EngineClient;
let app: TestApp;
let admin: string;
let identity: Identity;

beforeAll(async () => {
  database = await createTestDatabase();
  const connection = await lentEngine();
  engine = new EngineClient(new URL(connection.engineUrl).origin, connection.door);
  const directory = new AccountDirectory(engine, technicalAccounts.server);
  const log = pino({ level: 'silent' });
  const security = new SecurityEvents({ log, audit: (row) => appendAudit(database.knex, [row]) });
  identity = openIdentity({ db: database.knex, engine, security, keyRing: testKeyRing });
  const accounts = new AccountService(database.knex, directory, identity);
  app = await startApp(connection, {
    db: database.knex,
    identity,
    routes: accountRoutes(database.knex, directory, accounts),
    pages: passwordPages(accounts),
  });
  admin = await app.account('admin');
}, STARTUP);
afterAll(async () => {
  await app?.close();
  await engine?.close();
  await database?.drop();
});

async function call(
  account: string,
  method: string,
  path: string,
  body?: unknown,
  password = PASSWORD,
  headers = {},
): Promise<{ status: number; body: any; etag: string }> {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? null : JSON.parse(text),
    etag: response.headers.get('etag') ?? '',
  };
}

const newAccount = (roles: string[]) => ({
  id: `p-${randomBytes(4).toString('hex')}`,
  firstName: 'Sam',
  lastName: 'Sample',
  email: 'sam@example.org',
  roles,
});
const actions = (id: string) =>
  database
    .knex('audit')
    .where({ object_type: 'account', object_id: id })
    .whereNot({ action: 'signed-in' })
    .orderBy('id')
    .pluck('action');

test('an account is made, used, given other roles, a new password, and removed; each is on record without the password', async () => {
  const account = newAccount(['operator', 'approver']);
  const made = await call(admin, 'POST', '/accounts', account);
  expect(made).toMatchObject({ status: 201, body: { password: expect.stringMatching(/^\w{16}$/) } });
  expect((await call(admin, 'POST', '/accounts', account)).body.code).toBe('exists-already');
  const shown = await call(admin, 'GET', `/accounts/${account.id}`);
  expect(shown.body).toMatchObject({
    name: 'Sam Sample',
    roles: ['operator', 'approver'],
    conflicts: [{ roles: ['operator', 'approver'] }],
    lastSignInAt: null,
    holderId: null,
  });
  const browser = new Browser(app.url);
  expect((await browser.signIn(account.id, made.body.password)).status).toBe(303);
  expect((await call(admin, 'GET', `/accounts/${account.id}`)).body.lastSignInAt).toEqual(expect.any(String));
  expect((await call(admin, 'PUT', `/accounts/${account.id}/roles`, { roles: ['producer'] })).body).toMatchObject({
    roles: ['producer'],
    conflicts: [],
  });
  const reset = await call(admin, 'POST', `/accounts/${account.id}/password`);
  expect(reset.status).toBe(200);
  expect((await browser.open('/password')).text).not.toContain('Present password');
  expect((await browser.signIn(account.id, reset.body.password)).status).toBe(303);
  expect((await call(admin, 'DELETE', `/accounts/${account.id}`)).status).toBe(204);
  expect((await call(admin, 'GET', `/accounts/${account.id}`)).status).toBe(404);
  expect(await actions(account.id)).toEqual([
    'account-created',
    'account-roles-set',
    'password-reset',
    'account-removed',
  ]);
  const said = JSON.stringify(await database.knex('audit').select());
  for (const secret of [made.body.password, reset.body.password]) expect(said).not.toContain(secret);
});

test('of two administrators who change the same roles, the second is refused and has changed nothing', async () => {
  const account = newAccount(['operator']);
  const {
    body: { password },
  } = await call(admin, 'POST', '/accounts', account);
  const roles = `/accounts/${account.id}/roles`;
  const { etag } = await call(admin, 'GET', `/accounts/${account.id}`);
  await new Browser(app.url).signIn(account.id, password);
  const first = await call(admin, 'PUT', roles, { roles: ['operator', 'designer'] }, PASSWORD, { 'if-match': etag });
  expect(first.status).toBe(200);
  expect(await call(admin, 'PUT', roles, { roles: [] }, PASSWORD, { 'if-match': etag })).toMatchObject({
    status: 412,
    body: { code: 'stale' },
  });
  expect((await call(admin, 'GET', `/accounts/${account.id}`)).body.roles.sort()).toEqual(['designer', 'operator']);
  expect((await call(admin, 'PUT', roles, { roles: ['producer'] }, PASSWORD, { 'if-match': first.etag })).status).toBe(
    200,
  );
  expect(await actions(account.id)).toEqual(['account-created', 'account-roles-set', 'account-roles-set']);
});

test('names and address are changed upon what was seen; the row tells what was changed, and names nobody', async () => {
  const account = await app.account('operator');
  const path = `/accounts/${account}/profile`;
  const before = await call(admin, 'GET', path);
  const changed = { firstName: 'Mia', lastName: before.body.lastName, email: 'mia@example.org' };
  const saved = await call(admin, 'PUT', path, changed, PASSWORD, { 'if-match': before.etag });
  expect([saved.status, saved.body]).toEqual([200, { id: account, ...changed }]);
  expect((await call(admin, 'GET', `/accounts/${account}`)).body.email).toBe('mia@example.org');
  const late = await call(admin, 'PUT', path, before.body, PASSWORD, { 'if-match': before.etag });
  expect(late.status).toBe(400);
  const { id: _id, ...former } = before.body;
  expect((await call(admin, 'PUT', path, former, PASSWORD, { 'if-match': before.etag })).body.code).toBe('stale');
  expect((await call(admin, 'PUT', path, { ...changed, email: 'nowhere' })).status).toBe(400);
  expect((await call(account, 'PUT', path, changed)).status).toBe(403);
  expect((await call(admin, 'PUT', `/accounts/${technicalAccounts.server}/profile`, changed)).status).toBe(404);
  await call(admin, 'PUT', path, changed);
  const rows = await database.knex('audit').where({ object_id: account, action: 'account-profile-set' });
  expect(rows).toMatchObject([{ actor: admin, details: { changed: ['firstName', 'email'] } }]);
  expect(JSON.stringify(rows)).not.toMatch(/Mia|example/);
});

test('the last administrator stays one', async () => {
  expect((await call(admin, 'PUT', `/accounts/${admin}/roles`, { roles: ['operator'] })).body.code).toBe(
    'last-administrator',
  );
  expect((await call(admin, 'DELETE', `/accounts/${admin}`)).body.code).toBe('last-administrator');
  const browser = new Browser(app.url);
  await browser.signIn(admin);
  for (const path of [`group/card-admins/members/${admin}`, `user/${admin}`]) {
    const refused = await browser.request('DELETE', `/camunda/api/engine/engine/default/${path}`);
    expect({ status: refused.status, text: refused.text }).toMatchObject({
      status: 403,
      text: expect.stringContaining('/console/accounts'),
    });
  }
  const other = await app.account('admin');
  // Both take the role from the other at once: one of them keeps it.
  const answers = await Promise.all(
    [
      [admin, other],
      [other, admin],
    ].map(([by = '', of = '']) => call(by, 'PUT', `/accounts/${of}/roles`, { roles: [] })),
  );
  expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200]);
  const left = await new AccountDirectory(engine, technicalAccounts.server).members('admin');
  expect(left.size).toBe(1);
  [admin = ''] = left;
});

test('everyone changes the own password, with the present one', async () => {
  const id = await app.account('operator');
  const browser = new Browser(app.url);
  await browser.signIn(id);
  expect((await browser.open('/')).text).toContain('href="/password"');
  const form = (current: string, next: string, again = next) =>
    browser.request('POST', '/password', { form: { current, next, again } });
  expect((await form('wrong', 'a better password')).status).toBe(403);
  expect((await form(PASSWORD, 'short')).text).toContain('at least 12 characters');
  for (const common of ['password1234', 'Password123456!', `${id}${id}`, 'qwertyuiop12', 'Summer2026!!!'])
    expect((await form(PASSWORD, common)).text).toContain('guessed first');
  expect((await form(PASSWORD, 'a better password', 'another password')).text).toContain('not the same');
  expect((await form(PASSWORD, 'a better password')).status).toBe(303);
  expect((await browser.signIn(id)).status).toBe(401);
  expect((await browser.signIn(id, 'a better password')).status).toBe(303);
  expect(await actions(id)).toEqual(['password-changed']);
  expect(
    (
      await call(
        id,
        'PUT',
        '/me/password',
        { current: 'a better password', next: 'the best of passwords' },
        'a better password',
      )
    ).status,
  ).toBe(204);
});

test('technical accounts are not seen and not touched, and accounts are for administrators', async () => {
  const { body } = await call(admin, 'GET', '/accounts?limit=200');
  const ids = body.items.map(({ id }: { id: string }) => id);
  for (const id of Object.values(technicalAccounts)) {
    expect(ids).not.toContain(id);
    for (const [method, path, sent] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/password'],
      ['PUT', '/roles', { roles: [] }],
    ] as const) {
      expect((await call(admin, method, `/accounts/${id}${path}`, sent)).status).toBe(404);
    }
    expect((await call(admin, 'POST', '/accounts', { ...newAccount([]), id })).status).toBe(409);
  }
  const page = await call(admin, 'GET', '/accounts?limit=1');
  expect(page.body.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 1));
  expect((await call(admin, 'GET', `/accounts?limit=1&cursor=${page.body.next}`)).body.items[0].id).toBe(ids[1]);
  expect((await call(await app.account('approver'), 'GET', '/accounts')).status).toBe(403);
});
