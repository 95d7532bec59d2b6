import { Client, type TypedValue, type Variables } from 'camunda-external-task-client-js';
import { NoAnswer } from './exchange.js';
import { EngineRefusal, type EngineTransport } from './transport.js';

/**
 * The only file that talks the task protocol.
 *
 * Danger zone. `camunda-external-task-client-js` words the calls and serializes the variables; its poll loop, its way of
 * running handlers and its transport are not used (docs/decisions/task-transport.md says why). Three seams hold this
 * together, and a new version of the client has to be checked for them:
 * - `autoPoll: false`: the client never polls by itself;
 * - every call goes through `engineService.request`, looked up on the instance at each call, so that it can be replaced;
 * - `taskService` sends variables only if they are `Variables`; plain objects would be dropped in silence.
 */

/** A task as the engine hands it out. */
export interface FetchedTask {
  readonly id: string;
  readonly topicName: string;
  readonly businessKey: string | null;
  readonly processInstanceId: string;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  readonly activityId: string;
  /** Attempts left; null before the first failure. */
  readonly retries: number | null;
  /** ISO 8601, by the engine's clock. */
  readonly createTime: string | null;
  readonly extensionProperties: Readonly<Record<string, string>> | null;
  readonly variables: Readonly<Record<string, TypedValue>>;
}

export interface TopicSubscription {
  readonly topicName: string;
  readonly lockDuration: number;
  readonly variables: readonly string[];
}

/** Output variables: `process` go up to the process instance, `local` stay in the scope of the task. */
export interface OutputVariables {
  readonly process?: Variables;
  readonly local?: Variables;
}

/**
 * What a failed call means for the task:
 * - `gone`: the task does not exist any more
 * - `refused`: the lock is lost, or the call makes no sense to the engine
 * - `conflict`: an optimistic lock or a deadlock; the same call may succeed a moment later
 * - `failed`: the engine could not continue after the step; its transaction was rolled back
 * - `unavailable`: the engine, or something before it, cannot serve us now
 * - `no-answer`: nobody knows whether the call took effect
 */
export type Verdict = 'gone' | 'refused' | 'conflict' | 'failed' | 'unavailable' | 'no-answer';

const optimisticLock = 1;
const deadlock = 10_000;

/** @throws raw itself when it is not an answer, or the lack of one: that is an error in our own program */
export function verdictOf(raw: unknown): Verdict {
  if (raw instanceof NoAnswer) return 'no-answer';
  if (!(raw instanceof EngineRefusal)) throw raw;
  // Without a type the answer is a proxy's or a wrong address's: it says nothing about the task.
  if (raw.type === '') return 'unavailable';
  if (raw.status === 404) return 'gone';
  if (raw.status === 400) return 'refused';
  if (raw.status !== 500) return 'unavailable';
  return raw.code === optimisticLock || raw.code === deadlock ? 'conflict' : 'failed';
}

export interface ProtocolOptions {
  readonly engineUrl: string;
  /** Unique per process start: it is all that `complete` compares. */
  readonly workerId: string;
  readonly transport: EngineTransport;
  /** Milliseconds for each call that is not a long poll. */
  readonly callMs: number;
  /** Milliseconds that the engine may hold a poll open while there is nothing to do. */
  readonly longPollMs: number;
}

/** The calls about external tasks, in the name of one worker. Each throws what `verdictOf` classifies. */
export class TaskProtocol {
  readonly workerId: string;
  private readonly client: Client;
  private readonly fetchAbort = new AbortController();

  constructor(private readonly options: ProtocolOptions) {
    this.workerId = options.workerId;
    this.client = new Client({ baseUrl: options.engineUrl, workerId: options.workerId, autoPoll: false });
    this.client.engineService.request = (method, path, request) =>
      options.transport.request(method as 'GET' | 'POST', path, request?.json, this.limitsOf(path));
  }

  /**
   * Locks and returns at most `maxTasks` tasks.
   * @param patience `wait` lets the engine hold the request for `longPollMs` while there are none
   */
  async fetch(
    maxTasks: number,
    topics: readonly TopicSubscription[],
    patience: 'wait' | 'at-once',
  ): Promise<FetchedTask[]> {
    const tasks = await this.client.engineService.fetchAndLock({
      maxTasks,
      usePriority: true,
      asyncResponseTimeout: patience === 'wait' ? this.options.longPollMs : 1,
      topics: topics.map((topic) => ({ ...topic, includeExtensionProperties: true })),
    });
    return tasks as FetchedTask[];
  }

  /**
   * Makes the engine answer the pending `fetch` at once. A request that is merely broken off stays pending in the
   * engine, which would lock further tasks for a worker that is not listening any more; but where the engine host sets
   * `fetch-and-lock-unique-worker-request`, a second request of the same worker replaces the first (answered with 503).
   */
  async cancelFetch(): Promise<void> {
    await this.client.engineService.fetchAndLock({
      maxTasks: 1,
      asyncResponseTimeout: 1,
      topics: [{ topicName: `nobody-serves-this/${this.workerId}`, lockDuration: 1 }],
    });
  }

  /** Breaks off the pending `fetch`: the last resort, see `cancelFetch`. */
  abortFetch(): void {
    this.fetchAbort.abort();
  }

  complete(taskId: string, { process, local }: OutputVariables): Promise<void> {
    return this.client.taskService.complete(taskId, process, local);
  }

  /**
   * @param retries attempts left; 0 makes an incident
   * @param delayMs milliseconds until the next attempt
   */
  fail(taskId: string, failure: { message: string; retries: number; delayMs: number }): Promise<void> {
    return this.client.taskService.handleFailure(taskId, {
      errorMessage: failure.message,
      retries: failure.retries,
      retryTimeout: failure.delayMs,
    });
  }

  raise(taskId: string, code: string, message: string, { process }: OutputVariables): Promise<void> {
    return this.client.taskService.handleBpmnError(taskId, code, message, process);
  }

  extendLock(taskId: string, lockMs: number): Promise<void> {
    return this.client.taskService.extendLock(taskId, lockMs);
  }

  /** The engine does not check who asks: only for a task whose lock is surely ours. */
  unlock(taskId: string): Promise<void> {
    return this.client.taskService.unlock(taskId);
  }

  /** Whether the task still exists and this worker is the last that locked it. */
  async holds(taskId: string): Promise<'ours' | 'others' | 'gone'> {
    try {
      const task = (await this.client.engineService.get(`/external-task/${taskId}`)) as { workerId: string | null };
      return task.workerId === this.workerId ? 'ours' : 'others';
    } catch (error) {
      if (verdictOf(error) === 'gone') return 'gone';
      throw error;
    }
  }

  private limitsOf(path: string) {
    const { callMs, longPollMs } = this.options;
    if (!path.endsWith('/fetchAndLock')) return { timeoutMs: callMs };
    return { timeoutMs: longPollMs + callMs, poll: true, signal: this.fetchAbort.signal };
  }
}
