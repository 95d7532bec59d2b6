import { createReadStream } from 'node:fs';
import { createSocket } from 'node:dgram';
import { access } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { connect as connectTls } from 'node:tls';
import { anchorLine, parseAnchor, type Anchor, type AnchorPlace, type AnchorSource } from './anchor.js';

/** Facility 13 (log audit), severity 5 (notice). */
const priority = 13 * 8 + 5;
const messageId = 'audit-anchor';

/** How long a collector may take to accept a message (ms). */
const patienceMs = 5_000;

/** A message of RFC 5424 with an anchor as its text. */
export function syslogMessage(anchor: Anchor): string {
  return `<${priority}>1 ${anchor.at} ${hostname()} open-card-requests ${process.pid} ${messageId} - ${anchorLine(anchor)}`;
}

/**
 * A collector of syslog: `tcp://`, `tls://` (both with octet counting, RFC 6587 and 5425) or `udp://`. Syslog has no
 * answer: a message that the collector loses is not noticed, the next head covers it.
 */
export class AnchorSyslog implements AnchorPlace {
  readonly name: string;
  readonly source = null;
  private readonly url: URL;

  constructor(address: string) {
    this.name = address;
    this.url = new URL(address);
  }

  open(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async append(anchor: Anchor): Promise<void> {
    const message = Buffer.from(syslogMessage(anchor));
    if (this.url.protocol === 'udp:') await this.sendDatagram(message);
    else await this.sendFrame(Buffer.concat([Buffer.from(`${message.length} `), message]));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private get host(): string {
    return this.url.hostname.replace(/^\[|\]$/g, '');
  }

  private get port(): number {
    return Number(this.url.port || defaultPorts[this.url.protocol]);
  }

  private async sendDatagram(message: Buffer): Promise<void> {
    const socket = createSocket(this.host.includes(':') ? 'udp6' : 'udp4');
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.send(message, this.port, this.host, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
    } finally {
      socket.close();
    }
  }

  /** A connection a message: heads are few, and one that broke unseen would lose the first message. */
  private async sendFrame(frame: Buffer): Promise<void> {
    const to = { host: this.host, port: this.port };
    const socket: Socket = this.url.protocol === 'tls:' ? connectTls({ ...to, servername: this.host }) : connect(to);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.setTimeout(patienceMs, () => {
          reject(new Error('no answer in time'));
        });
        socket.once('error', reject);
        socket.once('close', () => {
          resolve();
        });
        socket.resume();
        socket.end(frame);
      });
    } finally {
      socket.destroy();
    }
  }
}

const defaultPorts: Readonly<Record<string, number>> = { 'udp:': 514, 'tcp:': 601, 'tls:': 6514 };

/** A file in which a collector keeps its messages, in any form: every line with an anchor's message id counts. */
export function syslogFileSource(path: string): AnchorSource {
  const read = async () => {
    await access(path);
    return readMessages(path);
  };
  return { name: path, read };
}

async function* readMessages(path: string): AsyncGenerator<Anchor | null> {
  const input = createReadStream(path, { encoding: 'utf8' });
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (!line.includes(messageId)) continue;
    yield parseAnchor(line.slice(line.indexOf('{', line.indexOf(messageId))).trimEnd());
  }
}
