/** Who calls: the host that a request names, proxies in front, and what only this machine or a token may see. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, Registry } from 'prom-client';
import { readConfig, serverEnvironment } from '../../src/kernel/config.js';
import { createHttpServer } from '../../src/web/http-server.js';
import { lentEngine, type EngineConnection } from '../support/engine.js';
import { STARTUP, startApp, type TestApp } from './support/app.js';

const token = 'a-token-of-monitoring-at-least-32-characters';
const metrics = new Registry();
new Counter({ name: 'cards_test_total', help: 'Test', registers: [metrics] });
const health = async () => ({ status: 'up', parts: { database: { status: 'up' } } }) as const;

let app: TestApp;
let engine: EngineConnection;
let behindProxy: TestApp;

beforeAll(async () => {
  engine = await lentEngine();
  app = await startApp(engine, { health, metrics, metricsToken: token });
  behindProxy = await startApp(engine, {
    health,
    metrics,
    metricsToken: token,
    publicUrl: 'https://cards.test',
    trustedProxies: ['127.0.0.1'],
  });
}, STARTUP);
afterAll(async () => {
  await app?.close();
  await behindProxy?.close();
});

/** As a browser or a program would, but with any `Host`. */
function get(
  { url }: TestApp,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    httpRequest(url + path, { headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text, headers: response.headers });
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('the host', () => {
  test.each(['cards.test', 'CARDS.test', 'cards.test:80', 'localhost:8080', '127.0.0.1', '[::1]:1'])(
    '%s is answered',
    async (host) => {
      expect((await get(app, '/sign-in', { host })).status).toBe(200);
    },
  );

  test.each([
    'evil.example',
    'cards.test.evil.example',
    'evil.example:80',
    'cards.test:8080',
    'cards.test@evil.example',
    'x@cards.test',
    'cards.test/x',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
  ])('%j is refused before anything is looked at', async (host) => {
    const page = await get(app, '/sign-in', { host, accept: 'text/html', 'sec-fetch-dest': 'document' });
    expect([page.status, page.text.includes('http://cards.test')]).toEqual([421, true]);
    const program = await get(app, '/api/v1/openapi.json', { host });
    expect([program.status, JSON.parse(program.text).code]).toEqual([421, 'misdirected']);
  });

  test('is not asked of who looks at the health', async () => {
    expect((await get(app, '/healthz', { host: '10.0.0.1:8080' })).text).toBe('{"status":"up"}');
  });
});

describe('metrics and details of health', () => {
  const seen = async (of: TestApp, headers: Record<string, string>) => {
    const [shown, health] = [await get(of, '/metrics', headers), await get(of, '/healthz', headers)];
    expect(health.status).toBe(200);
    return [shown.status, shown.text.includes('cards_test_total'), health.text.includes('database')];
  };
  const own = { host: '127.0.0.1' };

  test('are for programs on this machine', async () => {
    expect(await seen(app, own)).toEqual([200, true, true]);
  });

  test.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host', 'x-forwarded-proto'])(
    'not for what a proxy passes on: %s',
    async (header) => {
      expect(await seen(app, { ...own, [header]: 'for=127.0.0.1' })).toEqual([401, false, false]);
    },
  );

  test('not for whoever is led here by a name of their own', async () => {
    expect(await seen(app, { host: 'evil.example' })).toEqual([401, false, false]);
  });

  test('not without a token behind a proxy, which could not be told from a program', async () => {
    expect(await seen(behindProxy, own)).toEqual([401, false, false]);
    expect(await seen(behindProxy, { host: 'cards.test' })).toEqual([401, false, false]);
  });

  test.each([
    [`Bearer ${token}`, 200],
    [`bearer ${token}`, 200],
    [`Bearer ${token}x`, 401],
    ['Bearer ', 401],
    [token, 401],
    [`Basic ${Buffer.from(`x:${token}`).toString('base64')}`, 401],
  ])('by token: %s', async (authorization, status) => {
    const [found, text, detail] = await seen(behindProxy, { host: 'cards.test', authorization });
    expect([found, text, detail]).toEqual([status, status === 200, status === 200]);
  });

  test('never by token where none is set', async () => {
    const none = await startApp(engine, { publicUrl: 'https://cards.test' });
    try {
      expect((await get(none, '/metrics', { authorization: 'Bearer undefined' })).status).toBe(401);
    } finally {
      await none.close();
    }
  });
});

describe('settings', () => {
  const base = {
    DATABASE_URL: 'postgres://x@127.0.0.1/x',
    ENGINE_URL: 'http://127.0.0.1:1',
    PUBLIC_URL: 'https://cards.test',
    DOOR_SECRET: 'x'.repeat(32),
  };
  const read = (env: Record<string, string>) => readConfig(serverEnvironment, { ...base, ...env });

  test('TRUSTED_PROXIES are addresses and networks', () => {
    expect(read({}).TRUSTED_PROXIES).toBeUndefined();
    expect(read({ TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.7,fd00::/8,loopback' }).TRUSTED_PROXIES).toEqual([
      '10.0.0.0/8',
      '192.0.2.7',
      'fd00::/8',
      'loopback',
    ]);
    for (const wrong of ['true', '1', '10.0.0.0/33', '10.0.0.0/', 'proxy.example', '10.0.0.1/8/8', '10.0.0.1,,'])
      expect(() => read({ TRUSTED_PROXIES: wrong })).toThrow('TRUSTED_PROXIES must be addresses and networks');
  });

  test('TIME_ZONE is an IANA name', () => {
    expect(read({ TIME_ZONE: 'Asia/Tokyo' }).TIME_ZONE).toBe('Asia/Tokyo');
    for (const wrong of ['+09:00', 'Tokyo', 'CEST!'])
      expect(() => read({ TIME_ZONE: wrong })).toThrow(
        'TIME_ZONE must be the IANA name of a time zone, for example Europe/Berlin',
      );
  });

  test('KEEP_ALIVE_SECONDS outlives the minute of most proxies', () => {
    expect(read({}).KEEP_ALIVE_SECONDS).toBeGreaterThan(60);
    expect(() => read({ KEEP_ALIVE_SECONDS: '0' })).toThrow('KEEP_ALIVE_SECONDS');
  });
});

test('an idle connection is still served after more than the five seconds of Node', async () => {
  const server = createHttpServer((_request, response) => response.end('here'), 75);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  const ask = async () => {
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return String((await once(socket, 'data'))[0]);
  };
  expect(await ask()).toContain('Keep-Alive: timeout=75');
  // Idleness is what is tested: there is nothing to poll for.
  await sleep(6_500);
  expect(await ask()).toContain('here');
  socket.destroy();
  server.close();
}, 15_000);
