import { Pool } from 'undici';
import { ProductError } from '../kernel/errors.js';
import { SIGNATURE_HEADER, signRequest, type SigningKey } from './signing.js';
import { withinTime } from '../kernel/time-limit.js';

/** One call to the engine's REST interface, made in the name of `user`. */
export interface EngineCall {
  readonly user: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path below `/engine-rest`, for example `/task`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Time limit of the whole call in milliseconds; 15 s by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** An answer of the engine that is not 2xx: its status, and `type`, `message` and `code` as the engine wrote them. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
    readonly code: number | null,
    /** What else it said, as it came; findings of its parser, for example. */
    readonly details: unknown = null,
  ) {
    super(message);
  }
}

/** True when `raw` is the engine's answer with one of these statuses. */
export function isEngineError(raw: unknown, ...statuses: number[]): raw is EngineError {
  return raw instanceof EngineError && (statuses.length === 0 || statuses.includes(raw.status));
}

/** Signed, typed access to one engine over a bounded pool of kept connections. */
export class EngineClient {
  private readonly pool: Pool;
  private readonly base: string;

  /**
   * @param url address of the engine host without path, for example `http://127.0.0.1:9080`
   * @param connections most sockets held open at once
   */
  constructor(
    readonly url: string,
    private readonly key: SigningKey,
    connections = 16,
  ) {
    this.base = new URL(url).origin;
    this.pool = new Pool(this.base, { connections, keepAliveTimeout: 30_000, connect: { timeout: 5_000 } });
  }

  /** The headers that let `user` make this very request; for callers that bring their own transport. */
  signature(user: string, method: string, target: string): Record<string, string> {
    return { [SIGNATURE_HEADER]: signRequest(this.key, { user, method, target }) };
  }

  /** The transport, for the reverse proxy of the web applications. */
  get transport(): Pool {
    return this.pool;
  }

  /**
   * Makes one call and parses its JSON answer; `undefined` for an empty one.
   * @throws EngineError for an answer that is not 2xx
   * @throws ProductError `engine-unavailable` when there is no answer, or the engine cannot work at the moment
   */
  async call<T = unknown>(request: EngineCall): Promise<T> {
    const response = await this.raw(request);
    const text = response.body.toString('utf8');
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** As `call`, for answers that are not JSON (forms, diagrams). Multipart bodies are passed as `FormData`. */
  async raw(request: EngineCall): Promise<{ body: Buffer; contentType: string }> {
    const method = request.method ?? 'GET';
    const target = `/engine-rest${request.path}${queryString(request.query)}`;
    const headers: Record<string, string> = {
      ...this.signature(request.user, method, target),
      accept: 'application/json, */*',
    };
    const multipart = request.body instanceof FormData ? new Response(request.body) : null;
    let payload: string | Buffer | null = null;
    if (multipart !== null) {
      headers['content-type'] = multipart.headers.get('content-type') ?? '';
      payload = Buffer.from(await multipart.arrayBuffer());
    } else if (request.body instanceof Uint8Array) {
      headers['content-type'] = 'application/octet-stream';
      payload = Buffer.from(request.body);
    } else if (request.body !== undefined) {
      headers['content-type'] = 'application/json';
      payload = JSON.stringify(request.body);
    }
    const ask = async (signal: AbortSignal) => {
      const response = await this.pool.request({ method, path: target, headers, body: payload, signal });
      return {
        status: response.statusCode,
        type: response.headers['content-type'],
        body: Buffer.from(await response.body.arrayBuffer()),
      };
    };
    let answer: Awaited<ReturnType<typeof ask>>;
    try {
      answer = await withinTime(request.timeoutMs ?? 15_000, request.signal ?? null, ask);
    } catch (cause) {
      throw new ProductError(
        'engine-unavailable',
        'The process engine does not answer. Try again in a moment.',
        {},
        { cause },
      );
    }
    const { status, type, body } = answer;
    if (status === 503) throw engineNotReady();
    if (status < 200 || status > 299) throw toEngineError(status, body);
    return { body, contentType: String(type ?? '') };
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

function queryString(query: EngineCall['query']): string {
  const entries = Object.entries(query ?? {}).filter(
    (entry): entry is [string, string | number | boolean] => entry[1] !== undefined,
  );
  if (entries.length === 0) return '';
  return `?${new URLSearchParams(entries.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}

/** The engine host answers 503 while its own database is away, and while it stops. */
export function engineNotReady(): ProductError {
  return new ProductError(
    'engine-unavailable',
    'The process engine cannot work at the moment, as while its database is away. Try again in a moment.',
  );
}

function toEngineError(status: number, body: Buffer): EngineError {
  let answer: { type?: unknown; message?: unknown; code?: unknown; details?: unknown } = {};
  try {
    answer = JSON.parse(body.toString('utf8')) as typeof answer;
  } catch {
    // The engine answers some failures with an HTML page; the status says enough.
  }
  return new EngineError(
    status,
    typeof answer.type === 'string' ? answer.type : 'unknown',
    typeof answer.message === 'string' ? answer.message : `The process engine answered ${status}.`,
    typeof answer.code === 'number' ? answer.code : null,
    answer.details ?? null,
  );
}
