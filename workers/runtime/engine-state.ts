import { delayAfter } from './backoff.js';
import { monotonicMs } from './clock.js';
import { describeError, type Log } from './log.js';
import { NoAnswer } from './exchange.js';
import { EngineRefusal } from './transport.js';

/** The longest is what an engine that has come back may have to wait for its workers. */
const betweenTries = { firstMs: 200, maxMs: 4_000 };

/** Whether fetching works: logs one line for each change, and says how long to wait before the next try. */
export class EngineState {
  private failures = 0;
  private trouble = '';
  private downSince = 0;
  private lastSuccessAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly log: Log) {}

  get up(): boolean {
    return this.failures === 0;
  }

  /** Whether the last fetch succeeded, and there was one. */
  get proven(): boolean {
    return this.up && this.lastSuccessAt > Number.NEGATIVE_INFINITY;
  }

  /** Milliseconds since a fetch last succeeded; infinite before the first. */
  get sinceSuccessMs(): number {
    return monotonicMs() - this.lastSuccessAt;
  }

  succeeded(): void {
    this.lastSuccessAt = monotonicMs();
    if (this.failures === 0) return;
    const downMs = Math.round(this.lastSuccessAt - this.downSince);
    this.log.info({ downMs, tries: this.failures }, 'tasks can be fetched again');
    this.failures = 0;
    this.trouble = '';
  }

  /** @returns milliseconds to wait before the next try */
  failed(error: unknown): number {
    const trouble = troubleOf(error);
    if (this.failures === 0) this.downSince = monotonicMs();
    if (trouble !== this.trouble) {
      this.log.error(
        { trouble, err: describeError(error) },
        'no tasks can be fetched; trying again with growing delays',
      );
    }
    this.trouble = trouble;
    this.failures += 1;
    return delayAfter(this.failures, betweenTries);
  }
}

function troubleOf(error: unknown): string {
  if (error instanceof NoAnswer) return error.reason;
  if (error instanceof EngineRefusal) return String(error.status);
  return error instanceof Error ? error.name : 'unknown';
}
