import type { AttemptStore } from './attempts.js';
import { monotonicMs, pause, within } from './clock.js';
import { EngineState } from './engine-state.js';
import { describeError } from './log.js';
import type { LaneGauges } from './metrics.js';
import { TaskRun, type RunServices, type Topic } from './task-run.js';
import type { FetchedTask, TopicSubscription } from './task-protocol.js';

export interface LaneOptions {
  readonly name: string;
  readonly topics: Readonly<Record<string, Topic>>;
  /** Most tasks that run at once. */
  readonly slots: number;
  readonly attempts: AttemptStore;
  readonly services: RunServices;
  /** Milliseconds for recording the start of tasks. */
  readonly callMs: number;
  /** Milliseconds after which one turn of fetching has ended in every case. */
  readonly turnMs: number;
}

/**
 * After a full fetch more tasks are waiting, and few big fetches are much cheaper for the engine than many small ones. So
 * the next one waits for slots whose results are on their way, until half of all slots are free; never longer than this
 * (milliseconds).
 */
const gatherMs = 250;

/** A fetch that finds nothing should have been a long poll; a shorter one must not become a busy loop (milliseconds). */
const shortestEmptyFetchMs = 100;

/** The starts of tasks could not be recorded, so none was started. */
class AttemptStoreFailed extends Error {
  override readonly name = 'AttemptStoreFailed';
}

/** One loop of fetching and the runs it feeds: as many at once as it has slots. */
export class Lane implements LaneGauges {
  readonly name: string;
  readonly slots: number;
  readonly state: EngineState;
  abandoned = 0;
  private readonly runs = new Set<TaskRun>();
  private readonly subscriptions: readonly TopicSubscription[];
  private readonly stopping = new AbortController();
  private looping: Promise<void> | undefined;
  private turnStartedAt = monotonicMs();
  private moreIsWaiting = false;
  private waiter: { readonly enough: () => boolean; readonly resolve: () => void } | undefined;

  constructor(private readonly options: LaneOptions) {
    this.name = options.name;
    this.slots = options.slots;
    this.state = new EngineState(options.services.log.child({ lane: options.name }));
    this.subscriptions = Object.entries(options.topics).map(([topicName, { contract }]) => ({
      topicName,
      lockDuration: contract.lockMs,
      variables: Object.keys(contract.inputs),
    }));
  }

  get inUse(): number {
    return this.runs.size;
  }

  get up(): boolean {
    return this.state.up;
  }

  /** Whether its loop still turns: it waits for a slot, or has begun its turn not too long ago. */
  get turning(): boolean {
    return this.free <= 0 || monotonicMs() - this.turnStartedAt < this.options.turnMs;
  }

  private get free(): number {
    return this.slots - this.runs.size;
  }

  private get someReport(): boolean {
    for (const run of this.runs) if (run.reporting) return true;
    return false;
  }

  start(): void {
    this.looping = this.loop();
  }

  /** Keeps locks and time limits of what runs. */
  tick(now: number): void {
    for (const run of this.runs) run.tick(now);
  }

  /** From now on nothing starts; resolves when the loop and every run have ended. */
  async drain(): Promise<void> {
    this.stopping.abort();
    this.waiter?.resolve();
    void this.options.services.protocol.cancelFetch().catch(() => undefined);
    await this.looping;
    await this.waitUntil(() => this.inUse === 0);
  }

  /** Aborts the handlers that still run; what they have not done is given back to the engine. */
  abortRuns(graceMs: number): void {
    for (const run of this.runs) run.abort('stopping', graceMs);
  }

  /** Ends every call that still waits for the engine. */
  breakOff(): void {
    this.options.services.protocol.abortFetch();
    for (const run of this.runs) run.forfeit();
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.waitUntil(() => this.free > 0);
      if (this.moreIsWaiting) await this.waitUntil(() => this.free >= this.slots / 2 || !this.someReport, gatherMs);
      if (signal.aborted) return;
      this.turnStartedAt = monotonicMs();
      try {
        await this.fetchAndStart();
        this.state.succeeded();
      } catch (error) {
        this.moreIsWaiting = false;
        if (!signal.aborted) await pause(this.state.failed(error), signal);
      }
    }
  }

  private async fetchAndStart(): Promise<void> {
    const { protocol, metrics } = this.options.services;
    const asked = this.free;
    const askedAt = monotonicMs();
    // A long poll that finds nothing takes seconds to say that all is well: nobody should wait so long for the news.
    const tasks = await protocol.fetch(asked, this.subscriptions, this.state.proven ? 'wait' : 'at-once');
    const lockedAt = monotonicMs();
    metrics.fetched(this.name, tasks.length, lockedAt - askedAt);
    this.moreIsWaiting = tasks.length >= asked;
    if (tasks.length > 0) await this.startAll(tasks, lockedAt);
    else if (lockedAt - askedAt < shortestEmptyFetchMs) await pause(shortestEmptyFetchMs, this.stopping.signal);
  }

  private async startAll(tasks: readonly FetchedTask[], lockedAt: number): Promise<void> {
    let crashes: ReadonlyMap<string, number>;
    try {
      crashes = await this.recordStarts(tasks);
    } catch (cause) {
      await this.giveBack(tasks);
      throw new AttemptStoreFailed('the starts of tasks could not be recorded', { cause });
    }
    if (this.stopping.signal.aborted) return this.giveBack(tasks);
    for (const task of tasks) this.startRun(task, crashes.get(task.id) ?? 0, lockedAt);
  }

  private recordStarts(tasks: readonly FetchedTask[]): Promise<ReadonlyMap<string, number>> {
    const { attempts, services, callMs } = this.options;
    const starts = attempts.begin(
      tasks.map((task) => task.id),
      services.protocol.workerId,
    );
    return within(callMs, 'recording the starts of tasks', starts);
  }

  private startRun(task: FetchedTask, crashes: number, lockedAt: number): void {
    const { topics, services } = this.options;
    const topic = topics[task.topicName];
    if (topic === undefined)
      throw new Error(`the engine handed out a task of ${task.topicName}, which was not asked for`);
    if (task.retries === null && task.createTime !== null) {
      services.metrics.waited(task.topicName, Date.now() - Date.parse(task.createTime));
    }
    const run = new TaskRun(task, topic, services, lockedAt);
    this.runs.add(run);
    void run
      .execute(crashes)
      .catch((error: unknown) => {
        services.log.error({ taskId: task.id, err: describeError(error) }, 'the runtime failed; the lock will run out');
      })
      .then(() => this.ended(run));
  }

  private ended(run: TaskRun): void {
    this.runs.delete(run);
    if (run.abandoned !== undefined) {
      this.abandoned += 1;
      void run.abandoned.then(() => (this.abandoned -= 1));
    }
    if (this.waiter?.enough() === true) this.waiter.resolve();
  }

  /** Unlocks tasks that were not started, so that another worker need not wait until their locks run out. */
  private async giveBack(tasks: readonly FetchedTask[]): Promise<void> {
    const { attempts, services } = this.options;
    for (const { id } of tasks) attempts.withdraw(id, services.protocol.workerId);
    await Promise.allSettled(tasks.map(({ id }) => services.protocol.unlock(id)));
  }

  /** Resolves when the end of a run makes it true, after `timeoutMs`, or when the lane is stopped while it loops. */
  private async waitUntil(enough: () => boolean, timeoutMs?: number): Promise<void> {
    if (enough()) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.waiter = { enough, resolve };
      if (timeoutMs !== undefined) timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
    this.waiter = undefined;
  }
}
