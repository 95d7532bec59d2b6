import { Counter, Gauge, type Registry } from 'prom-client';
import type { Knex } from '../kernel/db/database.js';
import { productionStates } from '../domain/production-states.js';

const circuits = { closed: 0, 'half-open': 1, open: 2 } as const;

/** What the carrier counts. */
export class CarrierMetrics {
  readonly calls: Counter<'backend' | 'call' | 'outcome'>;
  readonly doubts: Counter<'backend'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.calls = new Counter({
      name: 'cards_backend_calls_total',
      help: 'Calls of card production backends; not-taken: down or busy, lost: no answer',
      labelNames: ['backend', 'call', 'outcome'],
      registers,
    });
    this.doubts = new Counter({
      name: 'cards_production_doubts_total',
      help: 'Orders for which it was unknown whether their backend had taken them',
      labelNames: ['backend'],
      registers,
    });
  }
}

/** Registers what the database knows of production; asked for when the metrics are read. */
export function registerProductionMetrics(registry: Registry, db: Knex): void {
  new Gauge({
    name: 'cards_production_orders',
    help: 'Production orders by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      for (const state of productionStates) this.set({ state }, 0);
      const rows = await db('production_order')
        .groupBy('state')
        .select<{ state: string; count: string }[]>('state', db.raw('count(*) as count'));
      for (const { state, count } of rows) this.set({ state }, Number(count));
    },
  });
  new Gauge({
    name: 'cards_backend_circuit',
    help: 'Circuit breaker of each card production backend: 0 closed, 1 half-open, 2 open',
    labelNames: ['backend'],
    registers: [registry],
    async collect() {
      const rows = await db('backend_state').select<{ backend: string; circuit: keyof typeof circuits }[]>(
        'backend',
        'circuit',
      );
      for (const { backend, circuit } of rows) this.set({ backend }, circuits[circuit]);
    },
  });
  new Gauge({
    name: 'cards_backend_paused',
    help: 'Whether a card production backend makes no cards until someone has seen to it',
    labelNames: ['backend'],
    registers: [registry],
    async collect() {
      const rows = await db('backend_state').select<{ backend: string; paused: boolean }[]>('backend', 'paused');
      for (const { backend, paused } of rows) this.set({ backend }, paused ? 1 : 0);
    },
  });
}
