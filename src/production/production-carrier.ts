import type { Registry } from 'prom-client';
import type { Knex } from '../kernel/db/database.js';
import type { Logger } from '../kernel/log.js';
import { repeat } from '../kernel/repeat.js';
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

/** How often the rows of backends are looked at (ms). */
const refreshMs = 10_000;

/** Carries orders of the print ledger to their backends. Any number of workers may run one. */
export class ProductionCarrier {
  private readonly parts: CarrierParts;
  private readonly lanes = new Map<string, BackendLane>();
  private refreshing: { stop(): Promise<void> } | null = null;

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

  async start(): Promise<void> {
    await this.refresh();
    this.refreshing = repeat(refreshMs, this.options.log, () => this.refresh());
  }

  /** Looks at once; call it when an order was placed or is to be cancelled. */
  notify(): void {
    for (const lane of this.lanes.values()) lane.notify();
  }

  /** Ends after the calls under way, which are cut off when they take too long. */
  async stop(): Promise<void> {
    await this.refreshing?.stop();
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
