import { randomBytes } from 'node:crypto';
import { groups, technicalAccounts } from '../../src/domain/roles.js';
import { ensureAccount } from '../../src/engine/identity.js';
import { lentEngine } from '../support/engine.js';
import { PASSWORD, STARTUP, startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { deployServiceProcess } from './support/process.js';

const ENGINE = '/camunda/api/engine/engine/default';
const system = technicalAccounts.server;

let app: TestApp;
let admin: Browser;
let operator: Browser;
let definition: string;

beforeAll(async () => {
  app = await startApp(await lentEngine());
  admin = new Browser(app.url);
  await admin.signIn(await app.account('admin'));
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
    const { externalTask, job } = await newInstance();
    await app.engine.call({
      user: system,
      method: 'PUT',
      path: `/external-task/${externalTask}/retries`,
      body: { retries: 0 },
    });
    expect((await send(admin, 'PUT', `/external-task/${externalTask}/retries`, { retries: 2 })).status).toBe(204);
    expect((await send(admin, 'PUT', `/job/${job}/retries`, { retries: 2 })).status).toBe(204);
    expect((await send(admin, 'GET', `/external-task/${externalTask}`)).json()).toMatchObject({ retries: 2 });
  });

  test('administrators cancel an instance', async () => {
    const { instance } = await newInstance();
    expect(
      (await send(admin, 'DELETE', `/process-instance/${instance}?skipCustomListeners=true&skipIoMappings=true`))
        .status,
    ).toBe(204);
    expect((await send(admin, 'GET', `/process-instance/${instance}`)).status).toBe(404);
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
  const newId = () => `t-${randomBytes(6).toString('hex')}`;
  const create = async (id: string) => {
    const body = {
      profile: { id, firstName: 'New', lastName: 'Person', email: `${id}@example.org` },
      credentials: { password: PASSWORD },
    };
    return send(admin, 'POST', '/user/create', body);
  };

  test('administrators make accounts, put them into groups and take them away', async () => {
    const id = newId();
    expect((await create(id)).status).toBe(204);
    expect((await send(admin, 'PUT', `/group/${groups.producer}/members/${id}`)).status).toBe(204);
    expect((await new Browser(app.url).signIn(id)).status).toBe(303);
    expect((await send(admin, 'DELETE', `/group/${groups.producer}/members/${id}`)).status).toBe(204);
    expect((await send(admin, 'DELETE', `/user/${id}`)).status).toBe(204);
    expect((await new Browser(app.url).signIn(id)).status).toBe(401);
  });

  test('a change of names keeps the account that the path names', async () => {
    const [one, other] = [newId(), newId()];
    await create(one);
    await create(other);
    const profile = { id: other, firstName: 'Changed', lastName: 'Name', email: 'x@example.org' };
    expect((await send(admin, 'PUT', `/user/${one}/profile`, profile)).status).toBe(204);
    expect((await send(admin, 'GET', `/user/${one}/profile`)).json()).toMatchObject({ firstName: 'Changed' });
    expect((await send(admin, 'GET', `/user/${other}/profile`)).json()).toMatchObject({ firstName: 'New' });
  });

  test.each([
    ['PUT', `/user/${technicalAccounts.server}/profile`, { id: technicalAccounts.server }],
    ['DELETE', `/user/${technicalAccounts.server}`, undefined],
    ['PUT', '/group/camunda-admin/members/anyone', undefined],
    ['DELETE', `/group/camunda-admin/members/${technicalAccounts.server}`, undefined],
    ['DELETE', '/group/camunda-admin', undefined],
    ['DELETE', `/group/${groups.approver}`, undefined],
    ['PUT', `/group/${groups.admin}`, { id: groups.admin, name: 'x' }],
  ])('what the installation stands on is left alone: %s %s', async (method, path, body) => {
    const answer = await send(admin, method, path, body);
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ message: expect.stringContaining('belongs to the installation') });
  });

  test('passwords are not set past our rules, and one that is gone leaves its password to nobody', async () => {
    const id = newId();
    await create(id);
    const body = { password: 'short', authenticatedUserPassword: PASSWORD };
    const refused = await send(admin, 'PUT', `/user/${id}/credentials`, body);
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('/password')]);
    expect((await new Browser(app.url).signIn(id)).status).toBe(303);
    expect((await send(admin, 'DELETE', `/user/${id}`)).status).toBe(204);
    await ensureAccount(
      app.engine,
      system,
      { id, firstName: '', lastName: '', email: '', groups: [] },
      'of another person',
    );
    expect((await new Browser(app.url).signIn(id)).status).toBe(401);
    expect((await new Browser(app.url).signIn(id, 'of another person')).status).toBe(303);
  });

  test('nobody else changes people', async () => {
    const id = newId();
    await create(id);
    for (const [method, path] of [
      ['POST', '/user/create'],
      ['DELETE', `/user/${id}`],
      ['PUT', `/user/${id}/credentials`],
      ['PUT', `/group/${groups.admin}/members/${id}`],
    ] as const) {
      expect([path, (await send(operator, method, path, {})).status]).toEqual([path, 403]);
    }
  });
});
