import { OrderLedger } from '../../src/production/order-ledger.js';
import type { Knex } from '../../src/kernel/db/database.js';

/** The mutant: a ledger that takes a lost answer, and the death of a caller, for a call that was never made. */
export class CallsAgain extends OrderLedger {
  constructor(private readonly database: Knex) {
    super(database);
  }

  override doubt(...[claim, delayMs, reason]: Parameters<OrderLedger['doubt']>): Promise<number> {
    return this.putBack(claim, delayMs, reason);
  }

  override async claimQuestions(
    ...given: Parameters<OrderLedger['claimQuestions']>
  ): ReturnType<OrderLedger['claimQuestions']> {
    await this.database('production_order')
      .where({ state: 'intent' })
      .whereNotNull('call_began_at')
      .whereRaw('claimed_until < now()')
      .update({ call_began_at: null });
    return super.claimQuestions(...given);
  }
}
