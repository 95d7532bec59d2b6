import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type LookupFunction, type Server } from 'node:net';
import { pino } from 'pino';
import { Pool } from 'undici';
import { askBackend } from '../../../src/production/backends/administration/backend-service.js';
import {
  guardedConnector,
  guardedLookup,
  hostIn,
  isForbiddenAddress,
} from '../../../src/production/backends/address-guard.js';
import type { ProductionBackend } from '../../../src/production/backends/backend.js';
import { httpBackend } from '../../../src/production/backends/http/http-backend.js';
import { ippBackend } from '../../../src/production/backends/ipp/ipp-backend.js';

const log = pino({ level: 'silent' });
const never = new AbortController().signal;

test.each([
  ['169.254.169.254', true],
  ['::ffff:169.254.169.254', true],
  ['64:ff9b::a9fe:a9fe', true],
  ['2002:a9fe:a9fe::1', true],
  ['::a9fe:a9fe', true],
  ['fe80::1%eth0', true],
  ['febf::1', true],
  ['::', true],
  ['0.0.0.0', true],
  ['239.1.2.3', true],
  ['ff02::1', true],
  ['255.255.255.255', true],
  ['100.100.100.200', true],
  ['fd00:ec2::254', true],
  // Loopback has the print shop and local queues, private networks have printers.
  ['127.0.0.1', false],
  ['::1', false],
  ['10.1.2.3', false],
  ['192.168.1.1', false],
  ['fd12::1', false],
  ['203.0.113.7', false],
])('a backend at %s is refused: %s', (address, refused) => {
  expect(isForbiddenAddress(address)).toBe(refused);
});

test('numbers are read as the system reads them', () => {
  expect(['ipp://0xa9fea9fe/x', 'https://2852039166', 'ipps://0251.0376.0251.0376'].map(hostIn)).toEqual(
    Array(3).fill('169.254.169.254'),
  );
  expect(['/var/orders', 'mailto:x@example.org', 'ipps://'].map(hostIn)).toEqual([null, null, null]);
});

describe('a name', () => {
  let server: Server;
  let port: number;
  let connections = 0;

  beforeAll(async () => {
    server = createHttpServer((_request, response) => response.end('{}')).on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => {
    server.close();
  });

  test('that leads elsewhere the second time is not followed there', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    const rebinding: LookupFunction = (_name, options, callback) => {
      const address = answers.shift() ?? '';
      if (options.all === true) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    };
    const connect = guardedConnector({ timeout: 1_000 }, guardedLookup(rebinding));
    const call = async () => {
      const pool = new Pool(`http://rebinding.example:${port}`, { connect });
      try {
        const { statusCode, body } = await pool.request({ path: '/', method: 'GET' });
        await body.dump();
        return statusCode;
      } finally {
        await pool.close();
      }
    };
    expect(await call()).toBe(200);
    await expect(call()).rejects.toMatchObject({ code: 'EFORBIDDEN' });
    expect(connections).toBe(1);
  });

  test('is not needed: an address that was saved by another way is not called', async () => {
    for (const backend of [
      ippBackend({ id: 'p', settings: { uri: 'ipp://0xa9fea9fe/ipp' } }, {}, async () => Buffer.of()),
      httpBackend({ id: 'b', settings: { url: 'https://[fe80::1]' } }, { token: 't' }),
    ]) {
      await expect(
        backend.submit([{ cardId: crypto.randomUUID(), number: 1, body: Buffer.from('{}') }], never),
      ).rejects.toMatchObject({ name: 'BackendDown' });
    }
  });
});

describe('the test of a backend', () => {
  const servers: Server[] = [];
  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  afterAll(() => {
    for (const server of servers) server.close();
  });

  test('does not distinguish ports: closed, silent, another protocol, another web server', async () => {
    const closedServer = createServer();
    const closed = await listen(closedServer);
    closedServer.close();
    const silent = await listen(createServer((socket) => socket.on('error', () => undefined).resume()));
    const greeting = await listen(
      createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-Other\r\n')),
    );
    const web = (status: number) =>
      listen(createHttpServer((_request, response) => response.writeHead(status).end('<html>')));
    const ports = [closed, silent, greeting, await web(200), await web(401), await web(404), await web(500)];
    const ask = async (make: (port: number) => ProductionBackend, port: number) => {
      const began = performance.now();
      const registry = { all: async () => [make(port)] };
      const stored = { id: 'x', name: 'It', kind: '', settings: {}, simulated: false };
      const refused: any = await askBackend(registry, stored, log, 500).catch((raw: unknown) => raw);
      expect(performance.now() - began).toBeGreaterThan(490);
      return refused.message as string;
    };
    const printer = (port: number) =>
      ippBackend({ id: 'x', settings: { uri: `ipp://127.0.0.1:${port}/ipp` } }, {}, async () => Buffer.of());
    const bureau = (port: number) =>
      httpBackend({ id: 'x', settings: { url: `http://127.0.0.1:${port}` } }, { token: 't' });
    for (const make of [printer, bureau]) {
      expect(new Set(await Promise.all(ports.map((port) => ask(make, port)))).size).toBe(1);
      // Nor does the state that workers keep of it.
      const told = ports.map((port) =>
        make(port)
          .status(AbortSignal.timeout(500))
          .catch((raw: Error) => raw.message),
      );
      expect(new Set(await Promise.all(told)).size).toBe(1);
    }
  });
});
