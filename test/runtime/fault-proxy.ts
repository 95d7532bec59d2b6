import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

export interface ProxiedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Last part of the path, for example `complete`. */
  readonly call: string;
  readonly body: Record<string, unknown>;
  /** Monotonic time of arrival, milliseconds. */
  readonly at: number;
}

/**
 * What happens to a request:
 * - `pass`: to the engine and back
 * - `lose-answer`: the engine gets it, but the connection breaks instead of an answer
 * - `lose-request`: the connection breaks before the engine gets it
 * - `hang`: it is never answered
 * - an object: this answer instead of the engine's
 */
export type Fate =
  | 'pass'
  | 'lose-answer'
  | 'lose-request'
  | 'hang'
  | { readonly status: number; readonly body: unknown; readonly contentType?: string };

/** Stands between a worker and a real engine, and changes their requests as a test asks. */
export class FaultProxy {
  /** Decides on each request; may be changed at any time. */
  fate: (request: ProxiedRequest) => Fate = () => 'pass';
  readonly requests: ProxiedRequest[] = [];
  /** TCP connections accepted so far. */
  connections = 0;
  /** Content type of passed JSON answers, where it is to differ from the engine's. */
  contentType: string | undefined;
  private server: Server | undefined;
  private port = 0;
  private readonly upstream: Pool;

  constructor(private readonly engineUrl: string) {
    this.upstream = new Pool(new URL(engineUrl).origin, { connections: 32 });
  }

  /** Address to use instead of the engine's. */
  get url(): string {
    return `http://127.0.0.1:${this.port}${new URL(this.engineUrl).pathname}`;
  }

  /** Accepts connections, on the same port every time. */
  async open(): Promise<this> {
    this.server = createServer((request, response) => void this.handle(request, response));
    this.server.on('connection', () => (this.connections += 1));
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  /** Breaks every connection and refuses new ones, as a stopped engine does. */
  async shut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  async close(): Promise<void> {
    await this.shut();
    await this.upstream.destroy();
  }

  /** Requests of one kind so far, for example `complete`. */
  seen(call: string): ProxiedRequest[] {
    return this.requests.filter((request) => request.call === call);
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const target = incoming.url ?? '/';
    const request: ProxiedRequest = {
      method: incoming.method ?? 'GET',
      target,
      call: target.split('?')[0]?.split('/').at(-1) ?? '',
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      at: performance.now(),
    };
    this.requests.push(request);
    const fate = this.fate(request);
    if (fate === 'hang') return;
    if (fate === 'lose-request') {
      outgoing.destroy();
      return;
    }
    if (typeof fate === 'object') {
      outgoing.writeHead(fate.status, { 'content-type': fate.contentType ?? 'application/json' });
      outgoing.end(typeof fate.body === 'string' ? fate.body : JSON.stringify(fate.body));
      return;
    }
    await this.forward(incoming, text, outgoing, fate === 'lose-answer').catch(() => outgoing.destroy());
  }

  private async forward(
    incoming: IncomingMessage,
    text: string,
    outgoing: ServerResponse,
    lose: boolean,
  ): Promise<void> {
    const { connection: _connection, host: _host, 'content-length': _length, ...headers } = incoming.headers;
    const answer = await this.upstream.request({
      method: incoming.method as 'GET' | 'POST',
      path: incoming.url ?? '/',
      headers,
      body: text === '' ? null : text,
    });
    const body = await answer.body.text();
    if (lose) {
      outgoing.destroy();
      return;
    }
    const contentType = answer.headers['content-type'];
    outgoing.writeHead(
      answer.statusCode,
      contentType === undefined ? {} : { 'content-type': this.contentType ?? contentType },
    );
    outgoing.end(body);
  }
}

/** An answer in the engine's error shape. */
export function engineError(status: number, type: string, code: number): Fate {
  return { status, body: { type, message: 'made up by the test', code } };
}
