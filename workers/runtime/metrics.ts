import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** How a run ended; the label `result` of `worker_results_total`. */
export type RunResult =
  | 'completed'
  | 'business_error'
  | 'retry'
  | 'incident'
  /** Given back to the engine because the worker stops. */
  | 'released'
  /** The task had ended without us. */
  | 'gone'
  /** The lock was lost: nothing was sent. */
  | 'lost'
  /** The answer was lost, and the lock after it. */
  | 'unresolved';

/** What is read when somebody looks, so that counting costs a task nothing. */
export interface LaneGauges {
  readonly name: string;
  readonly slots: number;
  readonly inUse: number;
  readonly up: boolean;
  readonly abandoned: number;
}

const quick = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

/** Prometheus metrics of one worker. Names and labels are part of the product: dashboards depend on them. */
export class WorkerMetrics {
  private readonly fetchSeconds: Histogram<'lane' | 'found'>;
  private readonly fetchedTasks: Counter<'lane'>;
  private readonly waitSeconds: Histogram<'topic'>;
  private readonly handlerSeconds: Histogram<'topic'>;
  private readonly lockMarginSeconds: Histogram<'topic'>;
  private readonly results: Counter<'topic' | 'result'>;

  constructor(registry: Registry, lanes: () => readonly LaneGauges[]) {
    const registers = [registry];
    this.fetchSeconds = new Histogram({
      name: 'worker_fetch_seconds',
      help: 'Duration of fetches; those that found nothing include the long poll.',
      labelNames: ['lane', 'found'],
      buckets: quick,
      registers,
    });
    this.fetchedTasks = new Counter({
      name: 'worker_fetched_tasks_total',
      help: 'Tasks handed out by the engine.',
      labelNames: ['lane'],
      registers,
    });
    this.waitSeconds = new Histogram({
      name: 'worker_task_wait_seconds',
      help: 'From the creation of a task, by the clock of the engine, to its first start, by ours.',
      labelNames: ['topic'],
      buckets: quick,
      registers,
    });
    this.handlerSeconds = new Histogram({
      name: 'worker_handler_seconds',
      help: 'Duration of handlers.',
      labelNames: ['topic'],
      buckets: quick,
      registers,
    });
    this.lockMarginSeconds = new Histogram({
      name: 'worker_lock_margin_seconds',
      help: 'What was left of the lock when a result had been accepted.',
      labelNames: ['topic'],
      buckets: [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300],
      registers,
    });
    this.results = new Counter({
      name: 'worker_results_total',
      help: 'Ended runs by result; retry and incident are failures that were reported to the engine.',
      labelNames: ['topic', 'result'],
      registers,
    });

    const laneGauge = (name: string, help: string, read: (lane: LaneGauges) => number): void => {
      new Gauge({
        name,
        help,
        labelNames: ['lane'],
        registers,
        collect() {
          for (const lane of lanes()) this.set({ lane: lane.name }, read(lane));
        },
      });
    };
    laneGauge('worker_slots', 'Tasks that may run at once.', (lane) => lane.slots);
    laneGauge('worker_slots_in_use', 'Tasks that run.', (lane) => lane.inUse);
    laneGauge('worker_engine_up', '1 while fetches succeed.', (lane) => (lane.up ? 1 : 0));
    laneGauge(
      'worker_handlers_abandoned',
      'Handlers that ignored their abort and still run.',
      (lane) => lane.abandoned,
    );
  }

  fetched(lane: string, tasks: number, durationMs: number): void {
    this.fetchSeconds.observe({ lane, found: tasks > 0 ? 'some' : 'none' }, durationMs / 1_000);
    if (tasks > 0) this.fetchedTasks.inc({ lane }, tasks);
  }

  waited(topic: string, waitMs: number): void {
    this.waitSeconds.observe({ topic }, Math.max(0, waitMs) / 1_000);
  }

  handled(topic: string, durationMs: number): void {
    this.handlerSeconds.observe({ topic }, durationMs / 1_000);
  }

  ended(topic: string, result: RunResult, lockMarginMs: number): void {
    this.results.inc({ topic, result });
    if (result === 'completed' || result === 'business_error') {
      this.lockMarginSeconds.observe({ topic }, lockMarginMs / 1_000);
    }
  }
}
