/** Groups of the organisation's own over the API, on a real engine: groups, members, grants and lists of tasks. */
import { pino } from 'pino';
import { AccountDirectory } from '../../src/directory/accounts/account-directory.js';
import { accountRoutes } from '../../src/directory/accounts/account-routes.js';
import { AccountService } from '../../src/directory/accounts/account-service.js';
import { groupRoutes } from '../../src/directory/groups/group-routes.js';
import { GroupService } from '../../src/directory/groups/group-service.js';
import { technicalAccounts } from '../../src/domain/roles.js';
import { EngineClient } from '../../src/engine/client.js';
import { SecurityEvents } from '../../src/kernel/security-events.js';
import { appendAudit } from '../../src/records/audit/audit-store.js';
import { openIdentity } from '../../src/web/sign-in/identity.js';
import { startApp, STARTUP, PASSWORD, testKeyRing, type TestApp } from '../http/support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { lentEngine } from '../support/engine.js';

let database: TestDatabase;
let engine: EngineClient;
let app: TestApp;
let admin: string;
let service: GroupService;

beforeAll(async () => {
  database = await createTestDatabase();
  const connection = await lentEngine();
  engine = new EngineClient(new URL(connection.engineUrl).origin, connection.door);
  const directory = new AccountDirectory(engine, technicalAccounts.server);
  const log = pino({ level: 'silent' });
  const security = new SecurityEvents({ log, audit: (row) => appendAudit(database.knex, [row]) });
  const identity = openIdentity({ db: database.knex, engine, security, keyRing: testKeyRing });
  const accounts = new AccountService(database.knex, directory, identity);
  service = new GroupService(database.knex, engine, technicalAccounts.server, directory, identity);
  app = await startApp(connection, {
    db: database.knex,
    identity,
    routes: [
      ...accountRoutes(database.knex, directory, accounts),
      ...groupRoutes(database.knex, directory, accounts, service),
    ],
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
): Promise<{ status: number; body: any }> {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${account}:${PASSWORD}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

/** Names of the lists of tasks that an account sees in Tasklist. */
async function listsOf(user: string): Promise<string[]> {
  const filters = await engine.call<{ name: string }[]>({ user, path: '/filter', query: { resourceType: 'Task' } });
  return filters.map(({ name }) => name).sort();
}

const managers = {
  id: 'line-managers',
  name: 'Line managers',
  description: 'Decide for their people',
  mayApprove: true,
};
const history = (objectId: string) =>
  database.knex('audit').where({ object_id: objectId }).whereNot({ action: 'signed-in' }).orderBy('id').pluck('action');

test('a group is made, has its list, takes members who see it and lose it, is renamed, retired and taken back', async () => {
  const [member, other] = [await app.account(), await app.account('operator')];
  const made = await call(admin, 'POST', '/groups', managers);
  expect(made).toMatchObject({ status: 201, body: { ...managers, role: null, retired: false, members: [] } });
  expect((await call(admin, 'POST', '/groups', managers)).body.code).toBe('exists-already');
  expect(await listsOf(member)).toEqual([]);

  expect((await call(admin, 'PUT', `/groups/line-managers/members/${member}`)).status).toBe(204);
  expect((await call(admin, 'GET', '/groups/line-managers')).body.members).toEqual([member]);
  expect(await listsOf(member)).toEqual(['Line managers', 'My tasks']);
  expect(await listsOf(other)).toEqual(['Card operators', 'My tasks']);
  const mayOpen = (user: string, resourceId: string) =>
    engine.call<{ authorized: boolean }>({
      user,
      path: '/authorization/check',
      query: { permissionName: 'ACCESS', resourceName: 'application', resourceType: 0, resourceId },
    });
  expect(await mayOpen(member, 'tasklist')).toMatchObject({ authorized: true });
  expect(await mayOpen(member, 'cockpit')).toMatchObject({ authorized: false });

  const renamed = { name: 'Managers', description: '', mayApprove: false, retired: false };
  expect(await call(admin, 'PUT', '/groups/line-managers', renamed)).toMatchObject({ status: 200, body: renamed });
  expect(await listsOf(member)).toEqual(['Managers', 'My tasks']);

  expect((await call(admin, 'PUT', '/groups/line-managers', { ...renamed, retired: true })).status).toBe(200);
  expect(await listsOf(member)).toEqual([]);
  expect(await call(admin, 'PUT', `/groups/line-managers/members/${other}`)).toMatchObject({
    status: 409,
    body: { code: 'group-retired' },
  });
  expect((await call(admin, 'PUT', '/groups/line-managers', renamed)).status).toBe(200);
  expect(await listsOf(member)).toEqual(['Managers', 'My tasks']);

  expect((await call(admin, 'DELETE', `/groups/line-managers/members/${member}`)).status).toBe(204);
  expect(await listsOf(member)).toEqual([]);
  expect(await history('line-managers')).toEqual(['group-created', 'group-changed', 'group-changed', 'group-changed']);
  expect(await history(member)).toEqual(['group-joined', 'group-left']);
});

test('the list of a retired group stays while a task waits for it', async () => {
  const member = await app.account();
  await call(admin, 'POST', '/groups', { id: 'sponsors', name: 'Sponsors' });
  await call(admin, 'PUT', `/groups/sponsors/members/${member}`);
  const [user, id] = [technicalAccounts.server, 'of-the-sponsors'];
  await engine.call({ user, method: 'POST', path: '/task/create', body: { id, name: 'Of the sponsors' } });
  await engine.call({
    user,
    method: 'POST',
    path: `/task/${id}/identity-links`,
    body: { groupId: 'sponsors', type: 'candidate' },
  });
  const retired = { name: 'Sponsors', retired: true };
  await call(admin, 'PUT', '/groups/sponsors', retired);
  expect(await listsOf(member)).toEqual(['My tasks', 'Sponsors']);
  await engine.call({ user, method: 'DELETE', path: `/task/${id}` });
  await service.reconcile();
  expect(await listsOf(member)).toEqual([]);
});

test('groups of the product are not changed here, and only administrators change groups', async () => {
  for (const id of ['card-approvers', 'camunda-admin'])
    expect(await call(admin, 'POST', '/groups', { id, name: id })).toMatchObject({ status: 409 });
  const someone = await app.account('approver');
  expect((await call(admin, 'PUT', `/groups/card-approvers/members/${someone}`)).status).toBe(404);
  expect((await call(someone, 'POST', '/groups', managers)).status).toBe(403);
  expect((await call(admin, 'POST', '/groups', { id: 'Managers', name: 'x' })).status).toBe(400);
  await call(admin, 'POST', '/groups', { id: 'guards', name: 'Guards' });
  expect((await call(admin, 'POST', '/groups', { id: 'wardens', name: 'guards' })).body.code).toBe('exists-already');
  expect((await call(admin, 'PUT', '/groups/guards/members/nobody-here')).status).toBe(404);
  const roles = (await call(admin, 'GET', '/groups')).body.items.filter(({ role }: { role: unknown }) => role !== null);
  expect(roles.map(({ id }: { id: string }) => id)).toEqual([
    'card-operators',
    'card-approvers',
    'card-producers',
    'card-admins',
    'process-designers',
  ]);
  const membersOf = (wanted: string) => roles.find(({ role }: { role: string }) => role === wanted).members;
  expect(membersOf('admin')).toContain(admin);
  expect(membersOf('approver')).toContain(someone);
});
