import { isEngineError, type EngineClient } from '../engine/client.js';
import type { DeployedDiagrams } from '../engine/diagrams.js';
import { EngineHistory } from '../engine/history.js';
import { isProductError, ProductError } from '../kernel/errors.js';
import type { Knex } from '../kernel/db/database.js';
import type { BatchDecision } from '../batch-rows/batch-types.js';
import type { Decision } from '../domain/decisions.js';
import type { CheckName } from '../process/contract/index.js';
import { alreadyDecided, notRequested, refusalByState } from './decision-refusals.js';
import { refuseSecondApproval } from './request-decision.js';
import { getRequest } from './request-reading.js';
import type { RequestDetails } from './request-types.js';

interface EngineTask {
  readonly id: string;
  readonly name: string;
  readonly taskDefinitionKey: string;
  readonly processDefinitionId: string;
  readonly description: string | null;
  readonly priority: number;
  readonly assignee: string | null;
  readonly owner: string | null;
  readonly delegationState: string | null;
  readonly due: string | null;
  readonly tenantId: string | null;
}

/** A deciding task in the instance that it belongs to. */
export interface DecidingPlace {
  readonly processInstanceId: string;
  readonly processDefinitionId: string;
  readonly taskDefinitionKey: string;
}

/** Where a request stands in its diagram. */
export interface CurrentStep {
  readonly id: string;
  readonly name: string;
}

interface ActivityInstance {
  readonly activityId: string;
  readonly activityName: string | null;
  readonly childActivityInstances: readonly ActivityInstance[];
}

/** What is decided on: a request, or a batch of them. */
interface Subject {
  /** Begins a sentence. */
  readonly what: string;
  readonly processInstanceId: string | null;
  readonly check: CheckName;
  /** Throws where it waits for no decision. */
  readonly stillWaits: () => Promise<void>;
}

const deciding: CheckName = 'decide-request';
const decidingBatch: CheckName = 'decide-requests';

/** How long a registered request may take to reach its deciding task (ms). */
const taskWithinMs = 3_000;
const lookEveryMs = 50;

/** The tasks of requests in the engine, used in the name of the person who asks. */
export class RequestTasks {
  private readonly history: EngineHistory;

  constructor(
    private readonly db: Knex,
    private readonly engine: EngineClient,
    private readonly diagrams: DeployedDiagrams,
    private readonly systemUser: string,
  ) {
    this.history = new EngineHistory(engine, systemUser);
  }

  /** The element that an open request waits at, or null where there is none (any more) or the engine does not answer. */
  async currentStep({ processInstanceId, endedAt }: RequestDetails): Promise<CurrentStep | null> {
    return processInstanceId === null || endedAt !== null ? null : this.stepOf(processInstanceId);
  }

  private async stepOf(processInstanceId: string): Promise<CurrentStep | null> {
    try {
      const tree = await this.engine.call<ActivityInstance>({
        user: this.systemUser,
        path: `/process-instance/${encodeURIComponent(processInstanceId)}/activity-instances`,
      });
      const leaf = leafOf(tree);
      return leaf === tree ? null : { id: leaf.activityId, name: leaf.activityName ?? leaf.activityId };
    } catch (raw) {
      if (isEngineError(raw, 404, 500) || isProductError(raw, 'engine-unavailable')) return null;
      throw raw;
    }
  }

  /**
   * Completes the deciding task in the name of `user`; the worker records the decision from the engine's history.
   * @returns whether others have to approve after this
   * @throws ProductError `already-decided` when it is decided, `not-requested` when it waits for no decision, `forbidden` when it
   *   waits for others, `approved-already` when another person has to approve here
   */
  async decide(
    user: string,
    request: RequestDetails,
    {
      decision,
      reason,
      seenContent,
    }: { readonly decision: Decision; readonly reason: string | null; readonly seenContent: string },
  ): Promise<{ othersFollow: boolean }> {
    const task = await this.decidingTask(user, request);
    await this.assertNotApprovedBy(user, { ...task, processInstanceId: request.processInstanceId ?? '' });
    const text = (value: string | null) => ({ value, type: 'String' });
    await this.change(user, task, this.subjectOf(request), 'POST', '/submit-form', {
      variables: { decision: text(decision), reason: text(reason), seenContent: text(seenContent) },
    });
    const together = await this.decidedTogether(task);
    return {
      othersFollow: decision === 'approve' && together.length > 0 && together.at(-1) !== task.taskDefinitionKey,
    };
  }

