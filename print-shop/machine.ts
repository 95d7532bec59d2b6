import { randomBytes } from 'node:crypto';
import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../src/kernel/log.js';
import type { Faults } from './faults.js';
import type { ShopScript } from './script.js';
import { now, type ShopLedger, type ShopOrder } from './shop-ledger.js';

const outOfRibbon = 'Out of ribbon: put in a new one.';
const stoppedByHand = 'The machine was stopped by hand.';

/** How slow a slow card is: ten times as long as others, and long enough to be noticed (ms). */
const slowness = (cardMs: number): number => Math.max(200, cardMs * 10);

export interface MachineOptions {
  readonly ledger: ShopLedger;
  readonly faults: Faults;
  readonly script: ShopScript;
  readonly log: Logger;
  /** Called with each order that has ended, once that is on disk. */
  readonly ended: (order: ShopOrder) => void;
  /** What a power cut does. */
  readonly powerCut: () => void;
}

/** The one card printer of the shop: takes the first of the queue, makes its card or spoils it, and takes the next. */
export class Machine {
  private readonly stopping = new AbortController();
  private halted = false;
  private ribbonOut = false;
  private ribbonBegan: number;
  private ribbonsUsed = 0;
  private inside: ShopOrder | null = null;
  private running: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;

  constructor(private readonly options: MachineOptions) {
    const { ledger, script } = options;
    this.ribbonBegan = ledger.made - (ledger.made % script.ribbonCards);
  }

  /** Why no card is made at present, in one sentence; null when cards are made. */
  get holdUp(): string | null {
    if (this.ribbonOut) return outOfRibbon;
    return this.halted ? stoppedByHand : null;
  }

  /** The order whose card is half-made: too late to cancel it. */
  get current(): ShopOrder | null {
    return this.inside;
  }

  /** Share of the ribbon that is left, from 0 to 1. */
  get ribbon(): number {
    const { ledger, script } = this.options;
    return this.ribbonOut ? 0 : Math.max(0, 1 - (ledger.made - this.ribbonBegan) / script.ribbonCards);
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  /** Looks at the queue; call it when an order was accepted. */
  notify(): void {
    this.wake();
  }

  halt(): void {
    this.halted = true;
  }

  resume(): void {
    this.halted = false;
    this.wake();
  }

  endRibbon(): void {
    const { log, script } = this.options;
    if (this.ribbonOut) return;
    this.ribbonOut = true;
    log.info(outOfRibbon);
    if (script.ribbonChangeMs === null) return;
    setTimeout(() => {
      this.changeRibbon();
    }, script.ribbonChangeMs).unref();
  }

  changeRibbon(): void {
    this.ribbonOut = false;
    this.ribbonsUsed += 1;
    this.ribbonBegan = this.options.ledger.made;
    this.wake();
  }

  /** Takes an order out of the queue that waits there. */
  drop(order: ShopOrder): void {
    this.end(order, { type: 'cancelled', at: now(), orderId: order.orderId });
  }

  private async run(): Promise<void> {
    const { ledger, faults } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const order = ledger.first;
      if (order === undefined || this.holdUp !== null) {
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      if (this.ribbon === 0 || faults.strikes('ribbon-end', `${order.key}/${this.ribbonsUsed}`)) {
        this.endRibbon();
        continue;
      }
      this.inside = order;
      await this.takeTime(order);
      if (!signal.aborted) this.finish(order);
      this.inside = null;
    }
  }

  private async takeTime({ key }: ShopOrder): Promise<void> {
    const { faults, script } = this.options;
    const ms = faults.strikes('slow', key) ? slowness(script.cardMs) : script.cardMs;
    if (ms === 0) await breathe();
    else await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  /** A card that was half-made when the program ended was never finished: it is begun anew at the next start. */
  private finish(order: ShopOrder): void {
    const { ledger, faults, powerCut } = this.options;
    const { key, orderId, card } = order;
    if (faults.strikes('restart', key)) powerCut();
    if (faults.strikes('jam', key)) {
      this.end(order, {
        type: 'failed',
        at: now(),
        orderId,
        code: 'jam',
        reason: 'The card jammed in the printer and was thrown away.',
      });
      return;
    }
    const serialNumber = `SIM-${String(ledger.made + 1).padStart(6, '0')}`;
    const chipUid = card.chip ? `04${randomBytes(6).toString('hex').toUpperCase()}` : null;
    this.end(order, { type: 'made', at: now(), orderId, serialNumber, chipUid });
  }

  private end(order: ShopOrder, ending: NonNullable<ShopOrder['ending']>): void {
    const { ledger, ended } = this.options;
    // The next card does not wait for the disk; the report of this one does. A disk that fails ends the program.
    void ledger.record(ending).then(() => {
      ended(order);
    });
  }
}
