import type { MailBlame } from './smtp-blame.js';

/**
 * `pending` waits to be sent or expanded · `expanded` a mail to a group, replaced by one a member · `sending` handed to
 * the mail server at this moment · `sent` the mail server took it · `failed` it certainly did not, and no further try
 * follows · `unknown` the mail server may or may not have taken it; never sent again by itself.
 */
export const mailStates = ['pending', 'expanded', 'sending', 'sent', 'failed', 'unknown'] as const;

export type MailState = (typeof mailStates)[number];

interface MailText {
  /** Names the event: a second mail under the same key is dropped. */
  readonly eventKey: string;
  readonly subject: string;
  readonly body: string;
  /** Path on this installation where the recipient continues, or null. */
  readonly linkPath: string | null;
}

/** A mail to one account, to everyone who is in a group when it is sent, except some, or to a card holder's address. */
export type NewMail = MailText &
  (
    | { readonly toAccount: string }
    | { readonly toGroup: string; readonly exceptAccounts?: readonly string[] }
    | { readonly toAddress: string; readonly sealedPart: SealedReference }
  );

/** The production order whose PIN or PUK belongs into a mail. The outbox holds only this, never the secret. */
export interface SealedReference {
  readonly cardId: string;
  readonly number: number;
}

/** A sealed part, opened for the moment of sending. */
export interface SealedPart {
  readonly text: string;
  /** What must appear in no log and no error. */
  readonly secrets: readonly string[];
}

/** A mail as the outbox shows it. */
export interface Mail {
  readonly id: string;
  readonly toAccount: string | null;
  readonly toGroup: string | null;
  readonly toAddress: string | null;
  readonly subject: string;
  readonly state: MailState;
  /** Tries so far. */
  readonly attempts: number;
  /** Not before this moment is it tried (again); null once it has ended. */
  readonly dueAt: Date | null;
  readonly lastError: string | null;
  /** Whose fault the last try was. */
  readonly blame: MailBlame | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** Who is behind an account, and who is in a group, at this moment. */
export interface MailDirectory {
  /** The account's e-mail address, or null where there is no such account or no address. */
  emailOf(account: string): Promise<string | null>;
  membersOf(group: string): Promise<readonly { readonly account: string; readonly email: string | null }[]>;
}
