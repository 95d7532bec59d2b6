import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Registry } from 'prom-client';
import { InMemoryAttemptStore, type AttemptStore } from './attempts.js';
import { monotonicMs, within } from './clock.js';
import type { Contract, TopicContract } from './contract-types.js';
import type { RetryClass } from './failures.js';
import type { Handler, Handlers } from './handler-types.js';
import { Lane } from './lane.js';
import { silentLog, unfailing, type Log } from './log.js';
import { WorkerMetrics } from './metrics.js';
import { Reporter } from './report.js';
import { TaskProtocol } from './task-protocol.js';
import type { Topic } from './task-run.js';
import { EngineTransport, type RequestHeaders } from './transport.js';

export interface WorkerOptions<C extends Contract> {
  /** Address of the engine's REST interface, for example `http://127.0.0.1:8080/engine-rest`; an IP address, not a name. */
  readonly engineUrl: string;
  readonly contract: C;
  readonly handlers: Handlers<C>;
  /** Headers of each request, for example its signature. */
  readonly headers?: RequestHeaders;
  /** Where starts are counted; by default in memory. */
  readonly attempts?: AttemptStore;
  /** Silent by default. */
  readonly log?: Log;
  /** Registry for the metrics; one registry takes one worker. */
  readonly registry?: Registry;
  /** Retry class of the program's own errors; those it does not know are tried again. */
  readonly retryClassOf?: (error: unknown) => RetryClass | undefined;
  /** Most tasks at once, over all topics without a cap of their own; by default 32. */
  readonly slots?: number;
  /** Topics with slots of their own: most tasks of that topic at once. Each costs the engine a long poll of its own. */
  readonly caps?: { readonly [K in keyof C]?: number };
  /** Milliseconds that the engine may hold a fetch open; by default 5,000. Expired locks are noticed that late. */
  readonly longPollMs?: number;
  /** Milliseconds for any other call; by default 10,000. */
  readonly callMs?: number;
  /** Most sockets for calls that are not fetches; by default 8. */
  readonly maxSockets?: number;
  /** Milliseconds without a successful fetch after which the worker is not ready; by default 30,000. */
  readonly readyWithinMs?: number;
  /** Milliseconds that an aborted handler gets to end by itself; by default 2,000. */
  readonly abortGraceMs?: number;
}

export interface WorkerHealth {
  /** False when only a restart helps. */
  readonly live: boolean;
  /** False when it cannot work at the moment: not started, stopping, or the engine does not answer. */
  readonly ready: boolean;
  /** One sentence for everything that is wrong. */
  readonly problems: readonly string[];
}

export interface Worker {
  /** Unique to this start of this process. */
  readonly id: string;
  readonly registry: Registry;
  /** @throws Error when it was started before */
  start(): void;
  /**
   * Stops fetching at once, lets what runs end, and gives back to the engine what has not ended in time. Nothing starts
   * after this call; it resolves within `deadlineMs`.
   */
  stop(options: { readonly deadlineMs: number }): Promise<void>;
  health(): WorkerHealth;
}

/** Makes a worker for every topic of the contract; `start()` sets it to work. */
export function createWorker<const C extends Contract>(options: WorkerOptions<C>): Worker {
  return new RuntimeWorker(options);
}

const longestBackoffMs = 5_000;

class RuntimeWorker<C extends Contract> implements Worker {
  readonly id = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  readonly registry: Registry;
  private readonly attempts: AttemptStore;
  private readonly log: Log;
  private readonly transport: EngineTransport;
  private readonly lanes: readonly Lane[];
  private readonly abortGraceMs: number;
  private readonly readyWithinMs: number;
  private readonly tickMs: number;
  private ticker: NodeJS.Timeout | undefined;
  private stopped: Promise<void> | undefined;

  constructor(options: WorkerOptions<C>) {
    this.registry = options.registry ?? new Registry();
    this.attempts = options.attempts ?? new InMemoryAttemptStore();
    this.log = unfailing(options.log ?? silentLog).child({ worker: this.id });
    this.abortGraceMs = options.abortGraceMs ?? 2_000;
    this.readyWithinMs = options.readyWithinMs ?? 30_000;
    // A heartbeat is due after a third of a lock; looking ten times as often makes it punctual enough.
    const shortestLockMs = Math.min(...Object.values(options.contract).map((topic) => topic.lockMs));
    this.tickMs = Math.max(20, Math.min(500, shortestLockMs / 30));

    const caps: Readonly<Record<string, number | undefined>> = options.caps ?? {};
    const shared = Object.keys(options.contract).filter((topic) => caps[topic] === undefined);
    const capped = Object.entries(caps).flatMap(([topic, slots]) => (slots === undefined ? [] : [{ topic, slots }]));
    this.transport = new EngineTransport({
      engineUrl: options.engineUrl,
      headers: options.headers,
      maxSockets: options.maxSockets ?? 8,
      // One for the long poll, one for the request that cancels it.
      pollSockets: 2 * (capped.length + 1),
      connectMs: 3_000,
    });
    const metrics = new WorkerMetrics(this.registry, () => this.lanes);
    this.lanes = [
      ...(shared.length > 0 ? [this.lane('shared', shared, options.slots ?? 32, options, metrics)] : []),
      ...capped.map(({ topic, slots }) => this.lane(topic, [topic], slots, options, metrics)),
    ];
  }

