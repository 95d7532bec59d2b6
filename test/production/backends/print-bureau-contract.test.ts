import { z } from 'zod';
import { orderKeyText, type ProductionBackend } from '../../../src/production/backends/backend.js';
import * as schemas from '../../../src/production/backends/http/contract.js';
import { httpBackend } from '../../../src/production/backends/http/http-backend.js';
import { verifyWebhook } from '../../../src/production/backends/http/webhook-signature.js';
import { eventually } from '../../support/eventually.js';
import { sampleJob } from './card-job.js';
import { contract, judge, type Exchange } from './openapi-judge.js';
import { PrintShopProcess } from '../../../bench/lib/print-shop-process.js';
import { Recorder } from './recorder.js';

const never = new AbortController().signal;

describe('the contract and the schemas that check it say the same', () => {
  const pairs = {
    Order: schemas.order,
    SealedSecrets: schemas.sealedSecrets,
    AcceptedOrder: schemas.acceptedOrder,
    OrderBatch: schemas.orderBatch,
    BatchAnswer: schemas.batchAnswer,
    OrderState: schemas.orderState,
    OrderQuery: schemas.orderQuery,
    OrderStates: schemas.orderStates,
    Result: schemas.result,
    ResultList: schemas.resultList,
    ResultPage: schemas.resultPage,
    BureauStatus: schemas.bureauStatus,
    Letter: schemas.letter,
    AcceptedLetter: schemas.acceptedLetter,
    Problem: schemas.problem,
  };

  test.each(Object.entries(pairs))('%s', (name, schema) => {
    expect(bare(z.toJSONSchema(schema, { io: 'input', reused: 'inline' }))).toEqual(
      bare(contract.components.schemas[name]),
    );
  });

  test('every schema of the contract is checked, by itself or within another', () => {
    const used = JSON.stringify(contract);
    const named = Object.keys(contract.components.schemas).filter((name) => !(name in pairs));
    expect(named.filter((name) => !used.includes(`"#/components/schemas/${name}"`))).toEqual([]);
  });

  /** Without references, words for people, and what only one of the two writes down. */
  function bare(schema: any): any {
    if (Array.isArray(schema)) return schema.map(bare);
    if (schema === null || typeof schema !== 'object') return schema;
    if ('$ref' in schema) return bare(contract.components.schemas[schema.$ref.split('/').at(-1)]);
    const { $schema: _schema, description: _description, examples: _examples, ...rest } = schema;
    if (rest.minimum === Number.MIN_SAFE_INTEGER) delete rest.minimum;
    if (rest.maximum === Number.MAX_SAFE_INTEGER) delete rest.maximum;
    if (rest.required !== undefined) rest.required = [...rest.required].sort();
    const { oneOf, ...others } = rest;
    return Object.fromEntries(
      Object.entries(oneOf === undefined ? others : { ...others, anyOf: oneOf }).map(([key, value]) => [
        key,
        bare(value),
      ]),
    );
  }
});

