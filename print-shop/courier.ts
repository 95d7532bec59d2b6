import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Logger } from '../src/kernel/log.js';
import type { Result } from '../src/production/backends/http/contract.js';
import { signWebhook, webhookHeaders } from '../src/production/backends/http/webhook-signature.js';
import type { Faults } from './faults.js';
import { now, resultOf, type ShopLedger, type ShopOrder } from './shop-ledger.js';

export interface CourierOptions {
  readonly ledger: ShopLedger;
  readonly faults: Faults;
  readonly log: Logger;
  /** Where results are reported, and the key that signs them. */
  readonly webhook: { readonly url: string; readonly key: string };
}

/** Calls at the same time. */
const atOnce = 4;
/** Most results of one call. */
const longestCall = 100;
/** Pause after the first call that was not acknowledged; doubles up to the longest (ms). */
const pauses = { first: 250, longest: 10_000 };
const answerWithinMs = 10_000;

/** Reports ended orders to the client by webhook, repeatedly until it acknowledges. */
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

  /** Reports again what was not acknowledged when the program ended. */
  start(): void {
    for (const order of this.options.ledger.endings) if (!order.acknowledged) this.report(order);
  }

  /** Puts the ending of an order on its way. */
  report(order: ShopOrder): void {
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
    while (this.queue.length > 0 && !this.stopping.signal.aborted) await this.bring(this.queue.splice(0, longestCall));
  }

  /** Orders that ended during a report go together in the next one. */
  private async bring(orders: readonly ShopOrder[]): Promise<void> {
    const { ledger, faults, log } = this.options;
    const results = orders.map(resultOf);
    for (let ms = pauses.first; ; ms = Math.min(pauses.longest, ms * 2)) {
      if (await this.send(results)) break;
      log.debug({ orders: orders.map(({ key }) => key), ms }, 'results were not acknowledged; they are reported again');
      await this.pause(ms);
      if (this.stopping.signal.aborted) return;
    }
    const news = orders.filter(({ acknowledged }) => !acknowledged);
    await Promise.all(news.map(({ orderId }) => ledger.record({ type: 'acknowledged', at: now(), orderId })));
    for (const [index, { key }] of orders.entries()) {
      const again = results.slice(index, index + 1);
      if (faults.strikes('duplicate', key)) await this.send(again);
      if (faults.strikes('out-of-order', key)) await this.send(again.map(staleNews));
    }
  }

  /** @returns true when they were acknowledged */
  private async send(results: readonly Result[]): Promise<boolean> {
    const [first] = results;
    if (first === undefined) return true;
    const id = results.length === 1 ? first.eventId : `${first.eventId}-and-${results.length - 1}-more`;
    const body = Buffer.from(JSON.stringify(results.length === 1 ? first : { eventId: id, results }));
    const timestamp = String(Math.floor(Date.now() / 1_000));
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
  return {
    eventId: `${eventId}-before`,
    occurredAt,
    order: { key, orderId, state: 'accepted', message: 'The card is being made.' },
  };
}
