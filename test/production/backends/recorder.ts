import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { request as send } from 'undici';
import type { Exchange } from './openapi-judge.js';

/** Stands in front of a server and keeps what was said to it and what it answered; a broken connection is passed on as one. */
export class Recorder {
  readonly exchanges: Exchange[] = [];
  private server: Server;
  private port = 0;

  /** @param upstream address of the server; null to answer 204 to everything */
  constructor(private readonly upstream: string | null) {
    this.server = this.make();
  }

  /** On the same port each time. */
  async open(): Promise<this> {
    if (this.port !== 0) this.server = this.make();
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private make(): Server {
    return createServer((incoming, outgoing) => {
      this.pass(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = 'GET', url: target = '/', headers } = incoming;
    const answer = await this.ask(method, target, headers, body);
    this.exchanges.push({
      method,
      target,
      requestHeaders: headers,
      requestBody: body.length === 0 ? undefined : JSON.parse(body.toString()),
      status: answer.status,
      responseHeaders: answer.headers,
      responseBody: answer.text === '' ? undefined : JSON.parse(answer.text),
    });
    outgoing.statusCode = answer.status;
    for (const name of ['content-type', 'retry-after']) {
      const value = answer.headers[name];
      if (value !== undefined) outgoing.setHeader(name, value);
    }
    outgoing.end(answer.text);
  }

  private async ask(method: string, target: string, headers: IncomingHttpHeaders, body: Buffer) {
    if (this.upstream === null) return { status: 204, headers: {} as IncomingHttpHeaders, text: '' };
    const {
      connection: _connection,
      host: _host,
      'content-length': _length,
      'transfer-encoding': _encoding,
      ...rest
    } = headers;
    const answer = await send(`${this.upstream}${target}`, {
      method: method as 'GET' | 'POST',
      headers: rest,
      body: body.length === 0 ? null : body,
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }
}
