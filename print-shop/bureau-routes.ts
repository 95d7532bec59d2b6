import { createHash, timingSafeEqual } from 'node:crypto';
import express, { Router, type ErrorRequestHandler, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import type { Logger } from '../src/kernel/log.js';
import {
  letter as letterSchema,
  longestList,
  order as orderSchema,
  orderBatch,
  orderQuery,
  problemCodes,
  type BureauStatus,
  type OrderStates,
  type Problem,
  type ResultPage,
  type WrongField,
} from '../src/production/backends/http/contract.js';
import type { Faults } from './faults.js';
import type { Intake } from './intake.js';
import type { Machine } from './machine.js';
import { now, resultOf, stateOf, type ShopLedger } from './shop-ledger.js';
import type { Unseal } from './unseal.js';

export interface BureauDeps {
  readonly ledger: ShopLedger;
  readonly machine: Machine;
  readonly intake: Intake;
  readonly faults: Faults;
  readonly unseal: Unseal;
  /** By which the client is known. */
  readonly token: string;
}

/** Photos of a full batch, in base64. */
const bodyLimit = '100mb';
/** More cards than this do not wait; the client has to send them later. */
const longestQueue = 10_000;
const retryAfterSeconds = 1;

/** A refusal in the shape of the contract. */
class BureauRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields?: readonly WrongField[],
  ) {
    super(message);
  }
}

/** The operations of `print-bureau.openapi.yaml`. */
export function bureauRoutes({ ledger, machine, intake, faults, unseal, token }: BureauDeps): Router {
  const router = Router();
  let calls = 0;

  /** Answers once everything in the answer is on disk, or loses the answer. */
  const answer = async (response: Response, status: number, body?: object): Promise<void> => {
    await ledger.settled();
    calls += 1;
    if (faults.strikes('answer-lost', `call ${calls}`)) response.socket?.destroy();
    else if (body === undefined) response.status(status).end();
    else response.status(status).json(body);
  };

  const assertNotBusy = () => {
    calls += 1;
    if (ledger.queued < longestQueue && !faults.strikes('busy', `call ${calls}`)) return;
    throw new BureauRefusal(503, 'busy', 'Too much to do at present.');
  };

  const known = (key: string) => {
    const order = ledger.orders.get(key);
    if (order === undefined)
      throw new BureauRefusal(404, problemCodes.orderUnknown, 'There never was such an order here.');
    return order;
  };

  router.use(onlyWith(token), express.json({ limit: bodyLimit }));

  router.post('/orders', async (request, response) => {
    const { key } = valid(orderSchema, request.body);
    assertKey(request.get('idempotency-key'), key);
    assertNotBusy();
    const taken = await intake.take(request.body);
    if (taken.outcome === 'refused') throw new BureauRefusal(422, taken.code, taken.detail, taken.fields);
    await answer(response, 201, { key, orderId: taken.orderId });
  });

  router.post('/order-batches', async (request, response) => {
    valid(orderBatch, request.body);
    assertNotBusy();
    const { orders } = request.body as { orders: unknown[] };
    await answer(response, 200, { answers: await Promise.all(orders.map((order) => intake.take(order))) });
  });

  router.post('/orders/queries', async (request, response) => {
    const orders = valid(orderQuery, request.body).keys.map((key): OrderStates['orders'][number] => {
      const order = ledger.orders.get(key);
      return order === undefined ? { key, state: 'not-known' } : stateOf(order, machine.holdUp);
    });
    await answer(response, 200, { orders });
  });

  router.get('/orders/:key', async (request, response) => {
    await answer(response, 200, stateOf(known(request.params.key), machine.holdUp));
  });

  router.post('/orders/:key/cancel', async (request, response) => {
    const order = known(request.params.key);
    if (order.ending === null && order !== machine.current) machine.drop(order);
    await answer(response, 202);
  });

  router.get('/results', async (request, response) => {
    const after = Number(request.query['after'] ?? 0);
    if (!Number.isSafeInteger(after) || after < 0)
      throw new BureauRefusal(400, 'invalid', 'This is no cursor of ours.');
    for (const order of ledger.endings.slice(0, after)) {
      if (!order.acknowledged) void ledger.record({ type: 'acknowledged', at: now(), orderId: order.orderId });
    }
    const page = ledger.endings.slice(after, after + longestList);
    const body: ResultPage = {
      results: page.filter((order) => !order.acknowledged).map(resultOf),
      next: String(after + page.length),
    };
    await answer(response, 200, body);
  });

  router.get('/status', async (_request, response) => {
    const { holdUp, ribbon } = machine;
    const body: BureauStatus = {
      condition: holdUp === null ? 'ready' : 'paused',
      message: holdUp,
      queued: ledger.queued,
      supplies: { ribbon: `${Math.round(ribbon * 100)} %` },
    };
    await answer(response, 200, body);
  });

  router.post('/letters', async (request, response) => {
    const { key, letter } = valid(letterSchema, request.body);
    assertKey(request.get('idempotency-key'), key);
    if (!ledger.letters.has(key)) {
      const pdf = await unseal(letter, key);
      if (pdf === null || Buffer.from(pdf.subarray(0, 5)).toString('latin1') !== '%PDF-') {
        const field = {
          field: 'letter',
          code: 'cannot-be-opened',
          message: 'is not a PDF, sealed for this key with the public key of the shop',
        };
        throw new BureauRefusal(422, problemCodes.refused, 'The letter cannot be printed.', [field]);
      }
    }
    // Another call may have brought it while this one was opened.
    if (!ledger.letters.has(key))
      void ledger.record({ type: 'letter', at: now(), key, letterId: `PL-${ledger.letters.size + 1}` });
    await answer(response, 201, { key, letterId: ledger.letters.get(key)?.letterId ?? '' });
  });

  return router;
}

