import { orderKeyText } from './backends/backend.js';
import type { CarrierParts } from './carrier-types.js';
import type { Claim } from './order-ledger.js';
import { endOrders } from './production-results.js';
import type { Ending, LedgerKey } from './production-types.js';
import { inOneOrSingly } from './in-one-or-singly.js';

/** Ends orders by what their holder concludes, as long as it still is the holder: a later holder may know better. */
export async function endHeld(
  endings: readonly (LedgerKey & Ending)[],
  claim: Claim,
  { db, ledger, log }: CarrierParts,
): Promise<void> {
  const end = (some: readonly (LedgerKey & Ending)[]) =>
    db.transaction(async (trx) => {
      const held = new Set((await ledger.hold(trx, some, claim)).map(orderKeyText));
      await endOrders(
        trx,
        some.filter((each) => held.has(orderKeyText(each))),
      );
    });
  await inOneOrSingly(endings, end, (raw) => {
    log.warn({ err: raw, orders: endings.length }, 'orders could not be ended together; they are ended one by one');
  });
}
