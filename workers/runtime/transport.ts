import { Pool } from 'undici';
import { Exchange, NoAnswer, type Answer } from './exchange.js';

/** Makes the headers of one request, for example a signature; called for every request. */
export type RequestHeaders = (request: { readonly method: string; readonly target: string }) => Record<string, string>;

export interface TransportOptions {
  /** Address of the engine's REST interface, for example `http://127.0.0.1:8080/engine-rest`. */
  readonly engineUrl: string;
  readonly headers?: RequestHeaders | undefined;
  /** Most sockets for calls about tasks. */
  readonly maxSockets: number;
  /** Sockets for long polls, so that these and the calls never wait for each other. */
  readonly pollSockets: number;
  /** Milliseconds for a TCP connection. */
  readonly connectMs: number;
}

export interface RequestLimits {
  /** Milliseconds for the whole request: waiting for a socket, sending, waiting for the answer, reading it. */
  readonly timeoutMs: number;
  readonly poll?: boolean;
  readonly signal?: AbortSignal;
}

/** An answer that is not 2xx. `type` is empty when the answer does not come from the engine itself. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal';

  constructor(
    readonly status: number,
    readonly type: string,
    readonly engineMessage: string,
    /** The engine's exception code: 1 an optimistic lock, 10000 a deadlock. */
    readonly code: number | null,
  ) {
    super(
      `the engine answered ${status}${type === '' ? '' : ` ${type}`}${engineMessage === '' ? '' : `: ${engineMessage}`}`,
    );
  }
}

/** JSON over kept connections to one engine, with a deadline on every request. */
export class EngineTransport {
  private readonly calls: Pool;
  private readonly polls: Pool;
  private readonly basePath: string;
  private readonly headers: RequestHeaders | undefined;

  constructor(options: TransportOptions) {
    const { origin, pathname } = new URL(options.engineUrl);
    this.basePath = pathname.replace(/\/$/, '');
    this.headers = options.headers;
    // No timers of undici's own but for connecting: the deadline of an exchange covers headers and body as well.
    const common = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: options.connectMs } };
    this.calls = new Pool(origin, { ...common, connections: options.maxSockets });
    this.polls = new Pool(origin, { ...common, connections: options.pollSockets });
  }

  /**
   * @param path below the address of the engine, for example `/external-task/fetchAndLock`
   * @returns the parsed body; null where there is none
   * @throws EngineRefusal when the answer is not 2xx, NoAnswer when there is none
   */
  async request(method: 'GET' | 'POST', path: string, json: unknown, limits: RequestLimits): Promise<unknown> {
    const target = this.basePath + path;
    const type = json === undefined ? undefined : { 'content-type': 'application/json' };
    const headers = { ...this.headers?.({ method, target }), ...type };
    const body = json === undefined ? null : JSON.stringify(json);
    const pool = limits.poll === true ? this.polls : this.calls;
    const answer = await Exchange.run(pool, { method, path: target, headers, body }, limits.timeoutMs, limits.signal);
    const parsed = parse(answer);
    if (answer.status >= 200 && answer.status < 300) return parsed;
    throw refusal(answer.status, parsed);
  }

  /** Breaks every connection; requests under way fail with NoAnswer. */
  async close(): Promise<void> {
    await Promise.all([this.calls.destroy(), this.polls.destroy()]);
  }
}

/** A charset in the content type is still JSON. */
function parse({ text, contentType }: Answer): unknown {
  if (text === '' || !contentType.startsWith('application/json')) return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NoAnswer('connection', { cause });
  }
}

function refusal(status: number, body: unknown): EngineRefusal {
  const { type, message, code } = (body ?? {}) as { type?: unknown; message?: unknown; code?: unknown };
  return new EngineRefusal(
    status,
    typeof type === 'string' ? type : '',
    typeof message === 'string' ? message : '',
    typeof code === 'number' ? code : null,
  );
}
