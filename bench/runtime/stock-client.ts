import type { Client, TaskService } from 'camunda-external-task-client-js';

interface StockTask {
  readonly id: string;
  readonly businessKey?: string;
}

/** The parts of the stock client that only a comparison needs; our runtime uses none of them. */
export type StockClient = Client & {
  readonly engineService: {
    readonly baseUrl: string;
    request: (method: string, path: string, options?: object) => Promise<unknown>;
    fetchAndLock(body: object): Promise<unknown>;
  };
  subscribe(
    topic: string,
    options: object,
    handler: (context: {
      task: StockTask;
      taskService: Pick<TaskService, 'extendLock'> & { complete(task: StockTask): Promise<void> };
    }) => Promise<void>,
  ): unknown;
  start(): void;
  stop(): void;
};