  /**
   * Where different people have to approve, nobody comes twice: early and politely, since worker and database look again.
   * @throws ProductError `approved-already`
   */
  async assertNotApprovedBy(user: string, place: DecidingPlace): Promise<void> {
    const together = await this.decidedTogether(place);
    const before = together.slice(0, together.indexOf(place.taskDefinitionKey));
    const latest = await Promise.all(before.map((task) => this.history.completionsOf(place.processInstanceId, task)));
    refuseSecondApproval(
      user,
      latest.flatMap(([completion]) => (completion === undefined ? [] : [completion.user])),
    );
  }

  /** The tasks that a deciding task counts together with, in their order and itself among them; none where nothing names it. */
  private async decidedTogether(
    place: Pick<DecidingPlace, 'processDefinitionId' | 'taskDefinitionKey'>,
  ): Promise<readonly string[]> {
    const { approvals } = await this.diagrams.get(place.processDefinitionId);
    return approvals.find((tasks) => tasks.includes(place.taskDefinitionKey)) ?? [];
  }

  /**
   * Completes the task that decides on a batch of requests in the name of `user`.
   * @param processInstanceId the instance that carries the batch order out
   * @param stillWaits throws where the batch order waits for no decision
   * @throws ProductError as `decide`
   */
  async decideBatch(
    user: string,
    processInstanceId: string,
    { decision, reason, exceptions }: BatchDecision,
    stillWaits: () => Promise<void>,
  ): Promise<void> {
    const subject: Subject = { what: 'This batch order', processInstanceId, check: decidingBatch, stillWaits };
    const task = await this.taskOf(user, subject);
    await this.change(user, task, subject, 'POST', '/submit-form', {
      variables: {
        decision: { value: decision, type: 'String' },
        reason: { value: reason, type: 'String' },
        exceptions: { value: JSON.stringify(exceptions), type: 'Json' },
      },
    });
  }

  /** Hides the deciding task from the Approvals filter until `until`; nothing is decided. Errors as `decide`. */
  async postpone(user: string, request: RequestDetails, until: Date): Promise<void> {
    const task = await this.decidingTask(user, request);
    const { name, description, priority, assignee, owner, delegationState, due, tenantId } = task;
    // The engine replaces the whole task: what is not sent is emptied.
    const kept = { name, description, priority, assignee, owner, delegationState, due, tenantId };
    await this.change(user, task, this.subjectOf(request), 'PUT', '', {
      ...kept,
      followUp: until.toISOString().replace('Z', '+0000'),
    });
  }

