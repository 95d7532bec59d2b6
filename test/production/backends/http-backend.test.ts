import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  AnswerLost,
  BackendBusy,
  BackendDown,
  type ProductionBackend,
} from '../../../src/production/backends/backend.js';
import { httpBackend } from '../../../src/production/backends/http/http-backend.js';
import { sampleJob } from './card-job.js';
import { describeBackendContract, type Machine } from './contract.js';
import { PrintShopProcess } from '../../../bench/lib/print-shop-process.js';
import { freePort } from '../../../launcher/ports.js';

describeBackendContract({
  name: 'http, with the print shop',
  abilities: ['refuseNext', 'busyNext', 'breakDown', 'restart', 'letters'],
  job: { chip: true },
  start: async () => {
    const shop = await PrintShopProcess.start();
    const settings = { url: shop.url, publicKey: shop.publicKey, printsLetters: true };
    return {
      backend: httpBackend({ id: 'print-shop', settings }, { token: shop.token }),
      machine: machineOf(shop),
      stop: () => shop.stop(),
    };
  },
});

function machineOf(shop: PrintShopProcess): Machine {
  return {
    made: async () => (await shop.ledger()).cards.map(({ key }) => key),
    hold: () => shop.play('stop'),
    release: () => shop.play('go'),
    failNext: () => shop.play('jam'),
    hangUp: () => shop.kill(),
    listen: () => shop.start(),
    loseNextAnswer: () => shop.play('answer-lost'),
    refuseNext: () => shop.play('refused'),
    busyNext: () => shop.play('busy'),
    breakDown: () => shop.play('ribbon-end'),
    mend: () => shop.play('new-ribbon'),
    restart: async () => {
      await shop.play('restart').catch(() => undefined);
      await shop.ended();
      await shop.start();
    },
    letters: async () => (await shop.ledger()).letters.map(({ key }) => key),
  };
}

