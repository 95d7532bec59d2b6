import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { orderKeyText } from '../../src/production/backends/backend.js';
import type { Installation } from './installation.js';

interface ShopLedgerAnswer {
  readonly cards: readonly { readonly key: string; readonly serialNumber: string }[];
  readonly notMade: readonly { readonly key: string; readonly why: string }[];
  readonly waiting: readonly string[];
}

export interface Verdict {
  readonly figures: Readonly<Record<string, number>>;
  /** What is not as it has to be; empty when all is well. */
  readonly faults: readonly string[];
}

/** How long the print shop may keep making its orders, once everything is over for us (ms). */
const shopPatienceMs = 60_000;

/** Compares what the print shop has physically made with what we have on record and what the engine still runs. */
export async function judge(installation: Installation, db: pg.Client, cards: readonly string[]): Promise<Verdict> {
  const shop = await ledgerOfIdleShop(installation);
  const { rows: orders } = await db.query<{ cardId: string; number: number; state: string; serial: string | null }>(
    `select card_id as "cardId", number, state, evidence->>'serialNumber' as serial from production_order`,
  );
  const faults: string[] = [];
  const expect = (right: boolean, fault: string) => right || faults.push(fault);

  const made = new Map<string, string[]>();
  for (const { key, serialNumber } of shop.cards) made.set(key, [...(made.get(key) ?? []), serialNumber]);
  for (const [key, serials] of made)
    expect(serials.length === 1, `${serials.length} cards for the order ${key}: ${serials.join(', ')}`);
  const spoiltAndMade = shop.notMade.filter(({ key }) => made.has(key));
  for (const { key, why } of spoiltAndMade) expect(false, `the order ${key} was made and ${why}`);
  expect(shop.waiting.length === 0, `${shop.waiting.length} orders still wait at the shop`);

  const known = new Map(orders.map((order) => [orderKeyText(order), order]));
  for (const [key, [serial]] of made) {
    const order = known.get(key);
    expect(
      order?.state === 'produced' && order.serial === serial,
      `the order ${key} was made as ${serial} and is ${order?.state} as ${order?.serial} with us`,
    );
  }
  const good = new Map<string, number>();
  for (const order of orders) {
    if (order.state !== 'produced') continue;
    good.set(order.cardId, (good.get(order.cardId) ?? 0) + 1);
    expect(made.has(orderKeyText(order)), `the order ${orderKeyText(order)} is produced with us and was never made`);
  }
  for (const card of cards) expect(good.get(card) === 1, `the card ${card} was made well ${good.get(card) ?? 0} times`);

  const { rows: issued } = await db.query(`select id from card where state = 'issued' and id = any($1::uuid[])`, [
    cards,
  ]);
  expect(issued.length === cards.length, `${cards.length - issued.length} cards are not issued`);
  const call = (path: string) => installation.engine.call<{ count: number }>({ user: 'card-server', path });
  const [instances, incidents] = await Promise.all([call('/process-instance/count'), call('/incident/count')]);
  expect(instances.count === 0, `${instances.count} process instances are left`);
  expect(incidents.count === 0, `${incidents.count} incidents`);
  return {
    faults,
    figures: {
      'cards to be made': cards.length,
      'cards made (shop)': shop.cards.length,
      'orders made (shop)': made.size,
      'orders spoilt or cancelled (shop)': shop.notMade.length,
      'orders (ledger)': orders.length,
      'orders failed (ledger)': orders.filter(({ state }) => state === 'failed').length,
      'cards issued (ledger)': issued.length,
      'process instances left': instances.count,
      incidents: incidents.count,
    },
  };
}

/** What the shop has made, once nothing waits there or its time is over. */
async function ledgerOfIdleShop(installation: Installation): Promise<ShopLedgerAnswer> {
  const address = `http://127.0.0.1:${await installation.settingOf('print-shop', 'PRINT_SHOP_PORT')}/ledger`;
  for (const deadline = Date.now() + shopPatienceMs; ; await sleep(500)) {
    const shop = (await (await fetch(address)).json()) as ShopLedgerAnswer;
    if (shop.waiting.length === 0 || Date.now() > deadline) return shop;
  }
}
