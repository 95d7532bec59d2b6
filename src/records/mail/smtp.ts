import type { Readable } from 'node:stream';
import { createTransport, type NodemailerError } from 'nodemailer';
import { blameOf, type MailBlame } from './smtp-blame.js';

export interface SmtpMessage {
  /** With angle brackets; the same for every try of one mail. */
  readonly messageId: string;
  readonly from: string;
  /** One plain address. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/**
 * How a try ended. `sent`: the mail server took it · `later`: it certainly did not, try again · `refused`: it never will ·
 * `unknown`: the message was handed over and no answer came back.
 */
export type Delivery =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'later' | 'refused' | 'unknown'; readonly error: string; readonly blame: MailBlame };

/** Mails on their way at the same time, each over a connection of its own. */
export const smtpConnections = 3;

const limits = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  dnsTimeout: 10_000,
  socketTimeout: 30_000,
} as const;

/** The mail server, over a few connections that are kept for some seconds. */
export class Smtp {
  /** The message of each try, by Message-ID; shows whether any of it was handed over. */
  private readonly streams = new Map<string, Readable>();
  private readonly transport;

  /** @param url `smtp://` (TLS where the server offers it) or `smtps://`, with user and password where needed */
  constructor(url: string) {
    this.transport = createTransport({
      url,
      pool: true,
      maxConnections: smtpConnections,
      idleTimeout: 10_000,
      // The pool would send again when a connection breaks. Whether that is safe is for us to judge.
      maxRequeues: 0,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...limits,
    });
    this.transport.use('stream', (mail, done) => {
      mail.message.processFunc((stream) => {
        this.streams.set(String(mail.data.messageId), stream);
        return stream;
      });
      done();
    });
  }

  /**
   * Tries once to hand a message over; never throws.
   * @param signal gives up waiting
   */
  async deliver(message: SmtpMessage, signal: AbortSignal): Promise<Delivery> {
    try {
      await this.transport.sendMail({
        ...message,
        to: { name: '', address: message.to },
        // Asks absence notes and mailing lists not to answer (RFC 3834).
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      });
      return { outcome: 'sent' };
    } catch (raw) {
      return this.judge(raw, message.messageId);
    } finally {
      this.streams.delete(message.messageId);
    }
  }

  /** Closes the connections that carry no message. */
  close(): void {
    this.transport.close();
  }

  private judge(raw: unknown, messageId: string): Delivery {
    const error: NodemailerError = raw instanceof Error ? raw : new Error(String(raw));
    const { responseCode = 0, response = '', command = '', code } = error;
    const answered = responseCode >= 400;
    const handedOver = this.streams.get(messageId)?.readableDidRead === true;
    if (handedOver && !answered)
      return { outcome: 'unknown', error: `${error.message}. The mail may have arrived.`, blame: 'server' };
    if (!answered && code === 'EENVELOPE' && command === 'API')
      return { outcome: 'refused', error: error.message, blame: 'recipient' };
    const blame = answered ? blameOf({ code: responseCode, text: response, command }) : 'server';
    return { outcome: blame === 'recipient' ? 'refused' : 'later', error: error.message, blame };
  }
}
