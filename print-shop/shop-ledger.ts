import type { OrderState, Result, WrongField } from '../src/production/backends/http/contract.js';
import type { Journal } from './journal.js';
import { shopEvent, type ShopCard, type ShopEvent } from './shop-events.js';

/** An order that was accepted. */
export interface ShopOrder {
  readonly key: string;
  readonly orderId: string;
  readonly digest: string;
  readonly card: ShopCard;
  readonly acceptedAt: string;
  /** Null while it waits or is in the machine. */
  ending: Extract<ShopEvent, { type: 'made' | 'failed' | 'cancelled' }> | null;
  /** The client has said that it knows the ending. */
  acknowledged: boolean;
}

interface Refusal {
  readonly digest: string;
  readonly fields: readonly WrongField[];
}

/**
 * What the shop has received and what it has physically made: the events of its journal, and what follows from them.
 * Memory runs ahead of the disk by a moment; nothing of it may be reported before `settled` has resolved.
 */
export class ShopLedger {
  /** By key; the newest one in a shop that makes a card for each order that it receives. */
  readonly orders = new Map<string, ShopOrder>();
  readonly refusals = new Map<string, Refusal>();
  readonly letters = new Map<string, { readonly letterId: string; readonly at: string }>();
  /** In the order in which they ended. */
  readonly endings: ShopOrder[] = [];
  private readonly byId = new Map<string, ShopOrder>();
  /** Cards that somebody waits for, and cards of a batch: the first are made first. */
  private readonly queues = { alone: new Set<ShopOrder>(), inBatch: new Set<ShopOrder>() };
  private starts = 0;
  private cardsMade = 0;

  /** @param entries of the journal */
  constructor(
    private readonly journal: Journal,
    entries: readonly unknown[],
  ) {
    for (const entry of entries) this.apply(shopEvent.parse(entry));
  }

  /** Orders that are not ended, in the order in which they are made. */
  get waiting(): readonly ShopOrder[] {
    return [...this.queues.alone, ...this.queues.inBatch];
  }

  /** What is made next. */
  get first(): ShopOrder | undefined {
    const { alone, inBatch } = this.queues;
    return alone.values().next().value ?? inBatch.values().next().value;
  }

  get queued(): number {
    return this.queues.alone.size + this.queues.inBatch.size;
  }

  /** How often the shop was started. */
  get startCount(): number {
    return this.starts;
  }

  /** Cards that ever lay in the output tray. */
  get made(): number {
    return this.cardsMade;
  }

  /** The next id of an order. */
  get nextOrderId(): string {
    return `PS-${String(this.byId.size + 1).padStart(6, '0')}`;
  }

  /** Notes what has happened. @returns a promise of the disk */
  record(event: ShopEvent): Promise<void> {
    this.apply(event);
    return this.journal.append(event);
  }

  /** Resolves when all that is known by now is on disk. */
  settled(): Promise<void> {
    return this.journal.settled();
  }

  private apply(event: ShopEvent): void {
    switch (event.type) {
      case 'started':
        this.starts += 1;
        break;
      case 'accepted': {
        const { key, orderId, digest, card, at } = event;
        const order: ShopOrder = { key, orderId, digest, card, acceptedAt: at, ending: null, acknowledged: false };
        this.orders.set(key, order);
        this.byId.set(orderId, order);
        this.queueOf(order).add(order);
        break;
      }
      case 'refused':
        this.refusals.set(event.key, event);
        break;
      case 'made':
      case 'failed':
      case 'cancelled':
        this.end(event);
        break;
      case 'acknowledged':
        this.order(event.orderId).acknowledged = true;
        break;
      case 'letter':
        this.letters.set(event.key, event);
        break;
    }
  }

  private end(event: NonNullable<ShopOrder['ending']>): void {
    const order = this.order(event.orderId);
    if (order.ending !== null) throw new Error(`the order ${event.orderId} ends twice`);
    order.ending = event;
    this.queueOf(order).delete(order);
    this.endings.push(order);
    if (event.type === 'made') this.cardsMade += 1;
  }

  private queueOf({ card }: ShopOrder): Set<ShopOrder> {
    return card.inBatch ? this.queues.inBatch : this.queues.alone;
  }

  private order(orderId: string): ShopOrder {
    const order = this.byId.get(orderId);
    if (order === undefined) throw new Error(`the journal names an order ${orderId} that was never accepted`);
    return order;
  }
}

/** The order in the words of the contract. @param holdUp why the machine stands still, if it does */
export function stateOf({ key, orderId, card, ending }: ShopOrder, holdUp: string | null): OrderState {
  switch (ending?.type) {
    case undefined:
      return { key, orderId, state: 'accepted', message: holdUp };
    case 'made': {
      const { serialNumber, chipUid } = ending;
      return {
        key,
        orderId,
        state: 'produced',
        evidence: { serialNumber, ...(card.chip && chipUid !== null ? { chipUid } : {}), simulated: true },
      };
    }
    case 'failed':
      return { key, orderId, state: 'failed', code: ending.code, reason: ending.reason };
    case 'cancelled':
      return { key, orderId, state: 'cancelled', reason: 'Cancelled as asked for.' };
  }
}

/** The ending of an order as a message, the same each time. */
export function resultOf(order: ShopOrder): Result {
  return {
    eventId: `${order.orderId}-ended`,
    occurredAt: order.ending?.at ?? order.acceptedAt,
    order: stateOf(order, null),
  };
}

export const now = (): string => new Date().toISOString();
