import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { technicalAccounts } from '../../src/domain/roles.js';
import { EngineClient } from '../../src/engine/client.js';
import { SIGNATURE_HEADER, signRequest } from '../../src/engine/signing.js';
import { rawRequest } from '../http/support/raw-request.js';
import { callEngine, lentEngine, type EngineConnection } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../../launcher/ports.js';

let connection: EngineConnection;
let origin: string;
beforeAll(async () => {
  connection = await lentEngine();
  origin = new URL(connection.engineUrl).origin;
}, 180_000);

const signed = (user: string, method: string, target: string) => ({
  [SIGNATURE_HEADER]: signRequest(connection.door, { user, method, target }),
});
const get = (user: string, target: string) => rawRequest(origin, target, signed(user, 'GET', target));

describe('unsigned', () => {
  test('only the sign of life is given, and it says nothing', async () => {
    expect(await rawRequest(origin, '/health', {})).toEqual({ status: 200, body: '' });
  });

  test.each([
    '/',
    '/error',
    '/health/',
    '/HEALTH',
    '/engine-rest',
    '/engine-rest/engine',
    '/engine-rest/version',
    '/camunda',
    '/camunda/app/tasklist/',
    '/camunda/api/admin/auth/user/default',
    '/camunda/lib/deps.js',
    '/webjars/camunda/lib/deps.js',
    '/actuator/health',
  ])('%s is refused', async (path) => {
    const { status, body } = await rawRequest(origin, path, {});
    expect(status).toBe(401);
    expect(JSON.parse(body)).toEqual({ type: 'AuthenticationException', message: 'The request is not signed.' });
  });

  test('the sign of life is for GET alone', async () => {
    expect((await rawRequest(origin, '/health', {}, 'POST')).status).toBe(401);
  });
});

test.each([
  '/engine-rest//version',
  '/engine-rest/./version',
  '/engine-rest/x/../version',
  '/engine-rest;x/version',
  '/engine-rest/version;x',
  '/engine-rest/%2e%2e/version',
  '/engine-rest/%252e/version',
  '/engine-rest%2Fversion',
  '/engine-rest%5Cversion',
])('%s can be read in two ways and is refused although it is signed', async (target) => {
  expect((await get(technicalAccounts.server, target)).status).toBe(400);
});

test('the worker key opens for the account of the workers', async () => {
  const target = '/engine-rest/version';
  const signature = signRequest(connection.worker, { user: technicalAccounts.worker, method: 'GET', target });
  expect((await rawRequest(origin, target, { [SIGNATURE_HEADER]: signature })).status).toBe(200);
});

describe('sessions of the web applications', () => {
  const account = '/camunda/api/admin/auth/user/default';
  const page = '/camunda/app/admin/default/';
  const other = `session-${process.pid}`;

  beforeAll(async () => {
    expect(
      (
        await callEngine(connection, 'POST', '/user/create', {
          profile: { id: other, firstName: 'Other', lastName: 'Person' },
        })
      ).status,
    ).toBe(204);
  });

  test('a session never serves a second person', async () => {
    const first = await fetch(origin + page, { headers: signed(technicalAccounts.server, 'GET', page) });
    expect(first.status).toBe(200);
    const cookie = first.headers
      .getSetCookie()
      .map((header) => header.split(';')[0])
      .join('; ');
    const withSession = (user: string) =>
      fetch(origin + account, { headers: { ...signed(user, 'GET', account), cookie } });

    expect(await (await withSession(technicalAccounts.server)).json()).toMatchObject({
      userId: technicalAccounts.server,
    });
    expect((await withSession(other)).status).toBe(404);
    expect((await withSession(technicalAccounts.server)).status).toBe(404);
  });
});

