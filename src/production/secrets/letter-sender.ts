import { appendAudit } from '../../records/index.js';
import { backoffMs, type Backoff } from '../../kernel/backoff.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import type { Job } from '../../kernel/job.js';
import { cutSecrets } from '../../domain/cut-secrets.js';
import { systemActor } from '../../domain/roles.js';
import type { Logger } from '../../kernel/log.js';
import { BackendBusy, orderKeyText } from '../backends/backend.js';
import type { BackendRegistry } from '../production-types.js';
import type { CardSecrets, DeliveredSecrets } from './card-secrets.js';
import {
  claimLetters,
  endLetter,
  nextLetterMs,
  postponeLetter,
  readLetterContent,
  type ClaimedLetter,
  type LetterContent,
} from './letter-queue.js';
import { withinTime } from '../../kernel/time-limit.js';

/** Makes the letter as a PDF. */
export type LetterMaker = (content: Omit<LetterContent, 'backend'> & DeliveredSecrets) => Promise<Buffer>;

export interface LetterSenderOptions {
  readonly db: Knex;
  readonly log: Logger;
  readonly secrets: CardSecrets;
  readonly makeLetter: LetterMaker;
  readonly backends: BackendRegistry;
  /** Delays of tests; the product's own are `defaultTimes`. */
  readonly times?: Partial<LetterTimes>;
}

export interface LetterTimes extends Backoff {
  /** Longest pause between two looks, for letters without a notification (ms). */
  readonly idleMs: number;
  /** Longest that one try may last (ms). */
  readonly tryMs: number;
  /** How long tries under way may continue when the sender is stopped (ms). */
  readonly stopMs: number;
}

const defaultTimes: LetterTimes = {
  idleMs: 5_000,
  firstDelayMs: 5_000,
  longestDelayMs: 3_600_000,
  tryMs: 60_000,
  stopMs: 1_500,
};

/** Letters on their way at the same time. */
const atOnce = 4;

/**
 * Brings PIN letters to the backend that made the card, and erases what they say once it has taken them. Any number of
 * workers may run one. A try whose answer was lost is repeated under the same key, by which a backend prints once.
 */
export class LetterSender implements Job {
  readonly name = 'bring PIN letters to backends';
  readonly everyMs: number;
  readonly wokenBy = ['secret_letter'];
  readonly stopMs: number;
  private readonly times: LetterTimes;

  constructor(private readonly options: LetterSenderOptions) {
    this.times = { ...defaultTimes, ...options.times };
    this.everyMs = this.times.idleMs;
    this.stopMs = this.times.stopMs;
  }

  async round(cutOff: AbortSignal): Promise<number> {
    const { db } = this.options;
    const letters = await claimLetters(db, atOnce, (this.times.tryMs * 2) / 1_000);
    await Promise.all(letters.map((letter) => this.deliver(letter, cutOff)));
    return letters.length > 0 ? 0 : nextLetterMs(db);
  }

  private async deliver(letter: ClaimedLetter, cutOff: AbortSignal): Promise<void> {
    const { db, log, secrets } = this.options;
    let opened: DeliveredSecrets = { pin: null, puk: null };
    try {
      opened = await secrets.openFor(db, letter, 'print');
      const backend = isEmpty(opened) ? null : await this.print(letter, opened, cutOff);
      await db.transaction((trx) => this.endDelivered(trx, letter, backend));
    } catch (raw) {
      const error = cutSecrets(
        raw instanceof Error ? raw.message : String(raw),
        Object.values(opened).filter((secret) => secret !== null),
      );
      const { cardId: card, number, attempts } = letter;
      log[attempts === 1 ? 'info' : 'warn'](
        { card, number, attempts, error },
        'a PIN letter was not taken; it is tried again',
      );
      await postponeLetter(
        db,
        letter,
        raw instanceof BackendBusy ? raw.retryAfterMs : backoffMs(attempts, this.times),
        error,
      );
    }
  }

  /** @returns id of the backend that has taken the letter */
  private async print(letter: ClaimedLetter, opened: DeliveredSecrets, cutOff: AbortSignal): Promise<string> {
    const { db, makeLetter, backends } = this.options;
    const { backend: id, ...content } = await readLetterContent(db, letter);
    const backend = (await backends.all()).find((each) => each.id === id);
    if (backend?.printLetter === undefined) {
      throw new Error(
        `The backend ${id} prints no letters. Set the options pin-delivery and puk-delivery to e-mail or none, then deliver again: ` +
          `npm run cards -- secrets deliver ${letter.cardId} ${letter.number}`,
      );
    }
    const pdf = await makeLetter({ ...content, ...opened });
    await withinTime(this.times.tryMs, cutOff, async (signal) =>
      backend.printLetter?.(`${orderKeyText(letter)}-letter`, pdf, signal),
    );
    return id;
  }

  /** @param backend what has printed it; null when there was nothing to say any more */
  private async endDelivered(trx: Transaction, letter: ClaimedLetter, backend: string | null): Promise<void> {
    await endLetter(trx, letter);
    if (backend === null) return;
    const details = { number: letter.number, by: 'letter', backend };
    await appendAudit(trx, [
      { actor: systemActor, action: 'secret-delivered', objectType: 'card', objectId: letter.cardId, details },
    ]);
  }
}

function isEmpty({ pin, puk }: DeliveredSecrets): boolean {
  return pin === null && puk === null;
}
