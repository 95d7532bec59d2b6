import { ProductError } from '../../kernel/errors.js';

interface Limit {
  /** Failed tries before the first wait. */
  readonly free: number;
  readonly maxWaitMs: number;
}

interface Tries {
  failed: number;
  blockedUntil: number;
  lastAt: number;
}

const HOUR = 3_600_000;

/** One account from one address; and one address over all accounts, against trying one password on everybody. */
const limits = {
  account: { free: 5, maxWaitMs: HOUR / 4 },
  address: { free: 50, maxWaitMs: HOUR / 4 },
} satisfies Record<string, Limit>;

/**
 * Slows down guessing of passwords: after some free tries each failed one doubles the wait, from one second to 15
 * minutes; an hour without tries forgets. Counted before the password is verified: tries sent at once count too.
 * Held in memory; the engine's own count is off, since it would let anyone shut out an administrator.
 */
export class SignInThrottle {
  private readonly tries = new Map<string, Tries>();

  /** @param now clock in milliseconds */
  constructor(
    private readonly now: () => number = Date.now,
    private readonly maxEntries = 20_000,
  ) {}

  /**
   * Counts a try; call `succeeded` when the password was right.
   * @throws ProductError `too-many-attempts` with `retryAfterSeconds`
   */
  begin(account: string, address: string): void {
    const keys = this.keysOf(account, address);
    const wait = Math.max(...keys.map(([key]) => (this.tries.get(key)?.blockedUntil ?? 0) - this.now()));
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1_000);
      const sentence = `Too many failed tries. Wait ${seconds} s, then try again.`;
      throw new ProductError('too-many-attempts', sentence, { retryAfterSeconds: seconds });
    }
    for (const [key, limit] of keys) this.count(key, limit);
  }

  /** Takes back what `begin` counted; the account starts afresh from this address. */
  succeeded(account: string, address: string): void {
    const [[own], [shared]] = this.keysOf(account, address);
    this.tries.delete(own);
    const all = this.tries.get(shared);
    if (all !== undefined) all.failed -= 1;
  }

  /** Takes back a try that nobody judged, because the directory did not answer. */
  withdraw(account: string, address: string): void {
    for (const [key] of this.keysOf(account, address)) {
      const known = this.tries.get(key);
      if (known === undefined) continue;
      known.failed -= 1;
      known.blockedUntil = this.now();
    }
  }

  private keysOf(account: string, address: string): [[string, Limit], [string, Limit]] {
    return [
      [JSON.stringify([address, account]), limits.account],
      [JSON.stringify([address]), limits.address],
    ];
  }

  private count(key: string, limit: Limit): void {
    const now = this.now();
    const known = this.tries.get(key);
    const failed = (known !== undefined && now - known.lastAt < HOUR ? known.failed : 0) + 1;
    const wait = failed < limit.free ? 0 : Math.min(1_000 * 2 ** (failed - limit.free), limit.maxWaitMs);
    this.tries.delete(key);
    this.tries.set(key, { failed, blockedUntil: now + wait, lastAt: now });
    const [oldest] = this.tries.keys();
    if (this.tries.size > this.maxEntries && oldest !== undefined) this.tries.delete(oldest);
  }
}