  start(): void {
    if (this.ticker !== undefined || this.stopped !== undefined) throw new Error('A worker is started once.');
    this.ticker = setInterval(() => this.tick(), this.tickMs);
    for (const lane of this.lanes) lane.start();
    this.log.info({ lanes: this.lanes.map(({ name, slots }) => ({ name, slots })) }, 'the worker fetches tasks');
  }

  stop({ deadlineMs }: { readonly deadlineMs: number }): Promise<void> {
    return (this.stopped ??= this.shutDown(deadlineMs));
  }

  health(): WorkerHealth {
    const problems: string[] = [];
    const abandoned = this.lanes.reduce((sum, lane) => sum + lane.abandoned, 0);
    const slots = this.lanes.reduce((sum, lane) => sum + lane.slots, 0);
    if (abandoned >= slots) problems.push(`${abandoned} handlers ignored their abort and still run`);
    const started = this.ticker !== undefined;
    const stuck = this.lanes.filter((lane) => started && this.stopped === undefined && !lane.turning);
    problems.push(...stuck.map((lane) => `the lane ${lane.name} has stopped turning`));
    const live = problems.length === 0;

    if (!started) problems.push('the worker is not running');
    if (this.stopped !== undefined) problems.push('the worker stops');
    // A lane whose slots are all taken does not fetch, and need not.
    const silent = this.lanes.filter(
      (lane) => lane.inUse < lane.slots && lane.state.sinceSuccessMs > this.readyWithinMs,
    );
    problems.push(...silent.map((lane) => `the lane ${lane.name} has not fetched for ${this.readyWithinMs} ms`));
    return { live, ready: problems.length === 0, problems };
  }

  private lane(
    name: string,
    topics: readonly string[],
    slots: number,
    options: WorkerOptions<C>,
    metrics: WorkerMetrics,
  ): Lane {
    const longPollMs = options.longPollMs ?? 5_000;
    const callMs = options.callMs ?? 10_000;
    const { transport, attempts, log, abortGraceMs } = this;
    const protocol = new TaskProtocol({
      ...{ engineUrl: options.engineUrl, transport, callMs, longPollMs },
      // The engine keeps one pending fetch for each worker id.
      workerId: name === 'shared' ? this.id : `${this.id}-${name}`,
    });
    const retryClassOf = options.retryClassOf ?? (() => undefined);
    const reporter = new Reporter(protocol, attempts);
    return new Lane({
      ...{ name, slots, attempts, callMs },
      topics: Object.fromEntries(topics.map((topic) => [topic, topicOf(options, topic)])),
      services: { protocol, reporter, metrics, log, retryClassOf, abortGraceMs },
      turnMs: longPollMs + 4 * callMs + longestBackoffMs,
    });
  }

  private tick(): void {
    const now = monotonicMs();
    for (const lane of this.lanes) lane.tick(now);
  }

  private async shutDown(deadlineMs: number): Promise<void> {
    const deadlineAt = monotonicMs() + deadlineMs;
    // Aborting, giving back and the last writes get their share of the time.
    const reserveMs = Math.min(this.abortGraceMs + 1_000, deadlineMs / 2);
    const drained = Promise.all(this.lanes.map((lane) => lane.drain()));
    await waitUntil(deadlineAt - reserveMs, drained);
    for (const lane of this.lanes) lane.abortRuns(Math.min(this.abortGraceMs, reserveMs * 0.4));
    await waitUntil(deadlineAt - reserveMs * 0.2, drained);
    for (const lane of this.lanes) lane.breakOff();
    await waitUntil(deadlineAt, this.attempts.flush());
    clearInterval(this.ticker);
    this.ticker = undefined;
    await this.transport.close();
    this.log.info({}, 'the worker has stopped');
  }
}

/** Waits for the promise, but no longer than until that monotonic time. */
async function waitUntil(deadlineAt: number, promise: Promise<unknown>): Promise<void> {
  await within(Math.max(0, deadlineAt - monotonicMs()), 'stopping', promise).catch(() => undefined);
}

/**
 * The one place where topic and handler lose their common type: `Handlers<C>` has matched them, and a run reads inputs
 * and outputs by the contract that lies beside the handler.
 */
function topicOf<C extends Contract>({ contract, handlers }: WorkerOptions<C>, name: string): Topic {
  return { contract: contract[name] as TopicContract, handle: handlers[name] as unknown as Handler<TopicContract> };
}