  /** Puts new `Json` values under an open form, so that the person sees them when looking at it again. */
  async show(taskId: string, variables: Readonly<Record<string, unknown>>): Promise<void> {
    const modifications = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, { value: JSON.stringify(value), type: 'Json' }]),
    );
    await this.engine.call({
      user: this.systemUser,
      method: 'POST',
      path: `/task/${taskId}/variables`,
      body: { modifications },
    });
  }

  private async decidingTask(user: string, request: RequestDetails): Promise<EngineTask> {
    const { batchOrder } = request;
    if (batchOrder !== null) throw partOfBatch(batchOrder);
    return this.taskOf(user, this.subjectOf(request));
  }

  private subjectOf({ id, processInstanceId }: RequestDetails): Subject {
    const stillWaits = async () => {
      const refusal = refusalByState(await getRequest(this.db, id));
      if (refusal !== null) throw refusal;
    };
    return { what: 'This request', processInstanceId, check: deciding, stillWaits };
  }

  /** The task that `user` decides in. It may come a moment after the registration: the database knows of it first. */
  private async taskOf(user: string, subject: Subject): Promise<EngineTask> {
    const { processInstanceId } = subject;
    if (processInstanceId === null) throw startedAgain(subject);
    const deadline = Date.now() + taskWithinMs;
    for (;;) {
      const task = await this.findTask(user, processInstanceId, subject.check);
      if (task !== null) return task;
      const elsewhere = await this.whyNoTask(processInstanceId, subject);
      if (elsewhere.final || Date.now() > deadline) {
        // It may have come between the two looks.
        const now = await this.findTask(user, processInstanceId, subject.check);
        if (now !== null) return now;
        throw elsewhere.refusal;
      }
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }

  private async findTask(user: string, processInstanceId: string, check: CheckName): Promise<EngineTask | null> {
    const tasks = await this.engine.call<EngineTask[]>({ user, path: '/task', query: { processInstanceId } });
    for (const task of tasks) {
      const diagram = await this.diagrams.get(task.processDefinitionId);
      if (diagram.forms.get(task.taskDefinitionKey)?.check === check) return task;
    }
    return null;
  }

  /**
   * Why a person finds no task to decide in.
   * `final` where waiting does not bring it.
   */
  private async whyNoTask(
    processInstanceId: string,
    { what, check, stillWaits }: Subject,
  ): Promise<{ readonly final: boolean; readonly refusal: ProductError }> {
    await stillWaits();
    const task = await this.findTask(this.systemUser, processInstanceId, check);
    if (task !== null) return { final: true, refusal: await this.forOthers(task, what) };
    const step = await this.stepOf(processInstanceId);
    if (step !== null)
      return {
        final: false,
        refusal: notRequested(`${what} waits at "${step.name}" at the moment, where nothing is decided.`),
      };
    await stillWaits();
    return {
      final: true,
      refusal: notRequested(
        `The process of ${lowerFirst(what)} has ended without a decision, so there is nothing to complete. Tell an administrator.`,
      ),
    };
  }

  /** A task that is there, but not for the person who asks. */
  private async forOthers({ id, name, assignee }: EngineTask, what: string): Promise<ProductError> {
    const links = await this.engine.call<{ userId: string | null; groupId: string | null }[]>({
      user: this.systemUser,
      path: `/task/${id}/identity-links`,
      query: { type: 'candidate' },
    });
    const groups = links.flatMap(({ groupId }) => (groupId === null ? [] : [`members of ${groupId}`]));
    const people = links.flatMap(({ userId }) => userId ?? []);
    const whom = assignee ?? [...people, ...groups].join(' or ');
    return new ProductError(
      'forbidden',
      `${what} waits at "${name}" for ${whom === '' ? 'nobody in particular' : whom}, not for you. Nothing was changed.`,
    );
  }

  private async change(
    user: string,
    task: EngineTask,
    { what, stillWaits }: Subject,
    method: 'POST' | 'PUT',
    path: string,
    body: unknown,
  ): Promise<void> {
    try {
      await this.engine.call({ user, method, path: `/task/${task.id}${path}`, body });
    } catch (raw) {
      if (!isEngineError(raw)) throw raw;
      // Completed while this call was on its way: the engine may say so, or know of no right to a task that is gone.
      if (!(await this.exists(task.id))) {
        await stillWaits();
        throw (await this.history.endOf(task.id)) === 'completed'
          ? alreadyDecided('Someone else completed this decision a moment before you. Nothing was changed.', raw)
          : notRequested(
              `"${task.name}" was withdrawn meanwhile, so there is nothing to decide. Nothing was changed.`,
              raw,
            );
      }
      if (raw.status === 403) throw await this.forOthers(task, what);
      throw raw;
    }
  }

  private async exists(taskId: string): Promise<boolean> {
    try {
      await this.engine.call({ user: this.systemUser, path: `/task/${taskId}` });
      return true;
    } catch (raw) {
      if (isEngineError(raw, 404)) return false;
      throw raw;
    }
  }
}

function startedAgain({ what }: Subject): ProductError {
  return notRequested(`The process of ${lowerFirst(what)} is being started again. Try again in a moment.`);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function partOfBatch({ number }: NonNullable<RequestDetails['batchOrder']>): ProductError {
  return new ProductError(
    'decided-together',
    `This request belongs to batch order ${number} and is decided there, together with the others of it.`,
  );
}

function leafOf(instance: ActivityInstance): ActivityInstance {
  const [child] = instance.childActivityInstances;
  return child === undefined ? instance : leafOf(child);
}
