import type { EngineClient } from './client.js';

/** A completed user task, from the engine's operation log: the proof of who decided. */
export interface TaskCompletion {
  readonly taskId: string;
  /** The run of the user task that was completed: a task that people come to twice has two. */
  readonly activityInstanceId: string;
  readonly operationId: string;
  readonly user: string;
  readonly completedAt: Date;
}

/** `withdrawn` with its process or by another way of it; `unknown` where history knows no such task. */
export type TaskEnd = 'completed' | 'withdrawn' | 'unknown';

interface OperationEntry {
  readonly operationId: string;
  readonly taskId: string | null;
  readonly userId: string | null;
  readonly timestamp: string;
}

/** What the engine's history says about who did what. Needs history level `full` and signed calls (see engine host). */
export class EngineHistory {
  constructor(
    private readonly engine: EngineClient,
    private readonly user: string,
  ) {}

  /**
   * Who started the process that `processInstanceId` belongs to, the outermost one when it was called.
   * @throws EngineError 404 when history knows no such instance
   */
  async starterOf(processInstanceId: string): Promise<string | null> {
    const instance = await this.instance(processInstanceId);
    const root =
      instance.rootProcessInstanceId === processInstanceId
        ? instance
        : await this.instance(instance.rootProcessInstanceId);
    return root.startUserId;
  }

  /** Completions of a user task in one process instance, the newest first. */
  async completionsOf(processInstanceId: string, taskDefinitionKey: string): Promise<TaskCompletion[]> {
    const [tasks, entries] = await Promise.all([
      this.engine.call<{ id: string; activityInstanceId: string }[]>({
        user: this.user,
        path: '/history/task',
        query: { processInstanceId, taskDefinitionKey, finished: true },
      }),
      this.engine.call<OperationEntry[]>({
        user: this.user,
        path: '/history/user-operation',
        query: {
          processInstanceId,
          operationType: 'Complete',
          entityType: 'Task',
          sortBy: 'timestamp',
          sortOrder: 'desc',
        },
      }),
    ]);
    const runs = new Map(tasks.map((task) => [task.id, task.activityInstanceId]));
    return entries.flatMap(({ taskId, userId, operationId, timestamp }) => {
      const activityInstanceId = runs.get(taskId ?? '');
      return taskId !== null && userId !== null && activityInstanceId !== undefined
        ? [{ taskId, activityInstanceId, user: userId, operationId, completedAt: new Date(timestamp) }]
        : [];
    });
  }

  /**
   * The texts of the form by whose submission a task was completed, by field. Only the engine's form handler writes these entries,
   * so no mapping of the diagram and no later activity can; a task that was completed without its form has none.
   */
  async textsEntered({ taskId, operationId }: TaskCompletion): Promise<ReadonlyMap<string, string>> {
    const fields = await this.engine.call<{ fieldId: string; fieldValue: unknown }[]>({
      user: this.user,
      path: '/history/detail',
      query: { taskId, userOperationId: operationId, formFields: true },
    });
    return new Map(
      fields.flatMap(({ fieldId, fieldValue }) => (typeof fieldValue === 'string' ? [[fieldId, fieldValue]] : [])),
    );
  }

  /**
   * The `Json` text that a task was completed with under one name, null without one; the engine keeps no form entry of such values. What
   * the person sent belongs to this run of the task, what a mapping of the diagram sets to what is around it.
   */
  async jsonEntered({ activityInstanceId, operationId }: TaskCompletion, name: string): Promise<string | null> {
    const updates = await this.engine.call<{ variableName: string; value: unknown }[]>({
      user: this.user,
      path: '/history/detail',
      query: {
        ...{ activityInstanceId, userOperationId: operationId, variableUpdates: true, deserializeValues: false },
        ...{ sortBy: 'occurrence', sortOrder: 'asc' },
      },
    });
    const first = updates.find(({ variableName }) => variableName === name);
    return typeof first?.value === 'string' ? first.value : null;
  }

  /** When a token last passed one of these events in a process instance; null when none did. */
  async lastPassed(processInstanceId: string, activityIds: ReadonlySet<string>): Promise<Date | null> {
    if (activityIds.size === 0) return null;
    const passed = await this.engine.call<{ activityId: string; canceled: boolean; endTime: string }[]>({
      user: this.user,
      path: '/history/activity-instance',
      query: { processInstanceId, finished: true, sortBy: 'endTime', sortOrder: 'desc' },
    });
    const last = passed.find(({ activityId, canceled }) => !canceled && activityIds.has(activityId));
    return last === undefined ? null : new Date(last.endTime);
  }

  /** Id of the definition that an instance ran in. @throws EngineError 404 when history knows no such instance */
  async definitionOf(processInstanceId: string): Promise<string> {
    return (await this.instance(processInstanceId)).processDefinitionId;
  }

  /** How a task that is not there any more has ended. */
  async endOf(taskId: string): Promise<TaskEnd> {
    const [task] = await this.engine.call<{ deleteReason: string | null }[]>({
      user: this.user,
      path: '/history/task',
      query: { taskId, finished: true },
    });
    if (task === undefined) return 'unknown';
    return task.deleteReason === 'completed' ? 'completed' : 'withdrawn';
  }

  private async instance(
    id: string,
  ): Promise<{ startUserId: string | null; rootProcessInstanceId: string; processDefinitionId: string }> {
    return this.engine.call({ user: this.user, path: `/history/process-instance/${encodeURIComponent(id)}` });
  }
}
