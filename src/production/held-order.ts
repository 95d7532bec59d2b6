import type { CarrierParts } from './carrier-types.js';
import type { Claim } from './order-ledger.js';
import { endOrders } from './production-results.js';
import type { Ending, LedgerKey } from './production-types.js';

/** Ends an order by what its holder concludes, as long as it still is the holder: whoever has it by now may know better. */
export async function endHeld(key: LedgerKey, ending: Ending, claim: Claim, { db, ledger }: CarrierParts): Promise<void> {
  await db.transaction(async (trx) => {
    if (await ledger.stillHeld(trx, key, claim)) await endOrders(trx, [{ ...key, ...ending }]);
  });
}
