/** The part of the client that the runtime and its tests use; the package ships no types. Read off version 3.1.0. */
declare module 'camunda-external-task-client-js' {
  export interface TypedValue {
    readonly type: string;
    readonly value: unknown;
    readonly valueInfo?: Readonly<Record<string, unknown>>;
  }

  export class Variables {
    constructor(initial?: Readonly<Record<string, TypedValue>>, options?: { readonly readOnly?: boolean });
    getTyped(name: string): TypedValue | null;
    setTyped(name: string, value: TypedValue): this;
    getDirtyVariables(): Readonly<Record<string, TypedValue>>;
  }

  export interface TaskService {
    complete(taskId: string, variables?: Variables, localVariables?: Variables): Promise<void>;
    handleFailure(
      taskId: string,
      failure: { errorMessage: string; errorDetails?: string; retries: number; retryTimeout: number },
    ): Promise<void>;
    handleBpmnError(taskId: string, errorCode: string, errorMessage?: string, variables?: Variables): Promise<void>;
    extendLock(taskId: string, newDuration: number): Promise<void>;
    unlock(taskId: string): Promise<void>;
  }

  export type Request = (method: string, path: string, options?: { readonly json?: unknown }) => Promise<unknown>;

  export interface EngineService {
    /** Every call of the client goes through this method of the instance. */
    request: Request;
    get(path: string): Promise<unknown>;
    fetchAndLock(body: object): Promise<unknown>;
  }

  export class Client {
    constructor(options: { baseUrl: string; workerId: string; autoPoll: boolean });
    readonly taskService: TaskService;
    readonly engineService: EngineService;
  }
}
