import { isNativeError } from 'node:util/types';
import { Pool } from 'undici';
import { withinTime } from '../../../kernel/time-limit.js';
import { guardedConnector } from '../address-guard.js';
import { AnswerLost, BackendBusy, BackendDown } from '../backend.js';
import { problem, type Problem } from './contract.js';
import type { HttpSettings } from './http-settings.js';
import { retryAfterMs } from './retry-after.js';

/** An answer of the bureau that is neither "later" nor "who are you". */
export interface BureauAnswer {
  readonly status: number;
  /** The JSON of the answer; undefined where it is none. */
  readonly body: unknown;
  /** Of a refusal in the bureau's own words. */
  readonly problem: Problem | null;
}

export interface BureauCall {
  readonly method: 'GET' | 'POST';
  /** Below the bureau's address. */
  readonly path: string;
  readonly body?: Buffer;
  /** Repeats with the same key are one order. */
  readonly idempotencyKey?: string;
}

/** Far more than any honest answer. */
const longestAnswer = 8_000_000;
/** Pause where a bureau is busy and does not say for how long (ms). */
const usualPauseMs = 30_000;

/**
 * One call to a print bureau: bounded in sockets, time and size, and never repeated here, because whether a call may be
 * repeated is for the print ledger to decide. An error is named by what it means for the order.
 */
export class BureauClient {
  private readonly pool: Pool;
  private readonly base: string;
  private readonly longestMs: number;

  constructor(
    { url, callsAtOnce, timeLimits }: Pick<HttpSettings, 'url' | 'callsAtOnce' | 'timeLimits'>,
    private readonly token: string,
  ) {
    const { origin, pathname } = new URL(url);
    this.base = pathname.replace(/\/$/, '');
    this.longestMs = timeLimits.connect + timeLimits.headers + timeLimits.body;
    this.pool = new Pool(origin, {
      connections: callsAtOnce,
      pipelining: 1,
      connect: guardedConnector({ timeout: timeLimits.connect }),
      headersTimeout: timeLimits.headers,
      bodyTimeout: timeLimits.body,
      maxResponseSize: longestAnswer,
    });
  }

  /** @throws BackendDown, BackendBusy (the bureau has not taken the call), AnswerLost (it may have) */
  async call({ method, path, body, idempotencyKey }: BureauCall, signal: AbortSignal): Promise<BureauAnswer> {
    if (signal.aborted) throw new BackendDown('The call was given up before it began.');
    let received: { status: number; retryAfter: string | undefined; text: string };
    try {
      // A bureau that sends its answer byte by byte keeps to the limits between them.
      received = await withinTime(this.longestMs, signal, async (limited) => {
        const {
          statusCode,
          headers,
          body: answer,
        } = await this.pool.request({
          method,
          path: this.base + path,
          headers: {
            authorization: `Bearer ${this.token}`,
            accept: 'application/json, application/problem+json',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
          },
          body: body ?? null,
          signal: limited,
        });
        const retryAfter = headers['retry-after'];
        return {
          status: statusCode,
          retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
          text: await answer.text(),
        };
      });
    } catch (cause) {
      if (neverConnected(cause))
        throw new BackendDown(`The print bureau cannot be reached (${codeOf(cause)}).`, { cause });
      throw new AnswerLost(`The print bureau's answer did not come back (${codeOf(cause)}).`, { cause });
    }
    return judge(received);
  }
}

/** A refusal in the words of the contract: a bureau has answered. */
export class BureauRefusal extends Error {
  override readonly name = 'BureauRefusal';
}

function judge({
  status,
  retryAfter,
  text,
}: {
  status: number;
  retryAfter: string | undefined;
  text: string;
}): BureauAnswer {
  const body = parse(text);
  const { data } = problem.safeParse(body);
  const said = data === undefined ? '' : `: ${data.detail}`;
  if (status === 401 || status === 403) {
    const cause = data === undefined ? undefined : new BureauRefusal(data.code);
    throw new BackendDown(`The print bureau does not let us in (HTTP ${status})${said}`, { cause });
  }
  const pause = retryAfterMs(retryAfter);
  // Without a word on when to come back, a 503 may be any proxy's that had handed the call on before.
  if (status === 429 || (status === 503 && pause !== null))
    throw new BackendBusy(`The print bureau is busy${said}`, pause ?? usualPauseMs);
  return { status, body, problem: status >= 400 ? (data ?? null) : null };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Too late for a connection; and codes of a certificate that OpenSSL or Node refuses. */
const beforeTheRequest =
  /^(UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY|DECODE|DECRYPT)_|ERR_TLS_CERT)/;

/**
 * True when not one byte of the request can have left: no name, no connection, no TLS. Asked by `isNativeError`, since
 * errors of Node's own sockets need not belong to the realm that this module runs in.
 */
function neverConnected(raw: unknown): boolean {
  if (!isNativeError(raw)) return false;
  if ('errors' in raw && Array.isArray(raw.errors)) return raw.errors.length > 0 && raw.errors.every(neverConnected);
  if ('syscall' in raw && (raw.syscall === 'connect' || raw.syscall === 'getaddrinfo')) return true;
  return beforeTheRequest.test(codeOf(raw));
}

function codeOf(raw: unknown): string {
  const { code, name } = (raw ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'unknown';
}
