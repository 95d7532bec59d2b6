import { createHash } from 'node:crypto';
import { backoffMs, type Backoff } from '../../kernel/backoff.js';
import type { Knex } from '../../kernel/db/database.js';
import type { Job } from '../../kernel/job.js';
import { cutSecrets } from '../../domain/cut-secrets.js';
import { canonicalAccount } from '../../domain/identities.js';
import { emailAddressPattern } from '../../domain/email-address.js';
import type { Logger } from '../../kernel/log.js';
import {
  claimMails,
  dueUnaddressed,
  endClaimed,
  endLateMails,
  expandMail,
  failUnsent,
  nextDueMs,
  postponeMail,
  setAddress,
  type ClaimedMail,
  type UnaddressedMail,
} from './mail-queue.js';
import { readMailCondition } from './mail-again.js';
import type { MailDirectory, SealedPart, SealedReference } from './mail-types.js';
import { cureOf } from './smtp-blame.js';
import { Smtp, smtpConnections, type Delivery } from './smtp.js';
import { withinTime } from '../../kernel/time-limit.js';

export interface MailSenderOptions {
  readonly db: Knex;
  readonly log: Logger;
  readonly directory: MailDirectory;
  /** Opens what a mail carries sealed; null when it is not there any more. @throws ProductError `secret-unreadable` */
  readonly openSealed: (part: SealedReference) => Promise<SealedPart | null>;
  /** Without it nothing is sent: mails stay in the outbox, and are shown there. */
  readonly smtpUrl: string | undefined;
  /** Sender, as `Name <address>`. */
  readonly from: string;
  /** Origin under which people reach this installation. */
  readonly publicUrl: string;
  /** Delays of tests; the product's own are `defaultTimes`. */
  readonly times?: Partial<SenderTimes>;
}

export interface SenderTimes extends Backoff {
  /** Longest pause between two looks into the outbox, for mails without a notification (ms). */
  readonly idleMs: number;
  /** Longest that one try may last (ms). */
  readonly tryMs: number;
  /** How long tries under way may continue when the sender is stopped (ms). */
  readonly stopMs: number;
}

const defaultTimes: SenderTimes = {
  idleMs: 5_000,
  firstDelayMs: 5_000,
  longestDelayMs: 3_600_000,
  tryMs: 60_000,
  stopMs: 5_000,
};

/** A mail that could not be sent for so long is given up. */
const givenUpAfterHours = 24;

/**
 * Sends the mails of the outbox. Any number of servers may run one: a mail is taken on by one of them, and is marked as
 * being sent before the mail server hears of it. What may have arrived is never sent again by itself.
 */
export class MailSender implements Job {
  readonly name = 'send mails';
  readonly everyMs: number;
  readonly wokenBy = ['mail'];
  readonly stopMs: number;
  private readonly times: SenderTimes;
  private readonly smtp: Smtp | null;

  constructor(private readonly options: MailSenderOptions) {
    this.times = { ...defaultTimes, ...options.times };
    this.everyMs = this.times.idleMs;
    this.stopMs = this.times.stopMs;
    this.smtp = options.smtpUrl === undefined ? null : new Smtp(options.smtpUrl);
  }

  async end(): Promise<void> {
    this.smtp?.close();
  }

  /** Whether mail goes out, with what to do where it does not; as all servers of the installation found it. */
  async health(): Promise<{ status: 'up' | 'down'; detail?: string }> {
    if (this.smtp === null) return { status: 'up', detail: 'SMTP_URL is not set, so mails stay in the outbox' };
    const { blame, reply, waiting, failed } = await readMailCondition(this.options.db);
    const again = failed === 0 ? null : `${failed} failed: when the cause is mended, have them sent again under Mails`;
    const cure = blame === null ? null : cureOf(blame);
    if (cure !== null) {
      const said = reply === null ? cure : `${cure} (it said ${reply})`;
      return { status: 'down', detail: [said, `${waiting} wait`, again].filter((part) => part !== null).join('; ') };
    }
    return again === null ? { status: 'up' } : { status: 'up', detail: again };
  }

  async round(cutOff: AbortSignal): Promise<number> {
    const { db } = this.options;
    const { smtp } = this;
    if (smtp === null) return Infinity;
    await endLateMails(db, givenUpAfterHours);
    const unaddressed = await dueUnaddressed(db, 20);
    for (const mail of unaddressed) await this.address(mail);
    const claimed = await claimMails(db, smtpConnections, (this.times.tryMs * 2) / 1_000);
    await Promise.all(claimed.map((mail) => this.send(smtp, mail, cutOff)));
    return unaddressed.length + claimed.length > 0 ? 0 : nextDueMs(db);
  }

