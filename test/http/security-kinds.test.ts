/** Every kind of security event, brought about as people and programs bring it about. */
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { AccountDirectory } from '../../src/directory/accounts/account-directory.js';
import { accountRoutes } from '../../src/directory/accounts/account-routes.js';
import { AccountService } from '../../src/directory/accounts/account-service.js';
import { technicalAccounts } from '../../src/domain/roles.js';
import { CLI_SIGNATURE_HEADER } from '../../src/engine/signing.js';
import { EngineClient } from '../../src/engine/client.js';
import { SecurityEvents, securityEvents, type SecurityEventName } from '../../src/kernel/security-events.js';
import { appendAudit, listAudit } from '../../src/records/audit/audit-store.js';
import { openIdentity } from '../../src/web/sign-in/identity.js';
import { stepOf, totpCode } from '../../src/web/sign-in/totp.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { lentEngine } from '../support/engine.js';
import { PASSWORD, STARTUP, startApp, testKeyRing, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';

/** Kinds that other files bring about, which need a sealed log, a backend, cards or diagrams. */
const elsewhere: Partial<Record<SecurityEventName, string>> = {
  'audit-alarm': 'test/audit/keeping.test.ts',
  'audit-alarm-acknowledged': 'test/audit/keeping.test.ts',
  'keys-changed': 'test/audit/key-notes.test.ts',
  'backend-address-changed': 'test/http/card-administration.test.ts',
  'duties-refused': 'test/http/security-events.test.ts',
  'gate-refused': 'test/http/security-events.test.ts',
};

let app: TestApp;
let database: TestDatabase;
let engine: EngineClient;
let admin: string;
const lines: { event?: SecurityEventName; account?: string; address?: string; requestId?: string }[] = [];

beforeAll(async () => {
  const connection = await lentEngine();
  database = await createTestDatabase();
  engine = new EngineClient(new URL(connection.engineUrl).origin, connection.door);
  const db = database.knex;
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString('utf8')) as (typeof lines)[number]);
      done();
    },
  });
  const security = new SecurityEvents({ log: pino(sink), audit: (row) => appendAudit(db, [row]) });
  const identity = openIdentity({ db, engine, security, keyRing: testKeyRing });
  const directory = new AccountDirectory(engine, technicalAccounts.server);
  const routes = accountRoutes(db, directory, new AccountService(db, directory, identity));
  app = await startApp(connection, { db, identity, security, routes, cliSecret: 'c'.repeat(32) });
  admin = await app.account('admin');
}, STARTUP);
afterAll(async () => {
  await app?.close();
  await engine?.close();
  await database?.drop();
});

const seen = new Set<SecurityEventName>();

/** What `work` brings about: names of events, and rows of the audit log by their actions. */
async function events(work: () => Promise<unknown>): Promise<{ events: string[]; rows: string[] }> {
  const from = lines.length;
  const [last] = await listAudit(app.db, {}, 1);
  await work();
  const told = lines.slice(from).flatMap(({ event }) => event ?? []);
  for (const name of told) seen.add(name);
  const rows = (await listAudit(app.db, {}, 100)).filter(({ id }) => BigInt(id) > BigInt(last?.id ?? 0));
  return { events: told, rows: rows.map(({ action }) => action).reverse() };
}

async function signedIn(account: string, password = PASSWORD): Promise<Browser> {
  const browser = new Browser(app.url);
  await browser.signIn(account, password);
  return browser;
}

const secretOn = (text: string) => (/<code>([A-Z2-7 ]{39})<\/code>/.exec(text)?.[1] ?? '').replaceAll(' ', '');
const codeOf = async (account: string, secret: string) => {
  await app.db('second_factor').where({ account }).update({ last_step: 0 });
  return totpCode(secret, stepOf(Date.now()));
};

test('signing in and out', async () => {
  const account = await app.account('operator');
  expect(await events(async () => (await signedIn(account)).request('POST', '/sign-out', { form: {} }))).toEqual({
    events: ['signed-in', 'signed-out'],
    rows: ['signed-in', 'signed-out'],
  });
  expect(lines.at(-1)).toMatchObject({ account, address: expect.any(String), requestId: expect.any(String) });
});

test('failures and lock-outs, which are in nobody’s name in the audit log', async () => {
  const account = await app.account('operator');
  const told = await events(async () => {
    for (let at = 0; at < 6; at += 1) await signedIn(account, 'wrong');
  });
  expect(told).toEqual({ events: [...Array<string>(5).fill('sign-in-failed'), 'sign-in-locked'], rows: [] });
  await app.db('failed_sign_in').delete();
});

