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
import { workerHeaders } from '../../bench/lib/worker-headers.js';
import { allowWorkers, type TypedVariable } from '../../bench/lib/engine-work.js';

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

/**
 * The shared engine, with the rights that the workers' account needs: without them a fetch finds nothing, and says nothing.
 */
export async function engineForWorkers(): Promise<EngineConnection> {
  const engine = await lentEngine();
  await allowWorkers(engine);
  return engine;
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
