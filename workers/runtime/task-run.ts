import { randomBytes } from 'node:crypto';
import { monotonicMs } from './clock.js';
import type { TopicContract } from './contract-types.js';
import { failureOf, planAttempts, publicMessageOf, type AttemptPlan, type RetryClass } from './failures.js';
import type { Handler, HandlerContext } from './handler-types.js';
import { Lock } from './lock.js';
import { describeError, type Log } from './log.js';
import type { RunResult, WorkerMetrics } from './metrics.js';
import { PermanentError } from './outcomes.js';
import type { Report, Reporter } from './report.js';
import type { FetchedTask, TaskProtocol } from './task-protocol.js';
import { readInputs, writeErrorOutputs, writeOutputs } from './variables.js';

/** What all runs of a lane share. */
export interface RunServices {
  readonly protocol: TaskProtocol;
  readonly reporter: Reporter;
  readonly metrics: WorkerMetrics;
  readonly log: Log;
  /** The retry class of an error, where the program knows better: everything unknown is tried again. */
  readonly retryClassOf: (error: unknown) => RetryClass | undefined;
  /** Milliseconds that an aborted handler gets to end by itself. */
  readonly abortGraceMs: number;
}

/** A topic as a run sees it: which one it is has been settled by the types of `createWorker`. */
export interface Topic {
  readonly contract: TopicContract;
  readonly handle: Handler<TopicContract>;
}

export type AbortReason = 'lock-lost' | 'time-limit' | 'stopping';

/** Why a handler was aborted; the reason of its `AbortSignal`. */
export class AbortedRun extends Error {
  override readonly name = 'AbortedRun';

  constructor(readonly why: AbortReason) {
    super(`the run was aborted: ${why}`);
  }
}

const defaultTimeLimitMs = 600_000;

/** One attempt at one task: reads its inputs, runs its handler while the lock is kept, and reports what came of it. */
export class TaskRun {
  /** Set when a handler ignored its abort: resolves when it ends after all. */
  abandoned: Promise<unknown> | undefined;
  private readonly startedAt = monotonicMs();
  private readonly abortion = new AbortController();
  private readonly lock: Lock;
  private handling = true;
  private giveUp: (() => void) | undefined;
  private childLog: Log | undefined;

  /** @param lockedAt monotonic time at which the task arrived */
  constructor(
    private readonly task: FetchedTask,
    private readonly topic: Topic,
    private readonly services: RunServices,
    lockedAt: number,
  ) {
    const { lockMs } = topic.contract;
    this.lock = new Lock(lockMs, lockedAt, () => services.protocol.extendLock(task.id, lockMs));
  }

  /** Whether its handler has ended and its result is on its way. */
  get reporting(): boolean {
    return !this.handling;
  }

  /** Keeps the lock and the time limit; called every now and then while the run lasts. */
  tick(now: number): void {
    if (!this.handling) return;
    this.lock.tick(now);
    if (this.lock.remainingMs(now) === 0) this.abort('lock-lost');
    else if (now - this.startedAt > this.timeLimitMs) this.abort('time-limit');
  }

  /**
   * Aborts the handler, if it still runs. Only the first reason counts.
   * @param graceMs milliseconds for it to end by itself; after that its result is not waited for
   */
  abort(why: AbortReason, graceMs: number = this.services.abortGraceMs): void {
    if (!this.handling || this.abortion.signal.aborted) return;
    this.abortion.abort(new AbortedRun(why));
    setTimeout(() => this.giveUp?.(), graceMs).unref();
  }

  /** Ends every attempt to report: nothing is sent for this run any more. */
  forfeit(): void {
    this.lock.forfeit();
    this.giveUp?.();
  }

  /**
   * @param crashes earlier starts of the task that never ended
   * @throws only what is an error in this runtime
   */
  async execute(crashes: number): Promise<void> {
    const { task, lock, services } = this;
    const plan = planAttempts(task, this.topic.contract.retry, crashes);
    const report = plan.left === 0 ? poisonReport(crashes, plan) : await this.attempt(plan);
    this.handling = false;
    const result = await services.reporter.send(report, { taskId: task.id, lock, plan });
    services.metrics.ended(task.topicName, result, lock.remainingMs());
    this.logEnd(result, report);
  }