describe('what adapter and print shop say to each other is what the contract says', () => {
  let shop: PrintShopProcess;
  let bureau: Recorder;
  let client: Recorder;
  let backend: ProductionBackend;

  beforeAll(async () => {
    client = await new Recorder(null).open();
    shop = await PrintShopProcess.start({ webhookUrl: `${client.url}/hook` });
    bureau = await new Recorder(shop.url).open();
    backend = httpBackend(
      { id: 'shop', settings: { url: bureau.url, publicKey: shop.publicKey, printsLetters: true } },
      { token: shop.token },
    );
  });
  afterAll(async () => {
    await shop.stop();
    await bureau.close();
    await client.close();
  });

  async function prepared(changes = {}) {
    const job = sampleJob({ chip: true, ...changes });
    return { cardId: job.cardId, number: job.number, body: await backend.prepare(job) };
  }

  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${bureau.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${shop.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  test('every operation, with what it answers', async () => {
    const cards = await Promise.all([prepared(), prepared({ chip: false, secrets: null, photo: null }), prepared()]);
    const [one, two, three] = cards;
    await shop.play('stop');
    await shop.play('busy');
    await backend.submit([one], never).catch(() => undefined);
    await backend.submit([one], never);
    await shop.play('refused');
    await backend.submit([two, three], never);
    await backend.cancel({ ...three, orderId: null }, never);
    await shop.play('go');
    await backend.ask([{ ...one, orderId: null }], never);
    await backend.ask(
      [one, two, three].map((card) => ({ ...card, orderId: null })),
      never,
    );
    await backend.cancel({ ...two, orderId: null }, never);
    await shop.play('jam');
    await backend.submit([await prepared()], never);
    await backend.status(never);
    await shop.play('ribbon-end');
    await backend.status(never);
    await backend.printLetter?.('a-letter', Buffer.from('%PDF-1.7\n'), never);
    await eventually('all are told', 15_000, async () => (await shop.journal()).match(/"acknowledged"/g)?.length === 3);
    await call('GET', '/results');
    await call('GET', '/results?after=1');

    // Of clients that are not ours.
    await call('GET', '/status', undefined, { authorization: 'Bearer wrong' });
    await call('GET', '/results?after=yesterday');
    await call('POST', '/letters', { key: 'k', letter: 'not sealed' }, { 'idempotency-key': 'k' });
    await call('POST', '/orders/queries', { keys: [orderKeyText(one)], more: 'than asked for' });

    const judged = bureau.exchanges.map((exchange) => judge(exchange));
    expect(judged.flatMap(({ errors }) => errors)).toEqual([]);
    expect([...new Set(judged.map(({ what }) => what))].sort()).toEqual([
      'cancelOrder 202',
      'cancelOrder 404',
      'getOrder 200',
      'getStatus 200',
      'getStatus 401',
      'listResults 200',
      'listResults 400',
      'placeOrder 201',
      'placeOrder 503',
      'placeOrders 200',
      'printLetter 201',
      'printLetter 422',
      'queryOrders 200',
    ]);
  });

  test('webhooks are as the contract says, and signed', () => {
    expect(client.exchanges.flatMap((exchange) => judge(exchange, true).errors)).toEqual([]);
    expect(client.exchanges.map(({ requestBody }) => (requestBody as schemas.Result).order.state).sort()).toEqual([
      'cancelled',
      'failed',
      'produced',
    ]);
    for (const { requestHeaders, requestBody } of client.exchanges) {
      const id = verifyWebhook(
        (name) => requestHeaders[name] as string,
        Buffer.from(JSON.stringify(requestBody)),
        shop.webhookKey,
      );
      expect(id).toBe((requestBody as schemas.Result).eventId);
    }
  });

  test('calls that are not as the contract says are refused in its shape', async () => {
    const order = JSON.parse((await prepared()).body.toString());
    const from = bureau.exchanges.length;
    await call('POST', '/orders', { ...order, number: 0 }, { 'idempotency-key': order.key });
    await call('POST', '/orders', order, { 'idempotency-key': `${order.key}0` });
    await call('POST', '/orders', { ...order, encrypted: null }, { 'idempotency-key': order.key });
    await call('POST', '/order-batches', { orders: [] });
    await call('POST', '/orders/queries', { keys: ['../etc'] });
    await call('GET', `/orders/${order.cardId}-9`);
    const answers = bureau.exchanges.slice(from).map((exchange: Exchange) => {
      const { what, errors } = judge({ ...exchange, requestBody: undefined });
      expect(errors.filter((error) => error.includes('/responses/'))).toEqual([]);
      return what;
    });
    expect(answers).toEqual([
      'placeOrder 400',
      'placeOrder 400',
      'placeOrder 422',
      'placeOrders 400',
      'queryOrders 400',
      'getOrder 404',
    ]);
  });

  test('the same key with the same order is answered the same, with another order 422', async () => {
    const order = JSON.parse((await prepared()).body.toString());
    const place = async (body: object) => {
      const answer = await call('POST', '/orders', body, { 'idempotency-key': order.key });
      return { status: answer.status, body: await answer.json() };
    };
    const first = await place(order);
    expect(await Promise.all([place(order), place(order)])).toEqual([first, first]);
    expect(await place({ ...order, cardType: 'visitor' })).toMatchObject({
      status: 422,
      body: { code: 'idempotency-mismatch' },
    });
    const batch = await call('POST', '/order-batches', { orders: [order, { ...order, cardType: 'visitor' }] });
    expect(await batch.json()).toMatchObject({
      answers: [{ outcome: 'accepted' }, { outcome: 'refused', code: 'idempotency-mismatch' }],
    });
  });

  test('what is sealed for one order is refused with another', async () => {
    const [one, two] = [await prepared(), await prepared()].map(({ body }) => JSON.parse(body.toString()));
    const answer = await call('POST', '/orders', { ...one, encrypted: two.encrypted }, { 'idempotency-key': one.key });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ fields: [{ field: 'encrypted', code: 'cannot-be-opened' }] });
  });
});
