import type { ActingInstance } from '../engine/acting-instance.js';
import type { Transaction } from '../kernel/db/database.js';
import type { CardState } from '../domain/card-states.js';
import type { ProductionState } from '../domain/production-states.js';
import type { ErrorCode } from '../kernel/errors.js';
import type { UseCaseId } from '../process/contract/index.js';
import type { Evidence, ProductionBackend, Report } from './backends/backend.js';

/** A row of the print ledger: one card and one production number. */
export interface LedgerKey {
  readonly cardId: string;
  readonly number: number;
}

/** The engine's task that orders; its instance will wait for the end of the order. */
export interface OrderTask extends ActingInstance {
  readonly definitionId: string;
  /** Makes a repeat of the task order nothing. */
  readonly taskId: string;
}

/** Who orders, and in which task; without one the order starts a process instance of its own. */
export interface OrderedBy {
  /** Account of the production operator. */
  readonly orderedBy: string;
  readonly runningIn: OrderTask | null;
}

/** A batch order that cards are ordered by, instead of a process of each card. */
export interface OrderBatch {
  readonly id: string;
  readonly definitionId: string | null;
  /** Place of the first card in what the batch order orders this time, from 1: its cards take turns with those of others. */
  readonly firstTurn: number;
}

/** Who places orders, and in which use case, which has to be enabled. */
export type OrderRequest = OrderedBy &
  (
    | { readonly useCase: Extract<UseCaseId, 'issue-card'>; readonly batch: null }
    | { readonly useCase: Extract<UseCaseId, 'issue-multiple-cards'>; readonly batch: OrderBatch }
  );

/** States from which a card is ordered: a new one made for a direct order, an approved one, or one that failed. */
export type OrderedFrom = Extract<CardState, 'registered' | 'approved' | 'failed'>;

export interface PlacedOrder extends LedgerKey {
  readonly cardNumber: string;
}

/** A card that could not be ordered, with the reason as a sentence. */
export interface RefusedCard {
  readonly cardId: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** What a backend said about an order, by webhook or when asked. */
export interface ProductionResult {
  readonly backend: string;
  /** The backend's id of its message: one that comes again changes nothing. */
  readonly eventId: string;
  readonly report: Exclude<Report, { readonly state: 'not-known' | 'forgotten' }>;
}

/** What became of a call that orders cards; each card that was named is in one of the two. */
export interface PlacedOrders {
  readonly ordered: readonly PlacedOrder[];
  readonly refused: readonly RefusedCard[];
}

/**
 * What became of a result. `contradicts`: the order had ended otherwise; both are on record and production operators were
 * notified. `not-ordered`: this backend has no such order.
 */
export type ResultEffect = 'applied' | 'repeated' | 'contradicts' | 'not-ordered';

/** How an order ends. */
export type Ending =
  | { readonly state: 'produced'; readonly orderId: string; readonly evidence: Evidence }
  | { readonly state: 'failed'; readonly orderId: string | null; readonly code: string; readonly reason: string }
  | { readonly state: 'cancelled'; readonly orderId: string | null; readonly reason: string | null };

/** A row of `backend`. */
export interface BackendRow {
  readonly id: string;
  readonly name: string;
  /** Names the description of its adapter. */
  readonly kind: string;
  /** As the adapter of its kind has it. */
  readonly settings: unknown;
  /** Its cards are not real: they are marked as simulated. */
  readonly simulated: boolean;
  readonly changedAt: Date;
}

/** The backends of this installation, as their rows are now. */
export interface BackendRegistry {
  all(): Promise<readonly ProductionBackend[]>;
}

/** Makes PIN and PUK of orders and keeps them sealed; the same ones when called again. */
export interface SecretMaker {
  /** @returns by `orderKeyText`, in the clear; none for a card without a chip */
  makeSecrets(
    trx: Transaction,
    orders: readonly (LedgerKey & { readonly chip: boolean })[],
  ): Promise<ReadonlyMap<string, { readonly pin: string; readonly puk: string }>>;
}

/** An order as the API shows it; times are ISO 8601. */
export interface OrderDetails {
  readonly number: number;
  readonly state: ProductionState;
  readonly backend: string;
  /** The backend's own id of the order. */
  readonly orderId: string | null;
  readonly evidence: Evidence;
  /** Why it failed or was cancelled; of a live order, what holds it up. */
  readonly reason: string | null;
  readonly reasonCode: string | null;
  readonly orderedBy: string;
  readonly orderedAt: string;
  readonly submittedAt: string | null;
  readonly cancelRequestedBy: string | null;
  readonly endedAt: string | null;
  readonly spoilt: { readonly by: string; readonly at: string; readonly reason: string } | null;
}
