import { randomBytes } from 'node:crypto';
import {
  createWorker,
  done,
  type Handler,
  type Log,
  type TopicContract,
  type Worker,
  type WorkerOptions,
} from '../../workers/runtime/index.js';
import { callEngine, lentEngine, type EngineConnection } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { workerHeaders } from './worker-headers.js';

/** A contract that most tests vary. */
export const plainTopic = {
  inputs: {},
  outputs: {},
  errors: [],
  retry: { attempts: 3, firstDelayMs: 100, maxDelayMs: 1_000 },
  lockMs: 10_000,
} as const satisfies TopicContract;

/** The handler that has nothing to do. */
export const finish = () => Promise.resolve(done<Record<string, never>>({}));

/** A name that no other test of the shared engine uses. */
export const unique = (name: string): string => `${name}-${randomBytes(4).toString('hex')}`;

/**
 * The shared engine, with the rights that the workers' account needs: without them a fetch finds nothing, and says nothing.
 */
export async function engineForWorkers(): Promise<EngineConnection> {
  const engine = await lentEngine();
  await allowWorkers(engine);
  return engine;
}

/** Lets the workers' account fetch and end the tasks of every process. */
export async function allowWorkers(engine: EngineConnection): Promise<void> {
  const processDefinitions = 6;
  const grant = { type: 1, userId: 'card-worker', groupId: null, resourceType: processDefinitions, resourceId: '*' };
  const { body } = await callEngine(engine, 'GET', '/authorization?userIdIn=card-worker&resourceType=6&resourceId=*');
  if ((body as unknown[]).length > 0) return;
  await callEngine(engine, 'POST', '/authorization/create', {
    ...grant,
    permissions: ['READ_INSTANCE', 'UPDATE_INSTANCE'],
  });
}

export interface DiagramOptions {
  /** Children of the service task's `extensionElements`. */
  readonly extensions?: string;
  /** Further children of the service task. */
  readonly inside?: string;
  /** BPMN error that a boundary event catches. */
  readonly catches?: string;
  /** Elements between the service task and the end. */
  readonly steps?: number;
}

/** Deploys `start → external task (as many as told, all of the topic) → end` and returns the process key. */
export async function deploy(engine: EngineConnection, topic: string, options: DiagramOptions = {}): Promise<string> {
  const key = unique('process');
  const form = new FormData();
  form.set('deployment-name', key);
  form.set('process.bpmn', new Blob([diagram(key, topic, options)]), 'process.bpmn');
  const { status, body } = await callEngine(engine, 'POST', '/deployment/create', form);
  if (status !== 200) throw new Error(`Deployment failed: ${JSON.stringify(body)}`);
  return key;
}

function diagram(
  key: string,
  topic: string,
  { extensions = '', inside = '', catches, steps = 1 }: DiagramOptions,
): string {
  const ids = Array.from({ length: steps }, (_, index) => `work-${index}`);
  const flow = ['begin', ...ids, 'end'];
  const tasks = ids.map(
    (id) => `<bpmn:serviceTask id="${id}" camunda:type="external" camunda:topic="${topic}">
      <bpmn:extensionElements>${extensions}</bpmn:extensionElements>${inside}</bpmn:serviceTask>`,
  );
  const flows = flow
    .slice(1)
    .map((id, index) => `<bpmn:sequenceFlow id="to-${id}" sourceRef="${flow[index]}" targetRef="${id}"/>`);
  const caught =
    catches === undefined
      ? ''
      : `<bpmn:boundaryEvent id="caught" attachedToRef="work-0"><bpmn:errorEventDefinition
      id="caught-error" errorRef="error" camunda:errorMessageVariable="caughtMessage"/></bpmn:boundaryEvent>
      <bpmn:endEvent id="after-error"/><bpmn:sequenceFlow id="to-after-error" sourceRef="caught" targetRef="after-error"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
    <bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="definitions"
      xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://example.test">
    <bpmn:process id="${key}" isExecutable="true" camunda:historyTimeToLive="P1D">
      <bpmn:startEvent id="begin"/>${tasks.join('')}<bpmn:endEvent id="end"/>${flows.join('')}${caught}
    </bpmn:process>
    ${catches === undefined ? '' : `<bpmn:error id="error" errorCode="${catches}"/>`}</bpmn:definitions>`;
}

