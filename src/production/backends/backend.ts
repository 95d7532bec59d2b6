import type { CardJob } from '../../cards/card-job.js';

/**
 * The port to what makes cards: a print bureau over HTTP, a card printer over IPP. An adapter translates and
 * nothing more; when it may be called, and what an answer means for a card, is decided by the print ledger.
 */
export interface ProductionBackend {
  readonly id: string;
  /** Most cards that one `submit` may carry. */
  readonly cardsPerCall: number;
  /** Most calls that may be under way at once. */
  readonly callsAtOnce: number;
  /**
   * Most cards that may be at the backend without having ended, where it makes them in the order in which they came: a card
   * that somebody waits for is made after so many others. Absent: as many as there are.
   */
  readonly mostWaiting?: number;
  /** How long after a lost answer "never heard of it" cannot be believed yet: the call may still be on its way (ms). */
  readonly settleMs: number;
  /**
   * How long an order that has ended is sure to be remembered (ms); absent where that is for ever. Asked less often, the
   * backend may have forgotten how the order ended.
   */
  readonly remembersMs?: number;

  /**
   * Makes what will be sent for one card, its PIN and PUK sealed for the backend. The bytes are stored with the intent
   * and sent unchanged on every try: sealing again would be another body under the same key.
   * @throws ProductError `production-refused` when the card can never be made by this backend as it is
   */
  prepare(job: CardJob): Promise<Buffer>;

  /**
   * Hands over prepared cards. The answer holds one entry for each key, in any order.
   * @throws BackendBusy, BackendDown (certainly not taken), AnswerLost (may have been taken)
   */
  submit(cards: readonly PreparedCard[], signal: AbortSignal): Promise<readonly Submission[]>;

  /**
   * Asks what became of cards. One entry for each key, in any order.
   * @throws BackendBusy, BackendDown, AnswerLost (all mean: nothing was learnt)
   */
  ask(keys: readonly OrderKey[], signal: AbortSignal): Promise<readonly Report[]>;

  /**
   * Asks for a card not to be made. What became of it is learnt by `ask` or a result, never from this answer.
   * @throws BackendBusy, BackendDown, AnswerLost
   */
  cancel(key: OrderKey, signal: AbortSignal): Promise<void>;

  /** State and supplies, in words for production operators. @throws BackendDown, AnswerLost */
  status(signal: AbortSignal): Promise<BackendStatus>;

  /**
   * Prints a PIN letter (PDF); absent where the backend has no way to. Repeated with the same key it prints once.
   * @throws BackendBusy, BackendDown, AnswerLost
   */
  printLetter?(key: string, letter: Buffer, signal: AbortSignal): Promise<void>;
}

/** One card and production number: what a backend knows an order by. */
export interface OrderKey {
  readonly cardId: string;
  readonly number: number;
  /** The backend's own id of the order, once it has reported one. */
  readonly orderId: string | null;
  /**
   * When the last call with it began. A backend that forgets needs it to distinguish "never had it" from "had it once"; without
   * it such a backend answers `forgotten` where another would answer `not-known`.
   */
  readonly calledAt?: Date;
}

export interface PreparedCard {
  readonly cardId: string;
  readonly number: number;
  readonly body: Buffer;
}

/** `Idempotency-Key`, job name and name in every log: card id and production number. */
export function orderKeyText({ cardId, number }: { readonly cardId: string; readonly number: number }): string {
  return `${cardId}-${number}`;
}

interface About {
  readonly cardId: string;
  readonly number: number;
}

export type Submission = About &
  (
    | { readonly outcome: 'accepted'; readonly orderId: string }
    /** The backend will not start it: the order has failed, and may be repeated once the cause is gone. */
    | { readonly outcome: 'refused'; readonly code: string; readonly reason: string }
  );

export type Report = About &
  /** It has never had this order. Believed only after `settleMs`, and never of an order that it once accepted. */
  (
    | { readonly state: 'not-known' }
    /**
     * It no longer knows, or cannot know, whether it had this order: a card may have been made. Never sent again by the
     * system; a person looks at what lies in the output and decides. `message` is a sentence for that person.
     */
    | { readonly state: 'forgotten'; readonly message: string }
    /** Accepted and not ended; `message` says what holds it up, if anything. */
    | { readonly state: 'accepted'; readonly orderId: string; readonly message: string | null }
    | { readonly state: 'produced'; readonly orderId: string; readonly evidence: Evidence }
    | { readonly state: 'failed'; readonly orderId: string | null; readonly code: string; readonly reason: string }
    | { readonly state: 'cancelled'; readonly orderId: string | null; readonly reason: string | null }
  );

/** What a backend proves of a card it made: serial numbers, the chip UID read back. Never a secret. */
export type Evidence = Readonly<Record<string, string | number | boolean>>;

export interface BackendStatus {
  readonly condition: 'ready' | 'paused';
  /** One sentence for production operators, for example "Out of ribbon: put in a new one"; null when all is well. */
  readonly message: string | null;
  /** For example `{ribbon: '40 %'}`. */
  readonly supplies: Readonly<Record<string, string>>;
}

/** The backend asked to come back later. */
export class BackendBusy extends Error {
  override readonly name = 'BackendBusy';

  /** @param retryAfterMs how long to wait, in milliseconds */
  constructor(
    message: string,
    readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

/** The backend certainly did not take the call: no connection, a stopped printer. */
export class BackendDown extends Error {
  override readonly name = 'BackendDown';
}

/** The call went out and its answer did not come back: it may have been taken. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}
