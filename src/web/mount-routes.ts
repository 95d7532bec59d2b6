import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { ProductError } from '../kernel/errors.js';
import { assertMatch } from './etag.js';
import { fieldErrors, invalidRequest, type FieldError } from './problem.js';
import { bodyReader } from './read-body.js';
import { requestIdOf } from './request-id.js';
import { assertRole, type Asked, type Sender, type HttpMethod, type Route } from './route.js';
import { callerOf } from './sign-in/caller.js';
import type { SignedInUser } from './signed-in-user.js';

/** Who sends this request. @throws ProductError when nobody is signed in or the request comes from another site */
export type Authenticate = (request: Request) => Promise<SignedInUser>;

/** What an operation was called with, before it was validated: JSON that can be kept, and asked again. */
export interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly idempotencyKey: string | null;
  readonly ifMatch: string | null;
}

/** Changes that a second administrator has to confirm. */
export interface ChangeGate {
  /** Whether one is asked at present. */
  asks(): Promise<boolean>;
  /**
   * Lets a change pass where nobody has to confirm it.
   * @param what it would change, as a sentence
   * @throws ProductError `second-administrator` when it was put on the list instead
   */
  hold(route: Route, input: RawInput, what: string, user: SignedInUser): Promise<void>;
}

/**
 * Registers every route of the table; known paths answer other methods with 405.
 * @param gate without it, no change waits
 */
export function mountRoutes(routes: readonly Route[], authenticate: Authenticate, gate?: ChangeGate): Router {
  const router = Router();
  for (const route of routes) router[route.method](route.path, handlerOf(route, authenticate, gate));
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method);
    router.all(path, refuseMethod(methods));
  }
  return router;
}

function handlerOf(route: Route, authenticate: Authenticate, gate: ChangeGate | undefined): RequestHandler {
  const readBody = route.body === undefined ? null : bodyReader(route.body);
  return async (request, response) => {
    const sender = await senderOf(route, request, authenticate);
    const raw: RawInput = {
      params: { ...request.params },
      query: { ...request.query },
      body: readBody === null ? undefined : await readBody(request, response),
      idempotencyKey: route.idempotent === true ? (request.get('idempotency-key') ?? null) : null,
      ifMatch: route.conditional === true ? (request.get('if-match') ?? null) : null,
    };
    const input = validate(route, raw);
    if (gate !== undefined && 'user' in sender) await holdBack(route, raw, { ...input, ...sender }, gate);
    const answer = await route.handler({
      ...input,
      ...sender,
      requestId: requestIdOf(response),
      caller: callerOf(request),
    });
    await send(response, route, answer);
  };
}

async function holdBack(
  route: Route,
  raw: RawInput,
  asked: Asked<unknown, unknown, unknown>,
  gate: ChangeGate,
): Promise<void> {
  if (route.toConfirm === undefined || !(await gate.asks())) return;
  const change = await route.toConfirm(asked);
  if (change === null) return;
  if (change.etag !== null) assertMatch(raw.ifMatch, change.etag);
  await gate.hold(route, { ...raw, ifMatch: change.etag }, change.what, asked.user);
}

async function senderOf(route: Route, request: Request, authenticate: Authenticate): Promise<Sender> {
  if (route.signature !== undefined) return { header: (name) => request.get(name) };
  const user = await authenticate(request);
  assertRole(user, route.roles);
  return { user };
}

const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable characters without spaces');

/**
 * What a route's handler gets of what it was called with.
 * @throws ProductError `invalid-request`
 */
export function validate(route: Route, raw: RawInput) {
  const errors: FieldError[] = [];
  const parse = (place: string, schema: z.ZodType | undefined, given: unknown): unknown => {
    if (schema === undefined) return given;
    const result = (schema instanceof z.ZodObject ? schema.strict() : schema).safeParse(given);
    if (!result.success) errors.push(...fieldErrors(place, result.error));
    else if (holdsNul(result.data)) errors.push({ field: place, message: 'must not hold the character NUL' });
    return result.data;
  };
  const input = {
    params: parse('params', route.params, raw.params),
    query: parse('query', route.query ?? z.object({}), raw.query),
    body: parse('body', route.body?.kind === 'json' ? route.body.schema : undefined, raw.body),
    idempotencyKey: raw.idempotencyKey,
    ifMatch: raw.ifMatch,
  };
  if (input.idempotencyKey !== null) parse('Idempotency-Key', idempotencyKey, input.idempotencyKey);
  if (errors.length > 0) throw invalidRequest(errors);
  return input;
}

/** PostgreSQL stores no text with this character in it. */
function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  return typeof value === 'object' && value !== null && Object.entries(value).some((entry) => entry.some(holdsNul));
}

async function send(response: Response, route: Route, answer: Awaited<ReturnType<Route['handler']>>): Promise<void> {
  const contentType = route.responses[answer.status]?.contentType;
  response.status(answer.status);
  if (contentType !== undefined) response.type(contentType);
  response.set(answer.headers ?? {});
  if (answer.body === undefined) response.end();
  else if (contentType === undefined) response.json(answer.body);
  else if (answer.body instanceof Readable) await pipeline(answer.body, response);
  else response.send(answer.body);
}

function refuseMethod(methods: readonly HttpMethod[]): RequestHandler {
  const names = methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  const allow = names.join(', ');
  return (_request, response) => {
    response.set('Allow', allow);
    throw new ProductError('method-not-allowed', `This address knows ${allow}.`);
  };
}