export interface TypedVariable {
  readonly type?: string;
  readonly value: unknown;
}

/** Starts an instance and returns its id. */
export async function start(
  engine: EngineConnection,
  key: string,
  variables: Readonly<Record<string, TypedVariable>> = {},
  businessKey = unique('case'),
): Promise<string> {
  const { status, body } = await callEngine(engine, 'POST', `/process-definition/key/${key}/start`, {
    variables,
    businessKey,
  });
  if (status !== 200) throw new Error(`Start failed: ${JSON.stringify(body)}`);
  return (body as { id: string }).id;
}

export interface ExternalTask {
  readonly id: string;
  readonly retries: number | null;
  readonly workerId: string | null;
  readonly errorMessage: string | null;
  readonly lockExpirationTime: string | null;
}

/** The external tasks of an instance that have not ended. */
export async function openTasks(engine: EngineConnection, instanceId: string): Promise<ExternalTask[]> {
  return (await callEngine(engine, 'GET', `/external-task?processInstanceId=${instanceId}`)).body as ExternalTask[];
}

/** Waits for the instance's incident and returns its message. */
export function incidentOf(engine: EngineConnection, instanceId: string): Promise<string> {
  return eventually(`instance ${instanceId} has an incident`, 20_000, async () => {
    const { body } = await callEngine(engine, 'GET', `/incident?processInstanceId=${instanceId}`);
    return (body as { incidentMessage: string }[])[0]?.incidentMessage;
  });
}

export async function isEnded(engine: EngineConnection, instanceId: string): Promise<boolean> {
  return (await callEngine(engine, 'GET', `/process-instance/${instanceId}`)).status === 404;
}

export function untilEnded(engine: EngineConnection, instanceId: string, timeoutMs = 20_000): Promise<boolean> {
  return eventually(`instance ${instanceId} has ended`, timeoutMs, () => isEnded(engine, instanceId));
}

/** Variables of an ended or running instance by name. */
export async function historicVariables(
  engine: EngineConnection,
  instanceId: string,
): Promise<Record<string, TypedVariable>> {
  const path = `/history/variable-instance?processInstanceId=${instanceId}&deserializeValues=false`;
  const rows = (await callEngine(engine, 'GET', path)).body as { name: string; type: string; value: unknown }[];
  return Object.fromEntries(rows.map(({ name, type, value }) => [name, { type, value }]));
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** A logger that keeps its lines. */
export function recordingLog(
  lines: LogLine[] = [],
  bindings: Record<string, unknown> = {},
): Log & { lines: LogLine[] } {
  const record = (level: LogLine['level']) => (fields: object, message: string) => {
    lines.push({ level, message, fields: { ...bindings, ...fields } });
  };
  return {
    lines,
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
    child: (more) => recordingLog(lines, { ...bindings, ...more }),
  };
}

const workers = new Set<Worker>();

/** A started worker for one topic; `stopWorkers` ends it. */
export function startWorker<const T extends TopicContract>(
  engine: EngineConnection,
  topic: string,
  contract: T,
  handle: Handler<T>,
  options: Partial<WorkerOptions<Record<string, T>>> = {},
): Worker {
  const worker = createWorker<Record<string, T>>({
    engineUrl: engine.engineUrl,
    headers: workerHeaders(engine),
    contract: { [topic]: contract },
    handlers: { [topic]: handle },
    longPollMs: 1_000,
    abortGraceMs: 500,
    ...options,
  });
  workers.add(worker);
  worker.start();
  return worker;
}

/** For `afterEach`: no worker outlives its test. */
export async function stopWorkers(): Promise<void> {
  await Promise.all([...workers].map((worker) => worker.stop({ deadlineMs: 4_000 })));
  workers.clear();
}

/** A promise to be settled from outside. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
