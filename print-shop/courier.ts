import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Logger } from '../src/log.js';
import type { Result } from '../src/production/backends/http/contract.js';
import { signWebhook, webhookHeaders } from '../src/production/backends/http/webhook-signature.js';
import type { Faults } from './faults.js';
import { now, resultOf, type ShopLedger, type ShopOrder } from './shop-ledger.js';

export interface CourierOptions {
  readonly ledger: ShopLedger;
  readonly faults: Faults;
  readonly log: Logger;
  /** Where results are told, and the key that signs them. */
  readonly webhook: { readonly url: string; readonly key: string };
}

/** Calls at the same time. */
const atOnce = 8;
/** Pause after the first call that was not acknowledged; doubles up to the longest (ms). */
const pauses = { first: 250, longest: 10_000 };
const answerWithinMs = 10_000;

/** Tells the client by webhook how orders have ended, again and again until it acknowledges. */
export class Courier {
  private readonly stopping = new AbortController();
  private readonly queue: ShopOrder[] = [];
  private readonly rounds = new Set<Promise<void>>();
  private readonly pool: Pool;
  private readonly path: string;

  constructor(private readonly options: CourierOptions) {
    const { origin, pathname } = new URL(options.webhook.url);
    this.path = pathname;
    this.pool = new Pool(origin, { connections: atOnce, headersTimeout: answerWithinMs, bodyTimeout: answerWithinMs });
  }

  /** Goes on with what was not acknowledged when the program ended. */
  start(): void {
    for (const order of this.options.ledger.endings) if (!order.acknowledged) this.tell(order);
  }

  /** Puts the ending of an order on its way. */
  tell(order: ShopOrder): void {
    if (this.options.faults.strikes('silent', order.key)) return;
    this.queue.push(order);
    if (this.rounds.size >= atOnce) return;
    const round = this.work().finally(() => this.rounds.delete(round));
    this.rounds.add(round);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.rounds);
    await this.pool.destroy();
  }

  private async work(): Promise<void> {
    for (let order = this.queue.shift(); order !== undefined && !this.stopping.signal.aborted; order = this.queue.shift()) {
      await this.bring(order);
    }
  }

  private async bring(order: ShopOrder): Promise<void> {
    const { ledger, faults, log } = this.options;
    const result = resultOf(order);
    for (let ms = pauses.first; !order.acknowledged; ms = Math.min(pauses.longest, ms * 2)) {
      if (await this.send(result)) {
        if (!order.acknowledged) await ledger.record({ type: 'acknowledged', at: now(), orderId: order.orderId });
        break;
      }
      log.debug({ order: order.key, ms }, 'a result was not acknowledged; it is told again');
      await this.pause(ms);
      if (this.stopping.signal.aborted) return;
    }
    if (faults.strikes('duplicate', order.key)) await this.send(result);
    if (faults.strikes('out-of-order', order.key)) await this.send(staleNews(result));
  }

  /** @returns true when it was acknowledged */
  private async send(result: Result): Promise<boolean> {
    const body = Buffer.from(JSON.stringify(result));
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const id = result.eventId;
    try {
      const { statusCode, body: answer } = await this.pool.request({
        method: 'POST',
        path: this.path,
        headers: {
          'content-type': 'application/json',
          [webhookHeaders.id]: id,
          [webhookHeaders.timestamp]: timestamp,
          [webhookHeaders.signature]: signWebhook({ id, timestamp, body }, this.options.webhook.key),
        },
        body,
        signal: this.stopping.signal,
      });
      await answer.dump();
      return statusCode >= 200 && statusCode < 300;
    } catch {
      // Nobody there, too slow, cut off: all the same to a courier, who comes again.
      return false;
    }
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

/** What might have been said while the card was made, arriving after its result. */
function staleNews({ eventId, occurredAt, order: { key, orderId } }: Result): Result {
  return { eventId: `${eventId}-before`, occurredAt, order: { key, orderId, state: 'accepted', message: 'The card is being made.' } };
}
