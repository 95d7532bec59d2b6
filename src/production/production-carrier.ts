import type { Registry } from 'prom-client';
import type { Knex } from '../kernel/db/database.js';
import type { Logger } from '../kernel/log.js';
import type { Job } from '../kernel/job.js';
import { BackendLane } from './backend-lane.js';
import { defaultTimes, type CarrierParts, type CarrierTimes } from './carrier-types.js';
import { OrderLedger } from './order-ledger.js';
import { CarrierMetrics } from './production-metrics.js';
import type { BackendRegistry, SecretMaker } from './production-types.js';

export interface CarrierOptions {
  readonly db: Knex;
  readonly log: Logger;
  /** Unique to this start of the process: the fence between workers. */
  readonly worker: string;
  readonly backends: BackendRegistry;
  readonly secrets: SecretMaker;
  readonly registry: Registry;
  /** The ledger of tests that break a rule of it. */
  readonly ledger?: OrderLedger;
  /** Times of tests; the product's own are `defaultTimes`. */
  readonly times?: Partial<CarrierTimes>;
}

/** Carries orders of the print ledger to their backends. Any number of workers may run one. */
export class ProductionCarrier implements Job {
  readonly name = 'carry orders to backends';
  /** How often the rows of backends are looked at. */
  readonly everyMs = 10_000;
  readonly wokenBy = ['production_order'];
  private readonly parts: CarrierParts;
  private readonly lanes = new Map<string, BackendLane>();
  private refreshAt = -Infinity;

  constructor(private readonly options: CarrierOptions) {
    const { db, log, secrets, registry, times, ledger = new OrderLedger(db) } = options;
    this.parts = {
      db,
      ledger,
      secrets,
      log,
      metrics: new CarrierMetrics(registry),
      times: { ...defaultTimes, ...times },
    };
  }

  /** Wakes the lanes; looks for new and changed backends from time to time. */
  async round(): Promise<number> {
    for (const lane of this.lanes.values()) lane.notify();
    const dueMs = this.refreshAt - performance.now();
    if (dueMs > 0) return dueMs;
    await this.refresh();
    this.refreshAt = performance.now() + this.everyMs;
    return this.everyMs;
  }

  /** Ends after the calls under way, which are cut off when they take too long. */
  async end(): Promise<void> {
    await Promise.all([...this.lanes.values()].map((lane) => lane.stop()));
  }

  /** One lane a backend; a backend that was changed gets a new one. */
  private async refresh(): Promise<void> {
    const backends = new Map((await this.options.backends.all()).map((backend) => [backend.id, backend]));
    for (const [id, lane] of this.lanes) {
      if (backends.get(id) === lane.backend) continue;
      this.lanes.delete(id);
      await lane.stop();
    }
    for (const [id, backend] of backends) {
      if (this.lanes.has(id)) continue;
      const lane = new BackendLane(backend, this.options.worker, this.parts);
      this.lanes.set(id, lane);
      lane.start();
    }
  }
}
