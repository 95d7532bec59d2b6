import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import type { AddressInfo, Server, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  readonly to: readonly string[];
  /** The message as it came, headers first. */
  readonly source: string;
}

/** Say yes, refuse with the error's `responseCode`, or break the connection without an answer. */
export type Verdict = null | Error | 'break';

/** A real SMTP server on loopback that keeps what it is given and fails on request. */
export interface TestSmtp {
  readonly url: string;
  readonly received: ReceivedMail[];
  atRecipient: () => Verdict;
  /** Asked when the whole message has come. */
  afterData: () => Verdict;
  stop(): Promise<void>;
}

/** An answer with this SMTP reply code. */
export function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** @param port by default a free one, so that a server can come back where it was */
export async function startSmtp(options: SMTPServerOptions = {}, port = 0): Promise<TestSmtp> {
  const sockets = new Set<Socket>();
  const received: ReceivedMail[] = [];
  const answer = (verdict: Verdict, done: (error?: Error | null) => void) => {
    if (verdict === 'break') for (const socket of sockets) socket.destroy();
    else done(verdict);
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo: (_address, _session, done) => {
      answer(smtp.atRecipient(), done);
    },
    onData: (stream, session, done) => {
      void buffer(stream).then((bytes) => {
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), source: bytes.toString('utf8') });
        answer(smtp.afterData(), done);
      });
    },
    ...options,
  });
  const listener: Server = server.server;
  listener.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('error', () => undefined);
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const smtp: TestSmtp = {
    url: `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    received,
    atRecipient: () => null,
    afterData: () => null,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
  return smtp;
}
