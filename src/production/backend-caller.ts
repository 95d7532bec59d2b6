import { AnswerLost, BackendBusy, BackendDown, type ProductionBackend } from './backends/backend.js';
import { holdCalls, recordFailedCall, recordWorkingCall } from './backend-health.js';
import type { CarrierParts } from './carrier-types.js';
import { withinTime } from '../kernel/time-limit.js';

/** How a call of a backend went. */
export type CallOutcome<T> =
  | { readonly outcome: 'answered'; readonly answer: T }
  /** Certainly not taken. */
  | { readonly outcome: 'not-taken'; readonly retryAfterMs: number | null; readonly reason: string }
  /** Perhaps taken. */
  | { readonly outcome: 'lost'; readonly reason: string };

type CallName = 'submit' | 'ask' | 'cancel' | 'status';

/** Longest that a backend may have us wait (ms). */
const longestHoldMs = 3_600_000;

/** Calls one backend: with a time limit, cut off at stop, counted, and with the outcome reported to the circuit breaker. */
export class BackendCaller {
  /** Failed calls are on record, so a successful one has to be recorded. */
  troubled = false;

  constructor(
    readonly backend: ProductionBackend,
    private readonly parts: CarrierParts,
    private readonly stopping: AbortSignal,
  ) {}

  async call<T>(name: CallName, work: (signal: AbortSignal) => Promise<T>): Promise<CallOutcome<T>> {
    const outcome = await this.attempt(name, work);
    const { db, log, metrics } = this.parts;
    const { id } = this.backend;
    metrics.calls.inc({ backend: id, call: name, outcome: outcome.outcome });
    if (outcome.outcome === 'answered') {
      if (this.troubled && name !== 'status') await recordWorkingCall(db, id);
    } else if (outcome.outcome === 'not-taken' && outcome.retryAfterMs !== null) {
      await holdCalls(db, id, outcome.retryAfterMs);
    } else if (!this.stopping.aborted) {
      this.troubled = true;
      const opened = await recordFailedCall(db, id, outcome.reason, name !== 'status');
      if (opened)
        log.warn(
          { backend: id, error: outcome.reason },
          'a card production backend does not answer as it should; it is left alone for a while',
        );
    }
    return outcome;
  }

  private async attempt<T>(name: CallName, work: (signal: AbortSignal) => Promise<T>): Promise<CallOutcome<T>> {
    const { callMs } = this.parts.times;
    try {
      return {
        outcome: 'answered',
        answer: await withinTime(callMs, this.stopping, (signal) => Promise.race([work(signal), cutOff(signal)])),
      };
    } catch (raw) {
      if (raw instanceof BackendBusy) {
        return {
          outcome: 'not-taken',
          retryAfterMs: Math.min(longestHoldMs, Math.max(0, raw.retryAfterMs)),
          reason: raw.message,
        };
      }
      if (raw instanceof BackendDown) return { outcome: 'not-taken', retryAfterMs: null, reason: raw.message };
      // Any other error in an adapter may have happened after the backend took the call.
      if (!(raw instanceof AnswerLost))
        this.parts.log.error(
          { err: raw, backend: this.backend.id, call: name },
          'an adapter failed in an unforeseen way',
        );
      return {
        outcome: 'lost',
        reason: raw instanceof AnswerLost ? raw.message : 'The call failed in an unforeseen way; the log has it.',
      };
    }
  }
}

/** Never resolves; an adapter that does not heed its signal must not hold up the others. */
function cutOff(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new AnswerLost('The backend did not answer in time.'));
    });
  });
}