test('a second factor: set up, wrong at the sign-in and on its page, removed', async () => {
  const account = await app.account('operator');
  const browser = await signedIn(account);
  const secret = secretOn((await browser.request('POST', '/second-factor', { form: {} })).text);
  const post = (path: string, code: string, by = browser) => by.request('POST', path, { form: { code, next: '/' } });
  expect(await events(() => post('/second-factor/confirm', '000000'))).toEqual({
    events: ['second-factor-failed'],
    rows: [],
  });
  expect(await events(async () => post('/second-factor/confirm', await codeOf(account, secret)))).toEqual({
    events: ['second-factor-changed'],
    rows: ['second-factor-changed'],
  });
  const next = await signedIn(account);
  expect(await events(() => post('/sign-in/code', '000000', next))).toEqual({
    events: ['second-factor-failed'],
    rows: [],
  });
  expect(await events(() => post('/second-factor/remove', '000000'))).toEqual({
    events: ['second-factor-failed'],
    rows: [],
  });
  expect(await events(async () => post('/second-factor/remove', await codeOf(account, secret)))).toEqual({
    events: ['second-factor-changed'],
    rows: ['second-factor-changed'],
  });
  await app.db('failed_sign_in').delete();
});

test('own sessions that people end', async () => {
  const account = await app.account('operator');
  const browser = await signedIn(account);
  await signedIn(account);
  expect(await events(() => browser.request('POST', '/sessions/others', { form: {} }))).toEqual({
    events: ['sessions-ended'],
    rows: ['sessions-ended'],
  });
});

test('everything that administrators change of an account', async () => {
  const browser = await signedIn(admin);
  const id = `p-${Date.now()}`;
  const person = { firstName: 'Rosa', lastName: 'Sample', email: 'rosa@example.org' };
  const changes: [method: string, path: string, body: object | undefined, event: string, row: string][] = [
    ['POST', '', { id, ...person }, 'account-created', 'account-created'],
    ['PUT', `/${id}/roles`, { roles: ['operator'] }, 'roles-changed', 'account-roles-set'],
    ['PUT', `/${id}/profile`, { ...person, email: 'r@example.org' }, 'profile-changed', 'account-profile-set'],
    ['POST', `/${id}/password`, undefined, 'password-changed', 'password-reset'],
    ['PUT', `/${id}/second-factor`, { required: true }, 'second-factor-changed', 'second-factor-asked'],
    ['DELETE', `/${id}/second-factor`, undefined, 'second-factor-changed', 'second-factor-reset'],
    ['DELETE', `/${id}/sessions`, undefined, 'sessions-ended', 'sessions-ended'],
    ['DELETE', `/${id}`, undefined, 'account-removed', 'account-removed'],
  ];
  for (const [method, path, body, event, row] of changes) {
    const told = await events(() => browser.request(method, `/api/v1/accounts${path}`, { body }));
    expect({ path, ...told }).toEqual({ path, events: [event], rows: [row] });
    expect(lines.at(-1)).toMatchObject({ event, account: admin, subject: id });
  }
  expect(
    await events(() => browser.request('PUT', '/api/v1/groups/designer/second-factor', { body: { required: false } })),
  ).toEqual({ events: ['second-factor-changed'], rows: ['second-factor-asked'] });
});

test('refusals: another site, a forged signature, what a role may not do', async () => {
  const account = await app.account('operator');
  const browser = await signedIn(account);
  const forged = { [CLI_SIGNATURE_HEADER]: 'cli:YQ:1:00' };
  expect(
    await events(() => browser.request('POST', '/sign-out', { form: {}, headers: { 'sec-fetch-site': 'cross-site' } })),
  ).toEqual({ events: ['cross-site-refused'], rows: [] });
  expect(await events(() => new Browser(app.url).get('/api/v1/accounts', forged))).toEqual({
    events: ['signature-refused'],
    rows: [],
  });
  expect(await events(() => browser.get('/api/v1/accounts'))).toEqual({
    events: ['access-refused'],
    rows: ['access-refused'],
  });
  // Of the engine's web applications as well; the first of a minute is on record.
  expect(await events(() => browser.post('/camunda/api/engine/engine/default/user/create', {}))).toEqual({
    events: ['access-refused'],
    rows: [],
  });
});

test('no kind is left out: those of this file were brought about, the others are in the file that is named', () => {
  const missing = (Object.keys(securityEvents) as SecurityEventName[]).filter((name) => !seen.has(name));
  expect(missing.sort()).toEqual(Object.keys(elsewhere).sort());
  const documented = readFileSync(new URL('../../docs/administration.md', import.meta.url), 'utf8');
  for (const name of Object.keys(securityEvents)) expect(documented).toContain(`\`${name}\``);
  for (const name of missing) {
    const file = readFileSync(new URL(`../../${elsewhere[name]}`, import.meta.url), 'utf8');
    // Refusals of duties and of the gate are told by their codes there.
    const code = { 'duties-refused': 'refusalEvents', 'gate-refused': 'refusalEvents' }[name as string] ?? `'${name}'`;
    expect({ name, told: file.includes(code) }).toEqual({ name, told: true });
  }
});
