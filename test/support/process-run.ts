import { randomUUID } from 'node:crypto';
import { technicalAccounts } from '../../src/domain/roles.js';
import type { EngineClient } from '../../src/engine/client.js';
import { topics, type TopicName } from '../../src/process/contract/index.js';
import type { ErrorCodes, Outputs } from '../../workers/runtime/contract-types.js';
import { eventually } from './eventually.js';

type Topic<T extends TopicName> = (typeof topics)[T];
export type Values = Readonly<Record<string, unknown>>;

/** What one process instance went through, and where it called another. */
export interface Trace {
  readonly processKey: string;
  readonly steps: readonly { readonly activityId: string; readonly called: Trace | null }[];
}

/** An external task that a run's worker has taken. */
export interface TakenTask {
  readonly topic: TopicName;
  readonly activityId: string;
  readonly processKey: string;
  /** The inputs of the topic as the engine handed them out; null for those it did not have. */
  readonly inputs: Values;
}

/** An open user task. */
export interface OpenTask {
  readonly id: string;
  readonly assignee: string | null;
  readonly candidateGroups: readonly string[];
}

/** How long something that the engine does at once may take (milliseconds). */
const patience = 15_000;

/** One started process with all that it calls; called processes have to share its business key. */
export class ProcessRun {
  /** Every external task taken so far, in order. */
  readonly taken: TakenTask[] = [];
  private readonly workerId = `kit-${randomUUID()}`;

  constructor(
    private readonly engine: EngineClient,
    readonly businessKey: string,
    readonly processInstanceId: string,
  ) {}

  /** Waits for an external task of the topic and completes it. */
  async complete<T extends TopicName>(topic: T, outputs: Outputs<Topic<T>>): Promise<TakenTask> {
    return this.report(topic, 'complete', { variables: typed(outputs) });
  }

  /** Waits for an external task of the topic and ends it with one of its BPMN errors. */
  async refuse<T extends TopicName>(
    topic: T,
    errorCode: ErrorCodes<Topic<T>>,
    errorMessage: string,
  ): Promise<TakenTask> {
    return this.report(topic, 'bpmnError', { errorCode, errorMessage });
  }

  /** Waits for an external task of the topic and gives it up, which is an incident. */
  async fail(topic: TopicName, errorMessage: string): Promise<TakenTask> {
    return this.report(topic, 'failure', { errorMessage, retries: 0, retryTimeout: 0 });
  }

  /** Waits for a user task. */
  async openTask(taskKey: string): Promise<OpenTask> {
    const task = await eventually(`the task ${taskKey} is open`, patience, async () => {
      const [first] = await this.get<{ id: string; assignee: string | null }[]>('/task', {
        processInstanceBusinessKey: this.businessKey,
        taskDefinitionKey: taskKey,
      });
      return first;
    });
    const links = await this.get<{ groupId: string | null; type: string }[]>(`/task/${task.id}/identity-links`);
    const candidateGroups = links.flatMap(({ groupId, type }) =>
      groupId !== null && type === 'candidate' ? [groupId] : [],
    );
    return { id: task.id, assignee: task.assignee, candidateGroups };
  }

  /** Submits the form of a user task. */
  async submit(taskKey: string, values: Values): Promise<OpenTask> {
    const task = await this.openTask(taskKey);
    await this.post(`/task/${task.id}/submit-form`, { variables: typed(values) });
    return task;
  }

  /** Sends a message that one instance of this run waits for. */
  async send(messageName: string, values: Values = {}): Promise<void> {
    await this.post('/message', { messageName, businessKey: this.businessKey, processVariables: typed(values) });
  }

  /** What the run went through so far. */
  async trace(): Promise<Trace> {
    return this.traceOf(this.processInstanceId);
  }

  /** Activity ids in order; those of a called process follow the activity that called it. */
  async path(): Promise<string[]> {
    return flatten(await this.trace());
  }

  /** State of the started instance: `ACTIVE`, `COMPLETED`, … */
  async state(): Promise<string> {
    const instance = await this.get<{ state: string }>(`/history/process-instance/${this.processInstanceId}`);
    return instance.state;
  }

  /** Messages of the run's open incidents. */
  async incidents(): Promise<string[]> {
    const ids = await this.instanceIds();
    const open = await Promise.all(
      ids.map((processInstanceId) => this.get<{ incidentMessage: string }[]>('/incident', { processInstanceId })),
    );
    return open.flat().map((incident) => incident.incidentMessage);
  }

