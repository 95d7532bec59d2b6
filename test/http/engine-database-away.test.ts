/** While the engine's database is away, callers are told to try again, and not that something is broken. */
import { z } from 'zod';
import { defineRoute } from '../../src/web/route.js';
import { openDatabase, type Knex } from '../../src/kernel/db/database.js';
import { SIGNATURE_HEADER, signRequest } from '../../src/engine/signing.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { startApp, PASSWORD, STARTUP, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';

let engine: TestEngine;
let app: TestApp;
let browser: Browser;
let administrator: Knex;
let account: string;

beforeAll(async () => {
  engine = await startEngine();
  app = await startApp(engine.connection, {
    routes: [
      defineRoute({
        method: 'get',
        path: '/engine-tasks',
        summary: 'Asks the engine',
        tags: ['Test'],
        roles: ['operator'],
        responses: { 200: { description: 'Tasks', schema: z.unknown() } },
        handler: async ({ user }) => ({
          status: 200,
          body: await app.engine.call({ user: user.id, path: '/task/count' }),
        }),
      }),
    ],
  });
  account = await app.account('operator');
  browser = new Browser(app.url);
  expect((await browser.signIn(account)).status).toBe(303);
  administrator = openDatabase(engine.connection.postgresUrl, 1);
}, STARTUP);

afterAll(async () => {
  await administrator.destroy();
  await app.close();
  await engine.stop();
});

async function letDatabase(answer: boolean): Promise<void> {
  await administrator.raw(`alter database engine with allow_connections ${String(answer)}`);
  if (answer) return;
  await administrator.raw(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'engine'`);
}

const through = () => browser.get('/camunda/api/engine/engine/default/task/count');
const direct = () => {
  const path = '/engine-rest/task/count';
  const signature = signRequest(engine.connection.door, { user: 'card-server', method: 'GET', target: path });
  return fetch(new URL(path, engine.connection.engineUrl), { headers: { [SIGNATURE_HEADER]: signature } });
};
const api = () =>
  fetch(`${app.url}/api/v1/engine-tasks`, {
    headers: { authorization: `Basic ${Buffer.from(`${account}:${PASSWORD}`).toString('base64')}` },
  });

test('503 with Retry-After from the engine host, the door and the interface; all is well when it is back', async () => {
  expect((await through()).status).toBe(200);
  expect((await api()).status).toBe(200);
  await letDatabase(false);
  try {
    const host = await direct();
    expect([host.status, host.headers.get('retry-after')]).toEqual([503, '5']);

    const door = await through();
    expect([door.status, door.headers.get('retry-after'), door.json()]).toEqual([
      503,
      '5',
      { type: 'engine-unavailable', message: expect.stringContaining('as while its database is away. Try again') },
    ]);

    const problem = await api();
    expect([problem.status, problem.headers.get('retry-after'), problem.headers.get('content-type')]).toEqual([
      503,
      '5',
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await problem.json()).toMatchObject({ code: 'engine-unavailable' });
  } finally {
    await letDatabase(true);
  }
  expect((await direct()).status).toBe(200);
  expect((await through()).status).toBe(200);
}, 120_000);
