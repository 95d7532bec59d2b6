import { monotonicMs } from './clock.js';
import { verdictOf } from './task-protocol.js';

/**
 * The lock on one task, as long as we may believe in it. The engine has no fencing token and accepts a result after the
 * lock has expired, so it is here that a worker which was away for too long finds out, on a clock that ran on meanwhile.
 *
 * A third of the lock is the time between two heartbeats: two may fail before it is lost.
 */
export class Lock {
  private expiresAt: number;
  private nextBeatAt: number;
  private beating = false;
  private lost = false;

  /**
   * @param lockMs length of the lock in milliseconds
   * @param lockedAt monotonic time at which the engine's answer arrived
   * @param extend asks the engine for another `lockMs`
   */
  constructor(
    private readonly lockMs: number,
    lockedAt: number,
    private readonly extend: () => Promise<void>,
  ) {
    this.expiresAt = lockedAt + lockMs;
    this.nextBeatAt = lockedAt + lockMs / 3;
  }

  /** Milliseconds until the lock expires; 0 when it is lost. */
  remainingMs(now: number = monotonicMs()): number {
    return this.lost ? 0 : Math.max(0, this.expiresAt - now);
  }

  get held(): boolean {
    return this.remainingMs() > 0;
  }

  /** Gives the lock up for lost, for good. */
  forfeit(): void {
    this.lost = true;
  }

  /** Sends a heartbeat if it is time for one; never waits for it. */
  tick(now: number): void {
    if (this.beating || now < this.nextBeatAt || this.remainingMs(now) === 0) return;
    // A fault of our own program fails the fetches too, which say so; here it only lets the lock run out.
    this.beat(now).catch(() => undefined);
  }

  private async beat(sentAt: number): Promise<void> {
    this.beating = true;
    try {
      await this.extend();
      this.expiresAt = sentAt + this.lockMs;
      this.nextBeatAt = sentAt + this.lockMs / 3;
    } catch (error) {
      this.nextBeatAt = monotonicMs() + this.lockMs / 12;
      const verdict = verdictOf(error);
      if (verdict === 'refused' || verdict === 'gone') this.lost = true;
    } finally {
      this.beating = false;
    }
  }
}
