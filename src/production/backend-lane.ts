import { BackendCaller } from './backend-caller.js';
import { ensureHealth, recordStatus, readHealth, claimStatusCheck } from './backend-health.js';
import type { ProductionBackend } from './backends/backend.js';
import { JobLoop, type Job } from '../kernel/job.js';
import type { CarrierParts, CarrierTimes } from './carrier-types.js';
import { handOver } from './handover.js';
import { inquire } from './inquiry.js';
import type { Claim } from './order-ledger.js';

/** Pause while a backend has as many cards as may wait there (ms). */
const fullPauseMs = 250;
/** Shortest pause when an order is due and somebody else holds it (ms). */
const shortestPauseMs = 20;

/** Carries the orders of one backend: no more calls at once than it takes, none while its circuit is open. */
export class BackendLane implements Job {
  readonly name: string;
  readonly everyMs: number;
  readonly stopMs: number;
  private readonly loop: JobLoop;
  private readonly parts: CarrierParts;
  private readonly caller: BackendCaller;
  private readonly running = new Set<Promise<void>>();
  private known = false;
  private claims = 0;

  /** @param worker unique to this start of the process */
  constructor(
    readonly backend: ProductionBackend,
    private readonly worker: string,
    parts: CarrierParts,
  ) {
    this.parts = { ...parts, times: inTimeFor(backend, parts.times) };
    this.name = `carry orders to ${backend.id}`;
    this.everyMs = parts.times.idleMs;
    this.stopMs = parts.times.stopMs;
    this.loop = new JobLoop(this, parts.log);
    this.caller = new BackendCaller(backend, this.parts, this.loop.cutOff);
  }

  start(): void {
    this.loop.start();
    this.loop.notify();
  }

  /** Looks at once. */
  notify(): void {
    this.loop.notify();
  }

  /** Ends after the calls under way, which are cut off when they take too long. */
  stop(): Promise<void> {
    return this.loop.stop();
  }

  async end(): Promise<void> {
    await Promise.all(this.running);
  }

  /** Begins what there is to do. @returns how long to wait before the next look (ms); 0 to look again at once */
  async round(): Promise<number> {
    const { db, ledger, times } = this.parts;
    const { id, callsAtOnce, cardsPerCall, settleMs } = this.backend;
    if (!this.known) await ensureHealth(db, id);
    this.known = true;
    const health = await readHealth(db, id, times.statusMs);
    this.caller.troubled = health.failures > 0;
    if (health.checkDue && (await claimStatusCheck(db, id, times.statusMs))) this.track(this.checkStatus());
    if (health.circuit !== 'closed') return Math.max(shortestPauseMs, Math.min(times.idleMs, health.holdMs));
    if (health.holdMs > 0) return Math.min(times.idleMs, health.holdMs);
    let found = false;
    if (this.running.size < callsAtOnce) {
      const claim = this.newClaim();
      const questions = await ledger.claimQuestions(id, cardsPerCall, settleMs, claim);
      if (questions.length > 0) this.track(inquire(this.caller, questions, claim, this.parts));
      found = questions.length > 0;
    }
    const room = this.running.size < callsAtOnce && !health.paused ? await this.room() : 0;
    if (room > 0) {
      const claim = this.newClaim();
      const intents = await ledger.claimIntents(id, Math.min(cardsPerCall, room), claim);
      if (intents.length > 0) this.track(handOver(this.caller, intents, claim, this.parts));
      found ||= intents.length > 0;
    }
    if (this.running.size >= callsAtOnce) return times.idleMs;
    if (room <= 0 && !health.paused) return fullPauseMs;
    return found ? 0 : Math.max(shortestPauseMs, await ledger.nextDueMs(id, !health.paused, times.idleMs));
  }

  /** How many cards the backend may get now, so that a card that somebody waits for is not behind too many others. */
  private async room(): Promise<number> {
    const { id, mostWaiting } = this.backend;
    return mostWaiting === undefined ? Infinity : mostWaiting - (await this.parts.ledger.countAt(id));
  }

  private newClaim(): Claim {
    this.claims += 1;
    return { holder: `${this.worker}/${this.backend.id}/${this.claims}`, leaseMs: this.parts.times.leaseMs };
  }

  /** A failure here is the database's: what was claimed comes back by its time. */
  private track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        this.parts.log.error(
          { err: error, backend: this.backend.id },
          'orders could not be carried on; they are taken up again later',
        );
      })
      .finally(() => {
        this.running.delete(tracked);
        this.loop.notify();
      });
    this.running.add(tracked);
  }

  private async checkStatus(): Promise<void> {
    const { db, log } = this.parts;
    const { id } = this.backend;
    const outcome = await this.caller.call('status', (signal) => this.backend.status(signal));
    if (outcome.outcome !== 'answered') return;
    const change = await recordStatus(db, id, outcome.answer);
    if (change === 'paused')
      log.warn(
        { backend: id, reason: outcome.answer.message },
        'a card production backend makes no cards until someone has seen to it',
      );
    if (change === 'resumed') log.info({ backend: id }, 'a card production backend makes cards again');
  }
}

/** A backend that forgets is asked at least twice in the time that it remembers. */
function inTimeFor({ remembersMs = Infinity }: ProductionBackend, times: CarrierTimes): CarrierTimes {
  const longestMs = Math.min(times.polling.longestMs, remembersMs / 2);
  return {
    ...times,
    longestDelayMs: Math.min(times.longestDelayMs, longestMs),
    polling: { ...times.polling, longestMs },
  };
}
