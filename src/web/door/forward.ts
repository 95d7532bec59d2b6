import type { IncomingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { Dispatcher } from 'undici';
import { engineNotReady, type EngineClient } from '../../engine/client.js';
import { ProductError } from '../../kernel/errors.js';
import type { OpenSession } from '../sign-in/sign-in.js';
import type { Target } from './target.js';
import { forwardedCookies, returnedCookies } from './webapp-cookies.js';

/** All that the web applications need to know of a browser; anything else stays outside, signatures above all. */
const REQUEST_HEADERS = [
  'accept',
  'accept-encoding',
  'accept-language',
  'if-modified-since',
  'if-none-match',
  'user-agent',
  'x-xsrf-token',
] as const;

/** Between two neighbours only (RFC 9110), or written by us. */
const NOT_RETURNED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'set-cookie',
  'location',
  'www-authenticate',
  'x-request-id',
]);

/** Longest silence of the engine, in milliseconds. */
const TIME_LIMIT = 30_000;

export interface Passage {
  readonly method: string;
  readonly target: Target;
  /** Written as JSON; undefined for none. */
  readonly body: unknown;
}

/** Carries requests of signed-in people to the web applications, signed in their name. */
export class Forwarder {
  /** @param secure true when people reach the server by https */
  constructor(
    private readonly engine: EngineClient,
    private readonly secure: boolean,
  ) {}

  /**
   * Sends a request on; the answer's body is a stream that has to be read or dumped.
   * @throws ProductError `engine-unavailable`
   */
  async ask(
    request: Request,
    session: OpenSession,
    passage: Passage,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { method, target, body } = passage;
    const cookie = forwardedCookies(request, session.token);
    const headers = {
      ...pick(request.headers),
      ...(cookie === null ? {} : { cookie }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...this.engine.signature(session.user.id, method, target.href),
    };
    try {
      return await this.engine.transport.request({
        method,
        path: target.href,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: TIME_LIMIT,
        bodyTimeout: TIME_LIMIT,
        signal,
      });
    } catch (cause) {
      throw new ProductError(
        'engine-unavailable',
        'The process engine does not answer. Try again in a moment.',
        {},
        { cause },
      );
    }
  }

  /** Sends a request on and streams the answer back. @throws ProductError `engine-unavailable` */
  async pass(request: Request, response: Response, session: OpenSession, passage: Passage): Promise<void> {
    const signal = closedSignal(response);
    await this.answer(response, session, await this.ask(request, session, passage, signal));
  }

  /**
   * Streams an answer of `ask` to the browser.
   * @throws ProductError `engine-unavailable` while the engine cannot work; `forbidden`, `not-found` or `engine-refused` instead of
   *   an error page of the engine host
   */
  async answer(
    response: Response,
    session: OpenSession,
    { statusCode, headers, body }: Dispatcher.ResponseData,
  ): Promise<void> {
    const page = /^text\/html\b/.test(String(headers['content-type']));
    const refusal = statusCode === 503 ? engineNotReady() : page ? refusalOfPage(statusCode) : null;
    if (refusal !== null) {
      await body.dump();
      throw refusal;
    }
    // The web applications bring a content security policy and caching rules of their own.
    for (const name of ['Content-Security-Policy', 'Cache-Control', 'X-Frame-Options']) response.removeHeader(name);
    response.status(statusCode);
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined && !NOT_RETURNED.has(name)) response.setHeader(name, value);
    }
    const cookies = returnedCookies([headers['set-cookie'] ?? []].flat(), session.token, this.secure);
    if (cookies.length > 0) response.setHeader('Set-Cookie', cookies);
    if (headers.location !== undefined) response.setHeader('Location', this.localPath(String(headers.location)));
    await pipeline(body, response).catch((cause: unknown) => {
      // The head is sent already: all that is left is to break off, lest the browser take a part for the whole.
      response.destroy(cause instanceof Error ? cause : undefined);
    });
  }

  /** The engine host knows itself only by its inner address. */
  private localPath(location: string): string {
    const url = new URL(location, this.engine.url);
    return url.origin === new URL(this.engine.url).origin ? url.pathname + url.search + url.hash : '/';
  }
}

/** The engine host's own error pages are for developers; people get ours. */
function refusalOfPage(status: number): ProductError | null {
  if (status === 403)
    return new ProductError(
      'forbidden',
      'Your account may not open this application of the process engine. An administrator can change that.',
    );
  if (status === 404) return new ProductError('not-found', 'The process engine has no such page.');
  return status >= 500 ? new ProductError('engine-refused', 'The process engine could not show this page.') : null;
}

/** Aborted when the browser goes away before it was answered. */
export function closedSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

function pick(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    REQUEST_HEADERS.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
