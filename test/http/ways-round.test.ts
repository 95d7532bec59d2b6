import { technicalAccounts } from '../../src/domain/roles.js';
import { SIGNATURE_HEADER, signRequest } from '../../src/engine/signing.js';
import { lentEngine, type EngineConnection } from '../support/engine.js';
import { STARTUP, startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { rawRequest } from './support/raw-request.js';

const ENGINE = '/camunda/api/engine/engine/default';
const system = technicalAccounts.server;

let connection: EngineConnection;
let app: TestApp;
let admin: Browser;
let operator: Browser;
let operatorAccount: string;

beforeAll(async () => {
  connection = await lentEngine();
  app = await startApp(connection);
  admin = new Browser(app.url);
  await admin.signIn(await app.account('admin'));
  operator = new Browser(app.url);
  operatorAccount = await app.account('operator');
  await operator.signIn(operatorAccount);
  for (const browser of [admin, operator]) await browser.get('/camunda/api/engine/engine/');
}, STARTUP);
afterAll(() => app.close());

function send(browser: Browser, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  return browser.request(method, path, {
    body,
    headers: { 'x-xsrf-token': browser.cookies.get('XSRF-TOKEN') ?? '', accept: 'application/json', ...headers },
  });
}

describe('past the door, straight to the engine', () => {
  const target = '/engine-rest/task?maxResults=1';
  const now = () => Date.now();
  const sign = (
    secret: string,
    change: { target?: string; method?: string; user?: string; id?: 'door' | 'worker' } = {},
    at = now(),
  ) =>
    signRequest(
      { id: change.id ?? 'door', secret },
      { user: change.user ?? system, method: change.method ?? 'GET', target: change.target ?? target },
      at,
    );
  const ask = async (signature?: string) =>
    (
      await fetch(new URL(target, connection.engineUrl), {
        headers: signature === undefined ? {} : { [SIGNATURE_HEADER]: signature },
      })
    ).status;

  test('a fresh signature opens it', async () => {
    expect(await ask(sign(connection.door.secret))).toBe(200);
  });

  test.each<[string, () => string | undefined]>([
    ['no signature', () => undefined],
    ['a foreign key', () => sign('x'.repeat(64))],
    ['a stale time', () => sign(connection.door.secret, {}, now() - 31_000)],
    ['a time ahead', () => sign(connection.door.secret, {}, now() + 31_000)],
    ['another target', () => sign(connection.door.secret, { target: '/engine-rest/task' })],
    ['another method', () => sign(connection.door.secret, { method: 'POST' })],
    ['the worker key for a person', () => sign(connection.worker.secret, { id: 'worker' })],
    [
      'a changed user',
      () => sign(connection.door.secret).replace(/:[^:]+:/, `:${Buffer.from('admin').toString('base64url')}:`),
    ],
  ])('%s does not', async (_what, signature) => {
    expect(await ask(signature())).toBe(401);
  });
});

describe('headers from outside', () => {
  test('cannot sign: neither for nobody nor for another person', async () => {
    const path = '/camunda/api/admin/auth/user/default';
    const forged = signRequest(connection.door, { user: 'admin', method: 'GET', target: path });
    await operator.open('/camunda/app/tasklist/default/');
    expect((await new Browser(app.url).get(path, { [SIGNATURE_HEADER]: forged })).status).toBe(401);
    expect((await operator.get(path, { [SIGNATURE_HEADER]: forged })).json()).toMatchObject({
      userId: operatorAccount,
    });
  });

  test('do not reach the engine: method overrides, forwarded addresses, credentials', async () => {
    const headers = {
      'x-http-method-override': 'DELETE',
      'x-original-url': '/engine-rest/task',
      'x-forwarded-host': 'evil.example',
      'x-authorized-engine': 'x',
    };
    const answer = await operator.get(`${ENGINE}/filter`, headers);
    expect([answer.status, Array.isArray(answer.json())]).toEqual([200, true]);
  });
});

describe('paths that two readers read differently', () => {
  test.each([
    '/camunda/../engine-rest/task',
    '/camunda/app/tasklist/%2e%2e/%2e%2e/api/engine/engine/default/task',
    '/camunda/app/tasklist/..;/..;/api/engine/engine/default/task',
    '/camunda/app/tasklist/..%2f..%2fapi/engine/engine/default/task',
    '/camunda/app/tasklist/%252e%252e/x',
    '/camunda//api/engine/engine/default/task',
    '/camunda/api/engine/engine/default/task;jsessionid=1',
    '/camunda/app/tasklist/a\\..\\b',
    '/camunda/app/tasklist/%00',
  ])('%s is refused', async (target) => {
    const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const { status } = await rawRequest(app.url, target, { cookie, accept: 'application/json' });
    expect([400, 403]).toContain(status);
  });

  test.each([
    '/engine-rest/task',
    '/engine-rest',
    '/ENGINE-REST/task',
    '/camunda/engine-rest/task',
    '/camunda/api/../../engine-rest/task',
    '//engine-rest/task',
  ])('the engine does not answer at %s', async (target) => {
    const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const { status, body } = await rawRequest(app.url, target, { cookie, accept: 'application/json' });
    expect([400, 403, 404]).toContain(status);
    expect(body).not.toContain('processDefinitionId');
  });
});

describe('calls that nobody makes through the door, administrators included', () => {
  const variable = { value: 'x', type: 'String' };
  const calls: [method: string, path: string, body?: unknown][] = [
    // First-run setup
    ['GET', '/camunda/app/admin/default/setup/'],
    ['GET', '/camunda/app/tasklist/default/setup'],
    ['GET', '/camunda/app/cockpit/default/setup/x'],
    [
      'POST',
      '/camunda/api/admin/setup/default/user/create',
      { profile: { id: 'mallory' }, credentials: { password: 'mallory-123' } },
    ],
    ['POST', '/camunda/app/admin/default/setup/user/create', {}],
    // Signing in past our own limits
    ['POST', '/camunda/api/admin/auth/user/default/login/tasklist', {}],
    // Filters
    ['POST', `${ENGINE}/filter/create`, { resourceType: 'Task', name: 'mine', query: {} }],
    ['PUT', `${ENGINE}/filter/1`, { resourceType: 'Task', name: 'mine', query: {} }],
    ['DELETE', `${ENGINE}/filter/1`],
    // Deployments and scripts
    ['POST', `${ENGINE}/deployment/create`, {}],
    ['POST', `${ENGINE}/deployment/1/redeploy`, {}],
    ['DELETE', `${ENGINE}/deployment/1`],
    ['DELETE', `${ENGINE}/process-definition/key/request-card`],
    ['POST', `${ENGINE}/decision-definition/key/x/evaluate`, { variables: {} }],
    ['POST', `${ENGINE}/condition`, { variables: {} }],
    // Starting past a form
    ['POST', `${ENGINE}/process-definition/key/request-card/start`, {}],
    ['POST', `${ENGINE}/process-definition/x:1:1/start`, {}],
    ['POST', `${ENGINE}/process-definition/x:1:1/restart`, {}],
    ['POST', `${ENGINE}/process-definition/key/request-card/submit-form`, {}],
    // Variables and the course of a process
    ['POST', `${ENGINE}/task/1/complete`, { variables: { decision: variable } }],
    ['POST', `${ENGINE}/task/1/resolve`, { variables: { decision: variable } }],
    ['POST', `${ENGINE}/task/1/delegate`, { userId: 'x' }],
    ['POST', `${ENGINE}/task/1/bpmnError`, { errorCode: 'x' }],
    ['POST', `${ENGINE}/task/1/assignee`, { userId: 'x' }],
    ['POST', `${ENGINE}/task/1/identity-links`, { groupId: 'x', type: 'candidate' }],
    ['POST', `${ENGINE}/task/create`, { name: 'x' }],
    ['DELETE', `${ENGINE}/task/1`],
    ['PUT', `${ENGINE}/task/1/variables/x`, variable],
    ['POST', `${ENGINE}/task/1/variables`, { modifications: { x: variable } }],
    ['PUT', `${ENGINE}/task/1/localVariables/x`, variable],
    ['POST', `${ENGINE}/task/1/localVariables`, { modifications: { x: variable } }],
    ['POST', `${ENGINE}/task/1/variables/x/data`, {}],
    ['PUT', `${ENGINE}/process-instance/1/variables/x`, variable],
    ['POST', `${ENGINE}/process-instance/1/variables`, { modifications: { x: variable } }],
    ['POST', `${ENGINE}/process-instance/variables-async`, {}],
    ['POST', `${ENGINE}/process-instance/1/modification`, { instructions: [] }],
    ['PUT', `${ENGINE}/process-instance/1/suspended`, { suspended: true }],
    ['POST', `${ENGINE}/process-instance/delete`, { processInstanceIds: [] }],
    ['POST', `${ENGINE}/process-instance/message-async`, {}],
    ['PUT', `${ENGINE}/execution/1/localVariables/x`, variable],
    ['POST', `${ENGINE}/execution/1/signal`, {}],
    ['POST', `${ENGINE}/execution/1/messageSubscriptions/x/trigger`, {}],
    ['POST', `${ENGINE}/message`, { messageName: 'card-request-reserved' }],
    ['POST', `${ENGINE}/signal`, { name: 'x' }],
    ['POST', `${ENGINE}/modification/execute`, {}],
    ['POST', `${ENGINE}/migration/execute`, {}],
    ['PUT', `${ENGINE}/batch/1/suspended`, { suspended: true }],
    ['POST', `${ENGINE}/external-task/fetchAndLock`, { workerId: 'x', maxTasks: 1 }],
    ['POST', `${ENGINE}/external-task/1/complete`, { workerId: 'x' }],
    // Permissions
    [
      'POST',
      `${ENGINE}/authorization/create`,
      { type: 1, permissions: ['ALL'], userId: 'x', resourceType: 8, resourceId: '*' },
    ],
    ['PUT', `${ENGINE}/authorization/1`, { permissions: ['ALL'] }],
    ['DELETE', `${ENGINE}/authorization/1`],
    // Another engine by name
    ['GET', '/camunda/api/engine/engine/other/task'],
  ];

  test.each(calls.map(([method, path, body]) => ({ method, path, body })))(
    '$method $path',
    async ({ method, path, body }) => {
      for (const browser of [admin, operator]) {
        const answer = await send(browser, method, path, body);
        expect(answer.status).toBe(403);
        expect(answer.json()).toEqual({ type: 'forbidden', message: expect.stringMatching(/\.$/) });
      }
    },
  );
});

describe('expressions', () => {
  let filter: string;
  beforeAll(async () => {
    const [found] = await app.engine.call<{ id: string }[]>({ user: system, path: '/filter' });
    filter = found?.id ?? '';
  });

  const bodies: string[] = [
    '{"assigneeExpression":"${1}"}',
    '{"orQueries":[{"candidateGroupExpression":"${1}"}]}',
    '{"orQueries":[{"x":[[{"dueBeforeExpression":"${1}"}]]}]}',
    '{"orQueries":[{"candidateGroupExpressio\\u006e":"${1}"}]}',
    '{"orQueries":[{"candidateGroupExpression":"${1}","candidateGroupExpression":null}]}',
    '{"followupbeforeEXPRESSION":"${1}"}',
  ];
  test.each(bodies)('%s is not evaluated', async (body) => {
    const answer = await send(admin, 'POST', `${ENGINE}/filter/${filter}/list?firstResult=0&maxResults=15`, body);
    expect(answer.status).toBe(403);
    expect(answer.json()).toEqual({
      type: 'forbidden',
      message: expect.stringContaining('Expressions are not evaluated here'),
    });
  });

  test('of repeated members only what was checked is sent on', async () => {
    const body = '{"orQueries":[{"candidateGroupExpression":"${1}"}],"orQueries":[]}';
    expect((await send(admin, 'POST', `${ENGINE}/filter/${filter}/count`, body)).status).toBe(200);
  });

  test('are refused in the query too', async () => {
    expect((await send(admin, 'GET', `${ENGINE}/filter?assigneeExpression=x`)).status).toBe(403);
    expect((await send(admin, 'GET', `${ENGINE}/filter?assignee%45xpression=x`)).status).toBe(403);
  });
});

describe('bodies', () => {
  const path = `${ENGINE}/filter/1/list`;
  test('that are too large, malformed, too deep or of another type are refused', async () => {
    expect((await send(admin, 'POST', path, `{"a":"${'x'.repeat(1_000_001)}"}`)).status).toBe(413);
    expect((await send(admin, 'POST', path, '{"a":')).status).toBe(400);
    expect(
      (await send(admin, 'POST', path, '[0]'.repeat(1).replace('0', '['.repeat(100) + ']'.repeat(100)))).status,
    ).toBe(400);
    expect((await send(admin, 'POST', path, '<a/>', { 'content-type': 'application/xml' })).status).toBe(415);
    expect(
      (await send(admin, 'POST', path, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415);
  });
});
