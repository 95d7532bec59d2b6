import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { verdictOf } from '../../workers/runtime/task-protocol.js';
import { NoAnswer } from '../../workers/runtime/exchange.js';
import { EngineRefusal, EngineTransport } from '../../workers/runtime/transport.js';

/** In a process of its own, so that its work does not count as ours; `/slow` never ends its body. */
const serverProgram = `
  const server = require('node:http').createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url.endsWith('/silent')) return;
      if (request.url.endsWith('/slow')) return response.writeHead(200, { 'content-type': 'application/json' }).write('[');
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

let server: ChildProcess;
let engineUrl: string;
let transport: EngineTransport;

beforeAll(async () => {
  server = spawn(process.execPath, ['-e', serverProgram], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(server.stdout ?? server, 'data')) as [Buffer];
  engineUrl = `http://127.0.0.1:${port.toString().trim()}/engine-rest`;
  transport = new EngineTransport({ engineUrl, maxSockets: 2, pollSockets: 1, connectMs: 500 });
});

afterAll(async () => {
  await transport.close();
  server.kill();
  await once(server, 'exit');
});

test('j: a call costs at most half of the CPU that it costs with the stock transport', async () => {
  const [loader, program] = ['../support/typescript-loader.mjs', './programs/transport-cost.ts'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  ) as [string, string];
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', loader, program, engineUrl]);
  expect(Number(stdout)).toBeGreaterThan(0);
  expect(Number(stdout)).toBeLessThan(0.5);
});

test.each(['/silent', '/slow'])('%s: the deadline covers headers and body', async (path) => {
  const startedAt = performance.now();
  const failure: unknown = await transport
    .request('POST', path, {}, { timeoutMs: 200 })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NoAnswer);
  expect(failure).toMatchObject({ reason: 'timeout' });
  expect(performance.now() - startedAt).toBeLessThan(1_500);
});

test('the deadline covers waiting for a socket', async () => {
  const calls = [1, 2, 3, 4].map(() => transport.request('POST', '/silent', {}, { timeoutMs: 300 }));
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
});

test('a refused connection is no answer', async () => {
  const nobody = new EngineTransport({
    engineUrl: 'http://127.0.0.1:1',
    maxSockets: 1,
    pollSockets: 1,
    connectMs: 500,
  });
  await expect(nobody.request('GET', '/', undefined, { timeoutMs: 1_000 })).rejects.toMatchObject({
    reason: 'connection',
  });
  await nobody.close();
});

test.each([
  ['gone', 404, 'RestException', 0],
  ['refused', 400, 'RestException', 0],
  ['refused', 400, 'InvalidRequestException', null],
  ['conflict', 500, 'OptimisticLockingException', 1],
  ['conflict', 500, 'ProcessEngineException', 10_000],
  ['failed', 500, 'ProcessEngineException', 0],
  ['unavailable', 404, '', null],
  ['unavailable', 400, '', null],
  ['unavailable', 500, '', null],
  ['unavailable', 503, '', null],
  ['unavailable', 401, '', null],
  ['unavailable', 403, 'AuthorizationException', 0],
] as const)('%s: answer %i of type “%s” with code %p', (verdict, status, type, code) => {
  expect(verdictOf(new EngineRefusal(status, type, '', code))).toBe(verdict);
});

test('a fault of our own is no verdict', () => {
  expect(() => verdictOf(new TypeError('ours'))).toThrow(TypeError);
});
