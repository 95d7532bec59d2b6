import type { Backoff } from '../kernel/backoff.js';
import type { Knex } from '../kernel/db/database.js';
import type { Logger } from '../kernel/log.js';
import { defaultPolling, type OrderLedger, type Polling } from './order-ledger.js';
import type { CarrierMetrics } from './production-metrics.js';
import type { SecretMaker } from './production-types.js';

/** Times of the carrier, all in milliseconds. */
export interface CarrierTimes extends Backoff {
  /** Longest pause between two looks into the ledger, for orders without a notification. */
  readonly idleMs: number;
  /** How long a taken order is left alone before its holder counts as gone; longer than one call. */
  readonly leaseMs: number;
  /** Longest that one call of a backend may last. */
  readonly callMs: number;
  /** How often a backend is asked for its status. */
  readonly statusMs: number;
  readonly polling: Polling;
  /** How long calls under way may continue when the carrier is stopped. */
  readonly stopMs: number;
}

export const defaultTimes: CarrierTimes = {
  idleMs: 5_000,
  leaseMs: 90_000,
  callMs: 30_000,
  firstDelayMs: 1_000,
  longestDelayMs: 120_000,
  statusMs: 30_000,
  polling: defaultPolling,
  stopMs: 2_000,
};

/** What each part of the carrier works with. */
export interface CarrierParts {
  readonly db: Knex;
  readonly ledger: OrderLedger;
  readonly secrets: SecretMaker;
  readonly log: Logger;
  readonly metrics: CarrierMetrics;
  readonly times: CarrierTimes;
}
