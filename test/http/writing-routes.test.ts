/** Everything that Cockpit, Admin, Tasklist and Welcome can ask the engine to change: what passes, and what is said of the rest. */
import { readFileSync } from 'node:fs';
import { groups } from '../../src/domain/roles.js';
import { EngineClient } from '../../src/engine/client.js';
import { findCall, unknownCall } from '../../src/web/door/find-call.js';
import { lentEngine } from '../support/engine.js';
import { STARTUP, startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { engineRoutes, engineVersion, webApplicationRoutes } from './support/writing-routes.js';

const ENGINE = '/camunda/api/engine/engine/default';

/** Queries that have a body: they read. */
const queries = [
  ...['external-task', 'group', 'history/activity-instance', 'history/process-instance', 'history/task'],
  ...['history/variable-instance', 'job', 'process-instance', 'task', 'variable-instance'],
].flatMap((name) => [`POST /${name}`, `POST /${name}/count`]);

/** Work of people on their own tasks, judged by the checks of their forms. */
const ownWork = [
  'POST /filter/{id}/list',
  'POST /filter/{id}/count',
  'POST /process-definition/{id}/submit-form',
  'POST /task/{id}/submit-form',
  'POST /task/{id}/claim',
  'POST /task/{id}/unclaim',
  'POST /task/{id}/comment/create',
  'PUT /task/{id}',
];

/** Changes that administrators make there; each is a row of the audit log, or is not made (administrators.test.ts). */
const recorded = [
  'PUT /job/{id}/retries',
  'PUT /external-task/{id}/retries',
  'DELETE /process-instance/{id}',
  'POST /group/create',
  'PUT /group/{id}',
  'DELETE /group/{id}',
  'PUT /group/{id}/members/{userId}',
  'DELETE /group/{id}/members/{userId}',
];

const routes = [...engineRoutes.map((route) => route.replace(' ', ` ${ENGINE}`)), ...webApplicationRoutes].map(
  (route) => {
    const [method = '', path = ''] = route.split(' ');
    const filled = path.replace('{engine}', 'default').replace(/\{\w+\}/g, 'x1');
    return { route, method, path: filled, segments: filled.split('/').slice(1) };
  },
);
const refused = routes.filter(({ method, segments }) => findCall(method, segments) === null);

test('the list is that of the engine that is built', () => {
  const pom = readFileSync(new URL('../../engine/pom.xml', import.meta.url), 'utf8');
  expect(pom).toContain(`<camunda.version>${engineVersion}</camunda.version>`);
  expect(engineRoutes.length).toBeGreaterThan(200);
});

test('nothing passes but queries, own work, and what is put on record', () => {
  const passing = routes.filter((route) => !refused.includes(route)).map(({ route }) => route.replace(ENGINE, ''));
  const signOut = 'POST /camunda/api/admin/auth/user/{engine}/logout';
  expect(passing.sort()).toEqual([...queries, ...ownWork, ...recorded, signOut].sort());
  for (const { method, segments, route } of routes) {
    if (!recorded.includes(route.replace(ENGINE, ''))) continue;
    const call = findCall(method, segments)?.call;
    expect({ route, roles: call?.roles }).toEqual({ route, roles: ['admin'] });
    expect(call?.handling).toMatch(/^(retry|cancel|create|change|remove|join|leave)-/);
  }
});

test('each refusal says in a sentence where it is done instead', () => {
  const places = /\/console|\/sign-in|\/password|\/metrics|npm run cards|Tasklist|in Cockpit|not used|only to wait/;
  for (const { method, segments, route } of refused) {
    const { publicMessage } = unknownCall(method, segments);
    expect({ route, said: publicMessage }).toEqual({ route, said: expect.stringMatching(places) });
    expect(publicMessage).toMatch(/^[A-Z].*\.$/);
  }
});

describe('at the door', () => {
  let app: TestApp;
  let people: Browser[];
  /** What the engine was asked. */
  const asked: string[] = [];

  beforeAll(async () => {
    const connection = await lentEngine();
    const engine = new EngineClient(new URL(connection.engineUrl).origin, connection.door);
    const ask = engine.transport.request.bind(engine.transport);
    engine.transport.request = (options: Parameters<typeof ask>[0]) => {
      asked.push(`${options.method} ${options.path}`);
      return ask(options);
    };
    app = await startApp(connection, { engine });
    people = await Promise.all(
      [['admin'] as const, ['operator', 'approver', 'producer', 'designer'] as const].map(async (roles) => {
        const browser = new Browser(app.url);
        await browser.signIn(await app.account(...roles));
        await browser.get('/camunda/api/engine/engine/');
        return browser;
      }),
    );
  }, STARTUP);
  afterAll(() => app.close());

  const send = (browser: Browser, method: string, path: string) =>
    browser.request(method, path, {
      body: {},
      headers: { 'x-xsrf-token': browser.cookies.get('XSRF-TOKEN') ?? '', accept: 'application/json' },
    });

  test('every other writing route is refused to administrators too, before the engine hears of it', async () => {
    const [admin] = people;
    const refuse = async ({ method, path, segments, route }: (typeof refused)[number]) => {
      const answer = await send(admin as Browser, method, path);
      expect({ route, status: answer.status, said: answer.json() }).toEqual({
        route,
        status: 403,
        said: { type: 'forbidden', message: unknownCall(method, segments).publicMessage },
      });
    };
    for (let at = 0; at < refused.length; at += 20) await Promise.all(refused.slice(at, at + 20).map(refuse));
    expect(asked.filter((call) => !/^GET |^POST \/engine-rest\/(user\/create|identity)/.test(call))).toEqual([]);
  }, 180_000);

  test('what administrators may change is refused to everybody else, whatever other roles they have', async () => {
    const [, other] = people;
    for (const route of recorded) {
      const [method = '', path = ''] = route.replace(/\{\w+\}/g, 'x1').split(' ');
      const answer = await send(other as Browser, method, ENGINE + path);
      expect({ route, status: answer.status, said: answer.text }).toEqual({
        route,
        status: 403,
        said: expect.stringContaining(groups.admin),
      });
    }
  });
});