  private async attempt(plan: AttemptPlan): Promise<Report> {
    const { contract } = this.topic;
    try {
      const outcome = await this.runHandler(readInputs(contract, this.task.variables), plan);
      if (outcome.kind === 'done')
        return { kind: 'complete', variables: writeOutputs(contract, outcome.outputs, this.task.variables) };
      if (!contract.errors.includes(outcome.code)) {
        throw new PermanentError(`The BPMN error “${outcome.code}” is not declared.`);
      }
      const { code, message, outputs = {} } = outcome;
      return { kind: 'raise', code, message, variables: writeErrorOutputs(contract, outputs) };
    } catch (error) {
      return this.errorReport(error, plan);
    } finally {
      this.services.metrics.handled(this.task.topicName, monotonicMs() - this.startedAt);
    }
  }

  /** The handler's outcome; rejects with `AbortedRun` when it was aborted and does not end within its grace. */
  private runHandler(variables: Record<string, unknown>, plan: AttemptPlan): ReturnType<Handler<TopicContract>> {
    const {
      id,
      topicName: topic,
      businessKey,
      processInstanceId,
      processDefinitionId,
      processDefinitionKey,
      activityId,
    } = this.task;
    const process = { processInstanceId, processDefinitionId, processDefinitionKey, activityId };
    const handling = this.topic.handle({ id, topic, businessKey, ...process, variables }, this.context(plan));
    return new Promise((resolve, reject) => {
      this.giveUp = () => {
        if (!this.handling) return;
        this.abandoned = handling.catch(() => undefined);
        reject(this.abortion.signal.reason as AbortedRun);
      };
      handling.then(resolve, reject);
    });
  }

  private context({ number: attempt, total: attempts }: AttemptPlan): HandlerContext {
    const logOf = () => this.log;
    return {
      signal: this.abortion.signal,
      get log() {
        return logOf();
      },
      attempt,
      attempts,
    };
  }

  /** The table of errors: what each kind means for the task. */
  private errorReport(error: unknown, plan: AttemptPlan): Report {
    const reason: unknown = this.abortion.signal.reason;
    const why = reason instanceof AbortedRun ? reason.why : undefined;
    if (why === 'stopping' || why === 'lock-lost') return { kind: 'release' };
    if (why === 'time-limit') {
      const message = `There was no result within ${Math.round(this.timeLimitMs / 1_000)} s.`;
      return { kind: 'fail', failure: failureOf('retry', message, plan) };
    }
    const retryClass = error instanceof PermanentError ? 'permanent' : (this.services.retryClassOf(error) ?? 'retry');
    const reference = randomBytes(4).toString('hex');
    this.log.warn({ reference, attempt: plan.number, retryClass, err: describeError(error) }, 'the handler failed');
    return { kind: 'fail', failure: failureOf(retryClass, publicMessageOf(error, reference), plan) };
  }

  private get timeLimitMs(): number {
    return this.topic.contract.timeLimitMs ?? defaultTimeLimitMs;
  }

  /** Made when first needed: most runs log nothing. */
  private get log(): Log {
    const { id, topicName, businessKey, processInstanceId } = this.task;
    return (this.childLog ??= this.services.log.child({
      topic: topicName,
      taskId: id,
      businessKey,
      processInstanceId,
    }));
  }

  private logEnd(result: RunResult, report: Report): void {
    if (result === 'completed') return;
    const failure = report.kind === 'fail' ? report.failure : undefined;
    if (result === 'incident') this.log.error({ result, message: failure?.message }, 'the task needs a person');
    else if (result === 'business_error') this.log.info({ result }, 'the task ended with a business error');
    else this.log.warn({ result, delayMs: failure?.delayMs }, 'the task was not completed');
  }
}

function poisonReport(crashes: number, plan: AttemptPlan): Report {
  const message = `The worker ended ${crashes} times while it ran this task, and never reported a result.`;
  return { kind: 'fail', failure: failureOf('permanent', message, plan) };
}