  /** What the engine did for this run, counted in its history. */
  async steps(): Promise<{ externalTasks: number; userTasks: number; jobs: number }> {
    const ids = await this.instanceIds();
    const count = async (path: string, filter: Values) => {
      const counts = await Promise.all(
        ids.map((processInstanceId) => this.get<{ count: number }>(`${path}/count`, { processInstanceId, ...filter })),
      );
      return counts.reduce((sum, each) => sum + each.count, 0);
    };
    return {
      externalTasks: await count('/history/external-task-log', { creationLog: true }),
      userTasks: await count('/history/task', {}),
      jobs: await count('/history/job-log', { creationLog: true }),
    };
  }

  private async report(topic: TopicName, how: string, body: object): Promise<TakenTask> {
    const { id, task } = await this.take(topic);
    this.taken.push(task);
    await this.post(`/external-task/${id}/${how}`, { workerId: this.workerId, ...body });
    return task;
  }

  /** Takes the next external task of a topic and holds its inputs against the contract. */
  private async take(topic: TopicName): Promise<{ id: string; task: TakenTask }> {
    const { inputs: declared } = topics[topic];
    const locked = await eventually(`there is work on the topic ${topic}`, patience, async () => {
      const [first] = await this.post<LockedTask[]>('/external-task/fetchAndLock', {
        workerId: this.workerId,
        maxTasks: 1,
        asyncResponseTimeout: 2_000,
        topics: [
          { topicName: topic, lockDuration: 60_000, businessKey: this.businessKey, variables: Object.keys(declared) },
        ],
      });
      return first;
    });
    const inputs: Record<string, unknown> = {};
    for (const [name, type] of Object.entries<string>(declared)) {
      inputs[name] = locked.variables[name]?.value ?? null;
      if (inputs[name] === null && !type.endsWith('?')) {
        throw new Error(`${locked.activityId} gets no "${name}", which ${topic} needs.`);
      }
    }
    return {
      id: locked.id,
      task: { topic, activityId: locked.activityId, processKey: locked.processDefinitionKey, inputs },
    };
  }

  private async traceOf(processInstanceId: string): Promise<Trace> {
    const instances = await this.get<HistoricActivity[]>('/history/activity-instance', {
      processInstanceId,
      sortBy: 'occurrence',
      sortOrder: 'asc',
    });
    const steps = await Promise.all(
      instances.map(async ({ activityId, calledProcessInstanceId: called }) => ({
        activityId,
        called: called === null ? null : await this.traceOf(called),
      })),
    );
    return { processKey: instances[0]?.processDefinitionKey ?? '', steps };
  }

  private async instanceIds(): Promise<string[]> {
    const instances = await this.get<{ id: string }[]>('/history/process-instance', {
      processInstanceBusinessKey: this.businessKey,
    });
    return instances.map((instance) => instance.id);
  }

  private get<T>(path: string, query: Readonly<Record<string, string | number | boolean>> = {}): Promise<T> {
    return this.engine.call<T>({ user: technicalAccounts.server, path, query });
  }

  private post<T>(path: string, body: object): Promise<T> {
    return this.engine.call<T>({ user: technicalAccounts.server, method: 'POST', path, body });
  }
}

interface LockedTask {
  readonly id: string;
  readonly activityId: string;
  readonly processDefinitionKey: string;
  readonly variables: Readonly<Record<string, { readonly value: unknown }>>;
}

interface HistoricActivity {
  readonly activityId: string;
  readonly processDefinitionKey: string;
  readonly calledProcessInstanceId: string | null;
}

function flatten({ steps }: Trace): string[] {
  return steps.flatMap(({ activityId, called }) => [activityId, ...(called === null ? [] : flatten(called))]);
}

/** Values as the engine's REST interface wants them; objects and lists travel as `Json`. */
export function typed(values: Values): Record<string, { value: unknown; type: string }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typedValue(value)]));
}

function typedValue(value: unknown): { value: unknown; type: string } {
  if (value === null || value === undefined) return { value: null, type: 'Null' };
  if (typeof value === 'object') return { value: JSON.stringify(value), type: 'Json' };
  if (typeof value === 'number') return { value, type: Number.isInteger(value) ? 'Integer' : 'Double' };
  return { value, type: typeof value === 'boolean' ? 'Boolean' : 'String' };
}
