import { randomBytes } from 'node:crypto';
import { groups, technicalAccounts } from '../../src/domain/roles.js';
import { listAudit } from '../../src/records/audit/audit-store.js';
import { recordChange } from '../../src/records/audit/recorded-change.js';
import { lentEngine } from '../support/engine.js';
import { STARTUP, startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { deployServiceProcess } from './support/process.js';

const ENGINE = '/camunda/api/engine/engine/default';
const system = technicalAccounts.server;

let app: TestApp;
let admin: Browser;
let adminId: string;
let operator: Browser;
let definition: string;

beforeAll(async () => {
  app = await startApp(await lentEngine());
  admin = new Browser(app.url);
  adminId = await app.account('admin');
  await admin.signIn(adminId);
  operator = new Browser(app.url);
  await operator.signIn(await app.account('operator', 'approver', 'producer', 'designer'));
  for (const browser of [admin, operator]) await browser.get('/camunda/api/engine/engine/');
  definition = await deployServiceProcess(app.engine);
}, STARTUP);
afterAll(() => app.close());

const send = (browser: Browser, method: string, path: string, body?: unknown) =>
  browser.request(method, ENGINE + path, {
    body,
    headers: { 'x-xsrf-token': browser.cookies.get('XSRF-TOKEN') ?? '', accept: 'application/json' },
  });

async function newInstance(): Promise<{ instance: string; externalTask: string; job: string }> {
  const { id: instance } = await app.engine.call<{ id: string }>({
    user: system,
    method: 'POST',
    path: `/process-definition/${definition}/start`,
    body: {},
  });
  const only = async (path: string) =>
    (await app.engine.call<{ id: string }[]>({ user: system, path, query: { processInstanceId: instance } }))[0]?.id ??
    '';
  return { instance, externalTask: await only('/external-task'), job: await only('/job') };
}

describe('in Cockpit', () => {
  test('administrators have jobs and external tasks tried again', async () => {
    const { instance, externalTask, job } = await newInstance();
    await app.engine.call({
      user: system,
      method: 'PUT',
      path: `/external-task/${externalTask}/retries`,
      body: { retries: 0 },
    });
    expect((await send(admin, 'PUT', `/external-task/${externalTask}/retries`, { retries: 2 })).status).toBe(204);
    expect((await send(admin, 'PUT', `/job/${job}/retries`, { retries: 2 })).status).toBe(204);
    expect((await send(admin, 'GET', `/external-task/${externalTask}`)).json()).toMatchObject({ retries: 2 });
    const [process, version] = definition.split(':');
    const row = { actor: adminId, processKey: process, processVersion: Number(version) };
    expect(await listAudit(app.db, { objectId: instance }, 10)).toMatchObject([
      { ...row, action: 'job-retried', details: { id: job, retries: 2 } },
      { ...row, action: 'external-task-retried', details: { id: externalTask, retries: 2 } },
    ]);
  });

  test('nothing is tried for ever, or not at all', async () => {
    const { job } = await newInstance();
    for (const retries of [0, -1, 11, 1_000_000, '3']) {
      expect([retries, (await send(admin, 'PUT', `/job/${job}/retries`, { retries })).status]).toEqual([retries, 400]);
    }
  });

  test('what cannot be put on record is not done', async () => {
    const { instance } = await newInstance();
    await app.db.raw('alter table audit rename to audit_away');
    try {
      expect((await send(admin, 'DELETE', `/process-instance/${instance}`)).status).toBeGreaterThanOrEqual(500);
    } finally {
      await app.db.raw('alter table audit_away rename to audit');
    }
    expect((await send(admin, 'GET', `/process-instance/${instance}`)).status).toBe(200);
    expect(await listAudit(app.db, { objectId: instance }, 10)).toEqual([]);
  });

  test('what may have been done is put on record as unknown', async () => {
    const row = { actor: adminId, action: 'instance-cancelled', objectType: 'process', objectId: 'gone' } as const;
    const lost = recordChange(app.db, row, () => Promise.reject(new Error('no answer')));
    await expect(lost).rejects.toThrow('no answer');
    expect(await listAudit(app.db, { objectId: 'gone' }, 10)).toMatchObject([{ details: { outcome: 'unknown' } }]);
  });

  test('administrators cancel an instance', async () => {
    const { instance } = await newInstance();
    expect(
      (await send(admin, 'DELETE', `/process-instance/${instance}?skipCustomListeners=true&skipIoMappings=true`))
        .status,
    ).toBe(204);
    expect((await send(admin, 'GET', `/process-instance/${instance}`)).status).toBe(404);
    expect(await listAudit(app.db, { objectId: instance }, 10)).toMatchObject([
      { actor: adminId, action: 'instance-cancelled', processKey: definition.split(':')[0] },
    ]);
    const again = await send(admin, 'DELETE', `/process-instance/${instance}`);
    expect([again.status, again.text]).toEqual([404, expect.stringContaining('no such thing any more')]);
    expect(await listAudit(app.db, { objectId: instance }, 10)).toHaveLength(1);
  });

  test('nobody else gets in, whatever other groups they have', async () => {
    const { instance, externalTask, job } = await newInstance();
    for (const [method, path] of [
      ['DELETE', `/process-instance/${instance}`],
      ['PUT', `/external-task/${externalTask}/retries`],
      ['PUT', `/job/${job}/retries`],
      ['GET', '/process-instance'],
      ['POST', '/process-instance'],
    ] as const) {
      const answer = await send(operator, method, path, method === 'GET' ? undefined : { retries: 1 });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
      expect(answer.json()).toMatchObject({ message: expect.stringContaining(groups.admin) });
    }
    expect((await operator.open('/camunda/app/cockpit/default/')).status).toBe(403);
    expect((await admin.open('/camunda/app/cockpit/default/')).status).toBe(200);
    expect((await send(admin, 'GET', `/process-instance/${instance}`)).status).toBe(200);
  });
});

describe('in Admin', () => {
  const newId = () => `t${randomBytes(6).toString('hex')}`;

  test('administrators make groups of the organisation and put people into them, each on record', async () => {
    const [group, member] = [newId(), await app.account('operator')];
    const changes: [method: string, path: string, body: unknown, action: string][] = [
      ['POST', '/group/create', { id: group, name: 'Reception', type: 'CARDS' }, 'group-created'],
      ['PUT', `/group/${group}`, { id: groups.admin, name: 'Front desk', type: 'CARDS' }, 'group-changed'],
      ['PUT', `/group/${group}/members/${member}`, undefined, 'group-member-added'],
      ['DELETE', `/group/${group}/members/${member}`, undefined, 'group-member-removed'],
      ['DELETE', `/group/${group}`, undefined, 'group-removed'],
    ];
    for (const [method, path, body, action] of changes) {
      expect([path, (await send(admin, method, path, body)).status]).toEqual([path, 204]);
      const [row] = await listAudit(app.db, { objectType: 'group', objectId: group }, 1);
      expect(row).toMatchObject({ actor: adminId, action });
      if (path.includes('members')) expect(row?.details).toEqual({ member });
    }
    const [role] = await app.engine.call<{ name: string }[]>({
      user: system,
      path: '/group',
      query: { id: groups.admin },
    });
    expect(role?.name).not.toBe('Front desk');
  });

  test('a member of a group sees it at once', async () => {
    const group = newId();
    const account = await app.account('operator');
    const groupsOf = async () => (await app.identity.directory.person(account))?.groups;
    await send(admin, 'POST', '/group/create', { id: group, name: 'Reception' });
    expect(await groupsOf()).not.toContain(group);
    await send(admin, 'PUT', `/group/${group}/members/${account}`);
    expect(await groupsOf()).toContain(group);
  });

  test('what the engine refuses leaves no row', async () => {
    const group = newId();
    expect((await send(admin, 'PUT', `/group/${group}/members/nobody`)).status).toBeGreaterThanOrEqual(400);
    expect((await send(admin, 'POST', '/group/create', { name: 'without an id' })).status).toBe(400);
    expect(await listAudit(app.db, { objectType: 'group', objectId: group }, 10)).toEqual([]);
  });

  test('roles are given in the console only, where duties and sessions are looked after', async () => {
    const account = await app.account('operator');
    for (const method of ['PUT', 'DELETE']) {
      const answer = await send(admin, method, `/group/${groups.approver}/members/${account}`);
      expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('/console/accounts')]);
    }
    const person = await app.identity.directory.person(account);
    expect([...(person?.roles ?? [])]).toEqual(['operator']);
  });

  test.each([
    ['PUT', '/group/camunda-admin/members/anyone', undefined],
    ['DELETE', `/group/camunda-admin/members/${technicalAccounts.server}`, undefined],
    ['DELETE', '/group/camunda-admin', undefined],
    ['DELETE', `/group/${groups.approver}`, undefined],
    ['PUT', `/group/${groups.admin}`, { id: groups.admin, name: 'x' }],
    ['POST', '/group/create', { id: groups.admin, name: 'x' }],
    ['PUT', `/group/reception/members/${technicalAccounts.worker}`, undefined],
  ])('what the installation stands on is left alone: %s %s', async (method, path, body) => {
    const answer = await send(admin, method, path, body);
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ message: expect.stringContaining('belongs to the installation') });
  });
});
