import { createHash } from 'node:crypto';

/** What can go wrong in the shop, in the words of its page. */
export const faults = {
  'ribbon-end': 'The ribbon ends',
  jam: 'The next card jams half-way',
  slow: 'The next card takes ten times as long',
  silent: 'The next result is not reported by webhook',
  duplicate: 'The next result is reported twice',
  'out-of-order': 'After the next result an older message arrives',
  'answer-lost': 'The next call is taken and its answer is lost',
  refused: 'The next order is refused for a field',
  busy: 'The next order is answered with "busy"',
  restart: 'The power fails (kill -9)',
} as const;
export type Fault = keyof typeof faults;
export const faultNames = Object.keys(faults) as [Fault, ...Fault[]];

/**
 * Decides what goes wrong: what a person has asked for first, else by the script's probabilities. The same seed, start and
 * order always give the same decision, however the calls are interleaved.
 */
export class Faults {
  private readonly armed = new Map<Fault, number>();

  /**
   *  @param run what distinguishes this start of the program from the previous one: a fault that ends the program must not come back
   *   with the same order for ever
   */
  constructor(
    private readonly probabilities: Partial<Record<Fault, number>>,
    private readonly run: string,
  ) {}

  /** Makes a fault happen at the next opportunity. */
  arm(fault: Fault): void {
    this.armed.set(fault, this.waiting(fault) + 1);
  }

  /** How many of a fault are to come by hand. */
  waiting(fault: Fault): number {
    return this.armed.get(fault) ?? 0;
  }

  /** Whether a fault happens now. @param occasion unique to this opportunity, for example a key */
  strikes(fault: Fault, occasion: string): boolean {
    const waiting = this.waiting(fault);
    if (waiting > 0) {
      this.armed.set(fault, waiting - 1);
      return true;
    }
    return fraction(`${this.run}/${fault}/${occasion}`) < (this.probabilities[fault] ?? 0);
  }
}

/** A number from 0 to 1 that a text always gives. */
function fraction(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}
