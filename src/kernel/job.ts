import { backoffMs } from './backoff.js';
import type { Logger } from './log.js';

/** Work that a process does in rounds for as long as it runs. Each job has a loop of its own, so none waits for another. */
export interface Job {
  /** What it does, as the log names it: `send mails`. */
  readonly name: string;
  /** Longest pause between two rounds (ms); the only one for a job that is neither woken nor knows when it is due. */
  readonly everyMs: number;
  /** Channels of PostgreSQL whose notifications begin a round at once. */
  readonly wokenBy?: readonly string[];
  /** How long a round may continue after `stop` was called (ms), before `cutOff` is aborted; 5 s by default. */
  readonly stopMs?: number;
  /**
   * Does what is due. Any failure is logged and repeated, so a round must be safe to repeat at any point.
   * @returns milliseconds until something is due: 0 for another round at once; without it `everyMs`
   */
  round(cutOff: AbortSignal): Promise<number | undefined | void>;
  /** Ends what rounds have left open; called once, after the last round. */
  end?(): Promise<void>;
}

/** Pause after the first round that failed (ms). */
const firstDelayMs = 250;
/** Failures in a row from which on somebody should look. */
const lasting = 5;
const usualStopMs = 5_000;
/** How long a round may continue after `cutOff` (ms), before `stop` no longer waits for it. */
const leftBehindMs = 1_000;

/** Runs the rounds of one job, one at a time, each when it is due, woken, or tried again after a failure. */
export class JobLoop {
  private readonly cutting = new AbortController();
  private cutTimer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private woken = false;
  private wake: () => void = () => undefined;
  private failures = 0;

  constructor(
    private readonly job: Job,
    private readonly log: Logger,
  ) {}

  /** Aborted when `stop` was called and the time to end the round is over. */
  get cutOff(): AbortSignal {
    return this.cutting.signal;
  }

  /** The first round comes at once for a job that is woken: what came before nobody has notified it of. */
  start(): void {
    if (this.job.wokenBy !== undefined) this.notify();
    this.running = this.loop();
  }

  /** Begins a round at once; one that is under way is followed by another. */
  notify(): void {
    this.woken = true;
    this.wake();
  }

  /** Begins no more rounds. */
  halt(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.wake();
    this.cutTimer = setTimeout(() => {
      this.cutting.abort();
    }, this.stopMs);
  }

  /** Ends after the round that is under way. One that heeds no signal is left behind, so that it holds up nobody. */
  async stop(): Promise<void> {
    this.halt();
    const ended = this.running.then(() => this.job.end?.());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, this.stopMs + leftBehindMs, 'late');
    });
    try {
      if ((await Promise.race([ended, late])) === 'late') {
        this.log.warn({ job: this.job.name }, 'a job does not end; it is left behind');
      }
    } catch (error) {
      this.log.warn({ err: error, job: this.job.name }, 'a job did not end as it should');
    } finally {
      clearTimeout(timer);
      clearTimeout(this.cutTimer);
    }
  }

  private get stopMs(): number {
    return this.job.stopMs ?? usualStopMs;
  }

  private async loop(): Promise<void> {
    for (let waitMs = this.job.everyMs; ; waitMs = await this.once()) {
      await this.pause(waitMs);
      if (this.stopped) return;
      this.woken = false;
    }
  }

  /** One round. @returns how long to wait before the next (ms) */
  private async once(): Promise<number> {
    const { name, everyMs } = this.job;
    try {
      const dueMs = (await this.job.round(this.cutting.signal)) ?? everyMs;
      if (this.failures > 0) this.log.info({ job: name, failures: this.failures }, 'a job works again');
      this.failures = 0;
      return Math.min(everyMs, dueMs);
    } catch (error) {
      this.failures += 1;
      if (this.failures === 1) this.log.warn({ err: error, job: name }, 'a job failed; it is tried again');
      if (this.failures === lasting) this.log.error({ err: error, job: name }, 'a job fails again and again');
      return backoffMs(this.failures, { firstDelayMs, longestDelayMs: everyMs });
    }
  }

  private async pause(ms: number): Promise<void> {
    if (this.woken || this.stopped || ms <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      timer = setTimeout(resolve, ms).unref();
    });
    clearTimeout(timer);
  }
}