  private async address(mail: UnaddressedMail): Promise<void> {
    const { db, log, directory } = this.options;
    try {
      if (mail.toGroup !== null) await this.expand(mail.id, mail.toGroup, mail.exceptAccounts);
      if (mail.toAccount === null) return;
      const address = await directory.emailOf(mail.toAccount);
      if (address === null) await failUnsent(db, mail.id, `The account ${mail.toAccount} has no e-mail address.`);
      else await setAddress(db, mail.id, address);
    } catch (raw) {
      const error = raw instanceof Error ? raw.message : String(raw);
      log.warn({ mail: mail.id, err: raw }, 'the recipients of a mail cannot be found now');
      await postponeMail(db, mail, 'pending', backoffMs(mail.attempts + 1, this.times), error);
    }
  }

  private async expand(id: string, group: string, exceptAccounts: readonly string[]): Promise<void> {
    const except = new Set(exceptAccounts.map(canonicalAccount));
    const everyone = await this.options.directory.membersOf(group);
    const members = everyone.filter(({ account }) => !except.has(canonicalAccount(account)));
    if (members.length > 0) await expandMail(this.options.db, id, members);
    else await failUnsent(this.options.db, id, `The group ${group} has no member who could be notified.`);
  }

  private async send(smtp: Smtp, mail: ClaimedMail, cutOff: AbortSignal): Promise<void> {
    const { db, log, from, publicUrl } = this.options;
    if (!emailAddressPattern.test(mail.toAddress)) {
      await endClaimed(db, mail, 'failed', 'The address is not a plain e-mail address.');
      return;
    }
    const sealed = await this.openSealed(mail);
    if (sealed === 'not-now') return;
    const message = {
      messageId: messageIdOf(mail.eventKey, from),
      from,
      to: mail.toAddress,
      subject: mail.subject,
      text: [mail.body, sealed?.text, mail.linkPath && new URL(mail.linkPath, publicUrl).href]
        .filter((part) => part != null)
        .join('\n\n'),
    };
    const delivery = withoutSecrets(
      await withinTime(this.times.tryMs, cutOff, (signal) => smtp.deliver(message, signal)),
      sealed?.secrets ?? [],
    );
    if (delivery.outcome === 'sent') {
      await endClaimed(db, mail, 'sent', null);
    } else if (delivery.outcome === 'later') {
      const level = mail.attempts === 1 ? 'info' : 'warn';
      log[level](
        { mail: mail.id, attempts: mail.attempts, error: delivery.error, blame: delivery.blame },
        'a mail was not taken; it is tried again',
      );
      await postponeMail(db, mail, 'sending', backoffMs(mail.attempts, this.times), delivery.error, delivery.blame);
    } else {
      log.error(
        { mail: mail.id, outcome: delivery.outcome, error: delivery.error },
        'a mail was not sent, or perhaps not',
      );
      const state = delivery.outcome === 'refused' ? 'failed' : 'unknown';
      await endClaimed(db, mail, state, delivery.error, delivery.blame);
    }
  }

  /** What a mail carries sealed, or null; `not-now` when the mail was put back or ended for want of it. */
  private async openSealed(mail: ClaimedMail): Promise<SealedPart | null | 'not-now'> {
    const { db, log, openSealed } = this.options;
    const { secretCardId: cardId, secretNumber: number } = mail;
    if (cardId === null || number === null) return null;
    try {
      const part = await openSealed({ cardId, number });
      if (part !== null) return part;
      await endClaimed(db, mail, 'failed', 'What this mail was to carry has been erased meanwhile.');
    } catch (raw) {
      log.error({ mail: mail.id, err: raw }, 'what a mail carries sealed cannot be opened');
      await postponeMail(
        db,
        mail,
        'sending',
        backoffMs(mail.attempts, this.times),
        raw instanceof Error ? raw.message : String(raw),
      );
    }
    return 'not-now';
  }
}

function withoutSecrets(delivery: Delivery, secrets: readonly string[]): Delivery {
  return delivery.outcome === 'sent' ? delivery : { ...delivery, error: cutSecrets(delivery.error, secrets) };
}

/** The same for every try, so that a mail that arrives twice after all is shown once by most mail programs. */
function messageIdOf(eventKey: string, from: string): string {
  const host = /@([^\s>]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return `<${createHash('sha256').update(eventKey).digest('hex').slice(0, 40)}@${host}>`;
}
