import type { Client, TaskService } from 'camunda-external-task-client-js';
import type { workerHeaders } from './worker-headers.js';

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

/** An interceptor of the client gets neither method nor path, so the signature is added around its own request. */
export function sign(client: StockClient, headersOf: ReturnType<typeof workerHeaders>): void {
  const service = client.engineService;
  const request = service.request;
  const { pathname } = new URL(service.baseUrl);
  service.request = (method, path, options) =>
    request(method, path, { ...options, headers: headersOf({ method, target: pathname + path }) });
}