/** Answers what was thrown in the shape of the contract. */
export function bureauRefusals(log: Logger): ErrorRequestHandler {
  return (raw: unknown, request, response, _next) => {
    const refusal = raw instanceof BureauRefusal ? raw : ofParser(raw);
    if (refusal === null) log.error({ err: raw, method: request.method, path: request.path }, 'a call failed');
    const { status, code, message, fields } = refusal ?? {
      status: 500,
      code: 'internal',
      message: 'Something went wrong.',
    };
    const problem: Problem = {
      title: code,
      status,
      detail: message,
      code,
      ...(fields === undefined ? {} : { fields: [...fields] }),
    };
    if (status === 503) response.set('Retry-After', String(retryAfterSeconds));
    if (status === 401) response.set('WWW-Authenticate', 'Bearer');
    response.status(status).type('application/problem+json').send(JSON.stringify(problem));
  };
}

function ofParser(raw: unknown): BureauRefusal | null {
  const { status } = (raw ?? {}) as { status?: unknown };
  if (status === 413) return new BureauRefusal(413, 'too-large', 'The call is larger than we take.');
  return typeof status === 'number' && status < 500
    ? new BureauRefusal(400, 'invalid', 'The call cannot be read.')
    : null;
}

function onlyWith(token: string): RequestHandler {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return (request, _response, next) => {
    if (!timingSafeEqual(digest(request.get('authorization') ?? ''), expected)) {
      throw new BureauRefusal(401, 'unauthenticated', 'The token is missing or wrong.');
    }
    next();
  };
}

function valid<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const fields = error.issues.map(({ path, code, message }) => ({ field: path.join('.') || 'body', code, message }));
  throw new BureauRefusal(400, 'invalid', 'The call is not as the contract says.', fields);
}

function assertKey(header: string | undefined, key: string): void {
  if (header === key) return;
  throw new BureauRefusal(400, 'invalid', 'The Idempotency-Key is not the key of the body.');
}
