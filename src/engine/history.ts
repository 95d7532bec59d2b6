import type { EngineClient } from './client.js';

/** A completed user task, from the engine's operation log: the proof of who decided. */
export interface TaskCompletion {
  readonly taskId: string;
  readonly operationId: string;
  readonly user: string;
  readonly completedAt: Date;
}

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
      this.engine.call<{ id: string }[]>({
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
    const ids = new Set(tasks.map((task) => task.id));
    return entries.flatMap(({ taskId, userId, operationId, timestamp }) =>
      taskId !== null && userId !== null && ids.has(taskId)
        ? [{ taskId, user: userId, operationId, completedAt: new Date(timestamp) }]
        : [],
    );
  }

  /** The text variables that were set by one operation of a person, such as completing a task, by name. */
  async textsOf(operationId: string): Promise<ReadonlyMap<string, string>> {
    const details = await this.engine.call<{ variableName: string; value: unknown }[]>({
      user: this.user,
      path: '/history/detail',
      query: { userOperationId: operationId, variableUpdates: true, deserializeValues: false },
    });
    return new Map(
      details.flatMap(({ variableName, value }) => (typeof value === 'string' ? [[variableName, value]] : [])),
    );
  }

  private async instance(id: string): Promise<{ startUserId: string | null; rootProcessInstanceId: string }> {
    return this.engine.call({ user: this.user, path: `/history/process-instance/${encodeURIComponent(id)}` });
  }
}