describe('the first administrator', () => {
  test('has a password that nobody knows, not the one that is made up where none is set', async () => {
    const credentials = { username: technicalAccounts.server, password: technicalAccounts.server };
    expect((await callEngine(connection, 'POST', '/identity/verify', credentials)).body).toMatchObject({
      authenticated: false,
    });
  });

  test('leaves nothing to set up', async () => {
    const members = await callEngine(connection, 'GET', '/user?memberOfGroup=camunda-admin');
    expect(members.body).toEqual(expect.arrayContaining([expect.objectContaining({ id: technicalAccounts.server })]));

    const engines = '/camunda/api/engine/engine/';
    const first = await fetch(origin + engines, { headers: signed(technicalAccounts.server, 'GET', engines) });
    const cookies = first.headers.getSetCookie().map((header) => header.split(';')[0] ?? '');
    const token = cookies.find((cookie) => cookie.startsWith('XSRF-TOKEN='))?.slice('XSRF-TOKEN='.length) ?? '';
    const setup = '/camunda/api/admin/setup/default/user/create';
    const answer = await fetch(origin + setup, {
      method: 'POST',
      headers: {
        ...signed(technicalAccounts.server, 'POST', setup),
        cookie: cookies.join('; '),
        'x-xsrf-token': token,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        profile: { id: 'intruder', firstName: 'I', lastName: 'I' },
        credentials: { password: 'secret-word' },
      }),
    });
    expect(answer.status).toBe(403);
    expect((await callEngine(connection, 'GET', '/user?id=intruder')).body).toEqual([]);
  });
});

test.each(['tasklist', 'cockpit', 'admin'])('%s carries our name and our sign-in', async (app) => {
  const { body } = await get(technicalAccounts.server, `/camunda/app/${app}/scripts/config.js`);
  expect(body).toContain("vendor: 'Open Card Requests'");
  const script = /customScripts: \['([^']+)'\]/.exec(body)?.[1] ?? '';
  const { pathname } = new URL(`/camunda/app/${app}/${script}.js`, origin);
  expect((await get(technicalAccounts.server, pathname)).body).toContain('/sign-in');
});

test('the cleanup removes what ended longer ago than its process says, and nothing else', async () => {
  const user = technicalAccounts.server;
  const engine = new EngineClient(origin, connection.door);
  const keep = `kept-${process.pid}`;
  const drop = `dropped-${process.pid}`;
  try {
    for (const [key, days] of [
      [keep, 30],
      [drop, 0],
    ] as const) {
      const body = new FormData();
      body.set('deployment-name', key);
      body.set(`${key}.bpmn`, new File([endsAtOnce(key, days)], `${key}.bpmn`));
      await engine.raw({ user, method: 'POST', path: '/deployment/create', body });
      await engine.call({ user, method: 'POST', path: `/process-definition/key/${key}/start`, body: {} });
    }
    const ended = async (processDefinitionKey: string) =>
      (
        await engine.call<unknown[]>({
          user,
          path: '/history/process-instance',
          query: { processDefinitionKey, finished: true },
        })
      ).length;
    expect([await ended(keep), await ended(drop)]).toEqual([1, 1]);
    await engine.call({ user, method: 'POST', path: '/history/cleanup', query: { immediatelyDue: true } });
    await eventually('the cleanup has come by', 60_000, async () => (await ended(drop)) === 0);
    expect(await ended(keep)).toBe(1);
  } finally {
    await engine.close();
  }
}, 90_000);

function endsAtOnce(key: string, days: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
    <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="test">
      <process id="${key}" isExecutable="true" camunda:historyTimeToLive="P${days}D"><startEvent id="begin" /></process>
    </definitions>`;
}

describe('a start that cannot succeed says why in one line and ends', () => {
  const jar = fileURLToPath(new URL('../../engine/target/engine-host.jar', import.meta.url));

  test.each([
    ['database', {}, /ERROR EngineHost The engine's database cannot be used: .+ENGINE_JDBC_URL/],
    [
      'secret',
      { WORKER_SECRET: 'too-short' },
      /ERROR EngineHost WORKER_SECRET is missing or has fewer than 32 characters\./,
    ],
  ])(
    '%s',
    async (_what, changed, line) => {
      const port = await freePort();
      const java = spawn('java', ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-jar', jar], {
        env: {
          ...process.env,
          SERVER_PORT: String(port),
          ENGINE_JDBC_URL: `jdbc:postgresql://127.0.0.1:${port}/nowhere`,
          ENGINE_DB_USER: 'nobody',
          ENGINE_DB_PASSWORD: 'not-for-logs',
          DOOR_SECRET: connection.door.secret,
          WORKER_SECRET: connection.worker.secret,
          ...changed,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [output, errors, [code]] = await Promise.all([text(java.stdout), text(java.stderr), once(java, 'exit')]);
      expect(code).toBe(1);
      expect(output.split('\n').filter((entry) => /ERROR|WARN/.test(entry))).toEqual([expect.stringMatching(line)]);
      expect(output + errors).not.toMatch(/not-for-logs|too-short/);
    },
    120_000,
  );
});