/** What only a bureau would do that is broken, or that is not one. */
describe('answers that no print shop gives', () => {
  type Answer = (request: IncomingMessage, response: ServerResponse) => void;
  const server = createServer((request, response) => {
    answer(request, response);
  });
  let answer: Answer;
  let backend: ProductionBackend;
  const never = new AbortController().signal;
  const problem =
    (status: number, code: string, headers: Record<string, string> = {}): Answer =>
    (_request, response) => {
      response
        .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
        .end(JSON.stringify({ detail: 'Because.', code }));
    };
  const said =
    (status: number, body: string, headers: Record<string, string> = {}): Answer =>
    (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    };

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    backend = backendAt(`http://127.0.0.1:${port}/prefix/`);
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  function backendAt(url: string): ProductionBackend {
    const settings = { url, timeLimits: { connect: 500, headers: 500, body: 500 } };
    return httpBackend({ id: 'bureau', settings }, { token: 'a-token' });
  }

  async function card() {
    const job = sampleJob();
    return { cardId: job.cardId, number: 1, body: await backend.prepare(job) };
  }

  /** What a submit of one card, of two cards, and a question come to. */
  async function outcomes(): Promise<string[]> {
    const one = await card();
    const two = await card();
    const calls = [
      () => backend.submit([one], never),
      () => backend.submit([one, two], never),
      () => backend.ask([{ ...one, orderId: null }], never),
      () =>
        backend.ask(
          [one, two].map((each) => ({ ...each, orderId: null })),
          never,
        ),
    ];
    return Promise.all(
      calls.map((call) =>
        call().then(
          (told) => JSON.stringify(told),
          (error: Error) => error.name,
        ),
      ),
    );
  }

  const lost = ['AnswerLost', 'AnswerLost', 'AnswerLost', 'AnswerLost'];
  const down = ['BackendDown', 'BackendDown', 'BackendDown', 'BackendDown'];
  const busy = ['BackendBusy', 'BackendBusy', 'BackendBusy', 'BackendBusy'];

  test.each<[string, Answer, string[]]>([
    ['a page instead of JSON', said(200, '<html>'), lost],
    ['JSON of something else', said(201, '{"ok":true}'), lost],
    [
      'the answer to another order',
      said(
        200,
        '{"key":"00000000-0000-4000-8000-000000000000-1","orderId":"1","state":"produced","evidence":{},"answers":[],"orders":[]}',
      ),
      lost,
    ],
    ['nothing', said(204, ''), lost],
    ['an error of its own', said(500, 'oops'), lost],
    ['an error of its own, with a problem', problem(500, 'internal'), lost],
    ['a proxy that lost the bureau', said(502, 'Bad Gateway'), lost],
    ['a proxy that does not say when to come back', said(503, 'Service Unavailable'), lost],
    ['a way to elsewhere', said(302, '', { location: 'http://127.0.0.1:1/' }), lost],
    ['a page that is not found', said(404, 'Not Found'), lost],
    ['a problem of another program at this address', problem(404, 'not-found'), lost],
    ['a refusal without a word', said(422, '{}'), lost],
    ['more than anyone wants to read', (_request, response) => response.end(Buffer.alloc(9_000_000, ' ')), lost],
    ['a broken connection', (request) => request.socket.destroy(), lost],
    [
      'half an answer',
      (_request, response) => {
        response.writeHead(201, { 'content-length': '100' }).write('{"key":');
        response.socket?.destroySoon();
      },
      lost,
    ],
    ['silence', () => undefined, lost],
    [
      'an answer that does not end',
      (_request, response) => {
        response.writeHead(201).write('{');
      },
      lost,
    ],
    ['no trust in our token', problem(401, 'unauthenticated'), down],
    ['a forbidden address', said(403, 'Forbidden'), down],
    ['too many calls', problem(429, 'busy'), busy],
    ['no time', problem(503, 'busy', { 'retry-after': '7' }), busy],
    ['no time, by a proxy', said(503, '', { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }), busy],
  ])('%s', async (_what, given, expected) => {
    answer = given;
    expect(await outcomes()).toEqual(expected);
  });

  test('a pause is kept to, and bounded', async () => {
    const pauseOf = async (header: string) => {
      answer = problem(503, 'busy', { 'retry-after': header });
      const error: unknown = await backend.status(never).catch((raw: unknown) => raw);
      expect(error).toBeInstanceOf(BackendBusy);
      return (error as BackendBusy).retryAfterMs;
    };
    expect(await pauseOf('7')).toBe(7_000);
    expect(await pauseOf('0')).toBe(1_000);
    expect(await pauseOf('999999999')).toBe(3_600_000);
    const inAMinute = await pauseOf(new Date(Date.now() + 60_000).toUTCString());
    expect(inAMinute).toBeGreaterThan(30_000);
    expect(inAMinute).toBeLessThanOrEqual(60_000);
  });

  test("a refusal of a call with several cards is nobody's fault but ours: no card has failed", async () => {
    answer = problem(413, 'too-large');
    await expect(backend.submit([await card(), await card()], never)).rejects.toBeInstanceOf(BackendDown);
    expect(await backend.submit([await card()], never)).toMatchObject([
      { outcome: 'refused', code: 'too-large', reason: 'Because.' },
    ]);
  });

  test('an answer that leaves out a card says nothing about any', async () => {
    const [one, two] = [await card(), await card()];
    answer = said(200, JSON.stringify({ answers: [{ key: `${one.cardId}-1`, outcome: 'accepted', orderId: '1' }] }));
    await expect(backend.submit([one, two], never)).rejects.toBeInstanceOf(AnswerLost);
  });

  test('the path of the address, the token and the key are sent', async () => {
    const seen: IncomingMessage[] = [];
    const one = await card();
    answer = (request, response) => {
      seen.push(request);
      said(201, JSON.stringify({ key: `${one.cardId}-1`, orderId: '1' }))(request, response);
    };
    await backend.submit([one], never);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/prefix/orders' });
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer a-token', 'idempotency-key': `${one.cardId}-1` });
  });

  test('no more connections than calls at once', async () => {
    let open = 0;
    let most = 0;
    server.on('connection', (socket) => {
      most = Math.max(most, (open += 1));
      socket.once('close', () => (open -= 1));
    });
    answer = said(200, JSON.stringify({ condition: 'ready', message: null, queued: 0, supplies: {} }));
    const fresh = backendAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await Promise.all(Array.from({ length: 20 }, () => fresh.status(new AbortController().signal)));
    expect(most).toBeLessThanOrEqual(fresh.callsAtOnce);
  });

  test.each([
    ['no one there', async () => `http://127.0.0.1:${await freePort()}`],
    ['no such name', () => 'https://bureau.invalid'],
  ])('%s: the order was not taken', async (_what, url) => {
    await expect(backendAt(await url()).submit([await card()], never)).rejects.toBeInstanceOf(BackendDown);
  });
});
