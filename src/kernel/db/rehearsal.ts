import type { Knex, Transaction } from './database.js';

/** Ends a rehearsal; never leaves this file. */
class Rehearsed extends Error {}

/**
 * Does something and rolls it back: every rule that prevents it refuses it now, in the words that it would use later.
 * @throws ProductError as `act` does
 */
export async function rehearse(db: Knex, act: (trx: Transaction) => Promise<unknown>): Promise<void> {
  try {
    await db.transaction(async (trx) => {
      await act(trx);
      throw new Rehearsed();
    });
  } catch (raw) {
    if (!(raw instanceof Rehearsed)) throw raw;
  }
}
