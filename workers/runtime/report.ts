import type { AttemptStore } from './attempts.js';
import { deliver, type Delivery } from './delivery.js';
import { failureOf, type AttemptPlan, type Failure } from './failures.js';
import type { Lock } from './lock.js';
import type { RunResult } from './metrics.js';
import type { OutputVariables, TaskProtocol } from './task-protocol.js';

/** What a run reports to the engine. */
export type Report =
  | { readonly kind: 'complete'; readonly variables: OutputVariables }
  | { readonly kind: 'raise'; readonly code: string; readonly message: string; readonly variables: OutputVariables }
  | { readonly kind: 'fail'; readonly failure: Failure }
  | { readonly kind: 'release' };

/** What sending a report needs to know of its run. */
export interface ReportingRun {
  readonly taskId: string;
  readonly lock: Lock;
  readonly plan: AttemptPlan;
}

/** The engine call for each kind of report, and what follows when the engine does not take it. */
export class Reporter {
  constructor(
    private readonly protocol: TaskProtocol,
    private readonly attempts: AttemptStore,
  ) {}

  async send(report: Report, run: ReportingRun): Promise<RunResult> {
    const result = await this.call(report, run);
    if (result === 'lost' || result === 'unresolved') this.attempts.withdraw(run.taskId, this.protocol.workerId);
    // The other two were written down before they were sent: by now the start of the next worker may be there.
    else if (result !== 'retry' && result !== 'released') this.attempts.settle(run.taskId);
    return result;
  }

  private async call(report: Report, run: ReportingRun): Promise<RunResult> {
    const { taskId } = run;
    switch (report.kind) {
      case 'complete':
        return this.orIncident('completed', run, 'retry', 'The process could not continue after this step', () =>
          this.protocol.complete(taskId, report.variables),
        );
      case 'raise':
        // Trying again would only repeat what the handler has done: the diagram is what has to be mended.
        return this.orIncident('business_error', run, 'permanent', `The process does not handle “${report.code}”`, () =>
          this.protocol.raise(taskId, report.code, report.message, report.variables),
        );
      case 'fail':
        return this.fail(report.failure, run);
      case 'release':
        this.attempts.withdraw(taskId, this.protocol.workerId);
        await this.attempts.flush();
        return resultOf(await this.deliver(run, () => this.protocol.unlock(taskId)), 'released');
    }
  }

  /** A result that the engine rejects is a failure of the step. */
  private async orIncident(
    result: RunResult,
    run: ReportingRun,
    retryClass: 'retry' | 'permanent',
    sentence: string,
    send: () => Promise<void>,
  ): Promise<RunResult> {
    const delivery = await this.deliver(run, send);
    if (typeof delivery === 'string') return resultOf(delivery, result);
    const { status, engineMessage } = delivery.rejected;
    // 400 while the lock is ours: the engine cannot make sense of the result, and never will.
    return this.fail(
      failureOf(status === 400 ? 'permanent' : retryClass, `${sentence}: ${engineMessage}`, run.plan),
      run,
    );
  }

  private async fail(failure: Failure, run: ReportingRun): Promise<RunResult> {
    if (failure.retries > 0) {
      // Before the engine can hand the task out again: the next worker must not take this start for a crash. An incident
      // is handed out to nobody; and should it not get through, the crashes that made it have to be there still.
      this.attempts.settle(run.taskId);
      await this.attempts.flush();
    }
    const delivery = await this.deliver(run, () => this.protocol.fail(run.taskId, failure));
    return resultOf(delivery, failure.retries === 0 ? 'incident' : 'retry');
  }

  private deliver({ taskId, lock }: ReportingRun, send: () => Promise<void>): Promise<Delivery> {
    return deliver(send, taskId, lock, this.protocol);
  }
}

/** A failure that the engine rejects leaves the task to its lock: it will be handed out again. */
function resultOf(delivery: Delivery, whenAccepted: RunResult): RunResult {
  if (delivery === 'accepted') return whenAccepted;
  return typeof delivery === 'string' ? delivery : 'unresolved';
}
