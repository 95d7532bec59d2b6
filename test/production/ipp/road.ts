import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import ipp, { type Message } from 'ipp-encoder';

/** What happens to a call on its way. The printer's answer is a function: not called, the printer hears nothing. */
export type Fault = (
  response: ServerResponse,
  answerOfPrinter: () => Promise<Buffer>,
  call: Buffer,
) => Promise<void> | void;

/** The road between the backend and a printer: passes everything on, until a test changes that for an operation. */
export class Road {
  /** Operations that have gone by, by their code. */
  readonly seen: number[] = [];
  readonly authorizations = new Set<string | undefined>();
  private readonly faults = new Map<number, Fault>();
  private readonly server: Server;
  private port = 0;

  private constructor(private readonly printerPort: number) {
    this.server = createServer((call, response) => {
      this.pass(call, response).catch(() => response.destroy());
    });
  }

  static async open(printerPort: number): Promise<Road> {
    const road = new Road(printerPort);
    await road.reopen();
    return road;
  }

  /** Opens it where it was before. */
  async reopen(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  get uri(): string {
    return `ipp://127.0.0.1:${this.port}/ipp/print`;
  }

  /** @param operation its code, see `ipp-encoder` */
  on(operation: number, fault: Fault | null): void {
    if (fault === null) this.faults.delete(operation);
    else this.faults.set(operation, fault);
  }

  /** The same for the next call of any of these operations, and then no more. */
  once(operations: readonly number[], fault: Fault): void {
    const only: Fault = (...call) => {
      for (const operation of operations) this.on(operation, null);
      return fault(...call);
    };
    for (const operation of operations) this.on(operation, only);
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async pass(call: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of call) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const operation = bytes.readUInt16BE(2);
    this.seen.push(operation);
    this.authorizations.add(call.headers.authorization);
    const answer = (): Promise<Buffer> => this.ask(bytes);
    const fault = this.faults.get(operation);
    if (fault !== undefined) await fault(response, answer, bytes);
    else sendIpp(response, await answer());
  }

  private async ask(bytes: Buffer): Promise<Buffer> {
    const call = request({
      host: '127.0.0.1',
      port: this.printerPort,
      path: '/ipp/print',
      method: 'POST',
      headers: { 'content-type': 'application/ipp', 'content-length': bytes.length },
      agent: false,
    });
    call.end(bytes);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
}

export function sendIpp(response: ServerResponse, bytes: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/ipp' }).end(bytes);
}

/** The printer did it, and its answer is lost. */
export const losesTheAnswer: Fault = async (response, answerOfPrinter) => {
  await answerOfPrinter();
  response.destroy();
};

/** The call never reaches the printer. */
export const losesTheCall: Fault = (response) => void response.destroy();

/** The printer hears nothing, and its answer is this status. */
export const answersWith =
  (statusCode: number): Fault =>
  (response, _answerOfPrinter, call) => {
    sendIpp(response, encode({ statusCode, requestId: call.readUInt32BE(4), groups: [] }));
  };

/** The printer's own answer with one attribute of it (or of each job) changed. */
export const changes =
  (name: string, tag: number, value: string | number | boolean): Fault =>
  async (response, answerOfPrinter) => {
    const { groups, ...answer } = ipp.response.decode(await answerOfPrinter());
    const changed = groups.map((group) => ({
      tag: group.tag,
      attributes: [
        ...group.attributes.filter((attribute) => attribute.name !== name),
        ...(group.tag === ipp.CONSTANTS.OPERATION_ATTRIBUTES_TAG ? [] : [{ tag, name, value }]),
      ],
    }));
    sendIpp(response, encode({ ...answer, groups: changed }));
  };

function encode(message: Message): Buffer {
  return ipp.response.encode(message, Buffer.alloc(ipp.response.encodingLength(message)));
}
