import { technicalAccounts } from '../../domain/roles.js';
import { isEngineError, type EngineClient } from '../../engine/client.js';
import { EngineHistory, type TaskEnd } from '../../engine/history.js';
import { ProductError } from '../../kernel/errors.js';
import { checks } from '../../process/contract/index.js';
import type { SignedInUser } from '../signed-in-user.js';
import type { DoorCheckContext, DoorChecks, EngineVariable } from './door-checks.js';
import type { FormPlace, FormSource } from './form-source.js';
import { readSubmission } from './submission.js';

/** A task as far as the door looks at it. */
export interface EngineTask {
  readonly id: string;
  readonly taskDefinitionKey: string;
  readonly processDefinitionId: string;
  readonly processInstanceId: string;
}

/** What a person reads whose task is not there. */
const gone: Readonly<Record<TaskEnd, string>> = {
  completed: 'This task was completed meanwhile, in another window or by someone else. Nothing was changed.',
  withdrawn: 'This task was withdrawn meanwhile: its process went another way or was ended. Nothing was changed.',
  unknown: 'There is no such task.',
};

/** Turns a submitted form into what may be sent to the engine: declared fields and what their check adds. */
export class FormSubmission {
  private readonly history: EngineHistory;

  constructor(
    private readonly engine: EngineClient,
    private readonly forms: FormSource,
    private readonly checks: DoorChecks,
  ) {
    this.history = new EngineHistory(engine, technicalAccounts.server);
  }

  /**
   * The form of a user task. The engine shows the task only to people who may work on it.
   * @throws ProductError of the form's rules or its check; `not-found` when the task is completed, `forbidden` when it
   * is someone else's
   */
  async ofTask(user: SignedInUser, taskId: string, body: unknown): Promise<unknown> {
    const task = await this.visibleTask(user, taskId);
    const path = `/task/${encodeURIComponent(taskId)}`;
    return this.submit(
      user,
      body,
      {
        processDefinitionId: task.processDefinitionId,
        taskDefinitionKey: task.taskDefinitionKey,
        formPath: `${path}/deployed-form`,
      },
      {
        processInstanceId: task.processInstanceId,
        taskId,
        readVariable: (name) => this.readVariable(`${path}/variables/${encodeURIComponent(name)}`),
      },
    );
  }

  /**
   * The form of a start event.
   * @throws ProductError of the form's rules or its check; `forbidden` when the person may not start the process
   */
  async ofStart(user: SignedInUser, processDefinitionId: string, body: unknown): Promise<unknown> {
    await this.assertStartable(user, processDefinitionId);
    return this.submit(
      user,
      body,
      {
        processDefinitionId,
        taskDefinitionKey: null,
        formPath: `/process-definition/${encodeURIComponent(processDefinitionId)}/deployed-start-form`,
      },
      { processInstanceId: null, taskId: null, readVariable: () => Promise.resolve(undefined) },
    );
  }

  /** Why a task is not there: completed, withdrawn with its process, or none of this engine. */
  async whyGone(taskId: string): Promise<ProductError> {
    const end = await this.history.endOf(taskId);
    return new ProductError('not-found', gone[end]);
  }

  /** Whether a task still exists, for any account. */
  async exists(taskId: string): Promise<boolean> {
    return (await this.readTask(technicalAccounts.server, taskId)) !== null;
  }

  /**
   * A task that the person may see.
   * @throws ProductError `not-found` when it is gone, `forbidden` when it is someone else's
   */
  async visibleTask(user: SignedInUser, taskId: string): Promise<EngineTask> {
    const task = await this.readTask(user.id, taskId);
    if (task !== null) return task;
    if (await this.exists(taskId)) throw new ProductError('forbidden', 'This task is not yours to work on.');
    throw await this.whyGone(taskId);
  }

  /** Asked before any check runs, so that people who may not start the process learn nothing from its answer. */
  private async assertStartable(user: SignedInUser, processDefinitionId: string): Promise<void> {
    const { count } = await this.engine.call<{ count: number }>({
      user: user.id,
      path: '/process-definition/count',
      query: { processDefinitionId, startablePermissionCheck: true },
    });
    if (count > 0) return;
    throw new ProductError('forbidden', 'You may not start this process: it is switched off, or for other people.');
  }

  private async readTask(user: string, taskId: string): Promise<EngineTask | null> {
    try {
      return await this.engine.call<EngineTask>({ user, path: `/task/${encodeURIComponent(taskId)}` });
    } catch (raw) {
      if (isEngineError(raw, 403, 404)) return null;
      throw raw;
    }
  }

  private async readVariable(path: string): Promise<unknown> {
    try {
      // Left to itself the engine writes a JSON value as a bean of the class that it keeps it in.
      const query = { deserializeValue: false };
      const { value, type } = await this.engine.call<EngineVariable>({ user: technicalAccounts.server, path, query });
      return type === 'Json' && typeof value === 'string' ? JSON.parse(value) : value;
    } catch (raw) {
      if (isEngineError(raw, 404)) return undefined;
      throw raw;
    }
  }

  private async submit(
    user: SignedInUser,
    body: unknown,
    place: FormPlace,
    at: Pick<DoorCheckContext, 'processInstanceId' | 'taskId' | 'readVariable'>,
  ): Promise<{ variables: Readonly<Record<string, EngineVariable>> }> {
    const { form, check } = await this.forms.at(place);
    const { fields, variables } = readSubmission(body, form);
    if (check === null) return { variables };
    const { processDefinitionId, taskDefinitionKey } = place;
    const processDefinitionKey = processDefinitionId.split(':')[0] ?? '';
    const { add } = await this.checks.run(check, {
      user,
      processDefinitionId,
      processDefinitionKey,
      taskDefinitionKey,
      fields,
      ...at,
    });
    const surplus = Object.keys(add).filter((name) => !Object.hasOwn(checks[check].adds, name));
    if (surplus.length > 0)
      throw new Error(`The check ${check} adds ${surplus.join(', ')}, which the contract does not name.`);
    return { variables: { ...variables, ...add } };
  }
}
