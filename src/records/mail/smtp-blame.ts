/**
 * Whose fault a refusal of a mail server is. `recipient`: this address takes no mail, and never will · `mailbox`: the recipient's
 * mailbox or server takes none at present, which passes by itself · `sender`: the server does not let us send, as this sender, from
 * here, or such mails · `server`: it, or the way to it, is out of order, or its sign-in.
 */
export const mailBlames = ['recipient', 'mailbox', 'sender', 'server'] as const;

export type MailBlame = (typeof mailBlames)[number];

export interface SmtpReply {
  /** Three digits. */
  readonly code: number;
  /** The whole reply, code first. */
  readonly text: string;
  /** What was answered, such as `RCPT TO`. */
  readonly command: string;
}

/**
 * Status codes of RFC 3463 and of IANA's registry that speak about the address of the recipient alone. Nothing else fails a mail
 * at once: what is not surely its own fault is tried again for a day.
 */
const aboutRecipient = new Set(['1.1', '1.2', '1.3', '1.4', '1.6', '1.10', '2.1']);
/** Of the recipient's mailbox, a list, or greylisting: they pass. */
const passing = new Set(['2.2', '2.3', '2.4']);

/** Words by which servers without status codes, or with a wrong one, speak of us and not of the recipient. */
const speaksOfUs =
  /sender|send ?as|mail from|client|relay|polic|spam|block|black ?list|reputation|spf|dkim|dmarc|authenticat|not allowed|access denied/i;
const noSuchRecipient =
  /(no such|unknown|invalid|non-?existent|does not exist|not found|unrouteable|disabled).*(user|recipient|mailbox|address|account)|(user|recipient|mailbox|address|account).*(unknown|invalid|does not exist|doesn't exist|not found|disabled|unavailable)/i;
const full = /full|quota|storage|too many/i;

/** The status code of a reply without its class, such as `1.1`; null where it has none. Source: RFC 2034. */
export function statusIn({ text }: SmtpReply): string | null {
  return /^\d{3}[ -][245]\.(\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ?? null;
}

/**
 * Reads the blame from the status code and the reply, never from the command alone: Postfix refuses a sender when it hears the
 * recipient, and Exchange when it has the message.
 */
export function blameOf(reply: SmtpReply): MailBlame {
  const { code, text, command } = reply;
  const status = statusIn(reply);
  const toMessage = ['RCPT TO', 'DATA', 'API'].includes(command);
  if (!toMessage) return command === 'MAIL FROM' && code >= 500 ? 'sender' : 'server';
  if (status !== null && passing.has(status)) return 'mailbox';
  if (code < 500) return command === 'RCPT TO' ? 'mailbox' : 'server';
  if (status !== null) {
    if (aboutRecipient.has(status) && !/sender|send ?as/i.test(text)) return 'recipient';
    return status.startsWith('3.') || status.startsWith('4.') ? 'server' : 'sender';
  }
  if (speaksOfUs.test(text)) return 'sender';
  if (code === 552 || full.test(text)) return 'mailbox';
  // 550, 551 and 553 answer a recipient. Source: RFC 5321, 4.3.2.
  const wordless = command === 'RCPT TO' && [550, 551, 553].includes(code);
  return wordless || noSuchRecipient.test(text) ? 'recipient' : 'sender';
}

/** What an administrator does about mails that wait for it; null where it passes by itself. */
export function cureOf(blame: MailBlame): string | null {
  if (blame === 'sender')
    return 'the mail server does not take mails of ours: let the account of SMTP_URL send as MAIL_FROM, set MAIL_FROM to an address that it may use, or have its policy changed';
  if (blame === 'server') return 'the mail server does not answer or does not let us in: check SMTP_URL and the server';
  return null;
}
