import type { Knex } from '../../src/kernel/db/database.js';
import type { topics } from '../../src/process/contract/index.js';
import { cancelCard } from '../../src/production/index.js';
import { done, type Handler } from '../runtime/index.js';
import { actorOf, type Actors } from './actor.js';

/** Cancels an approved or failed card; see `cancelCard`. */
export function cancelCardHandler(db: Knex, history: Actors): Handler<(typeof topics)['cancel-card']> {
  return async ({ variables: { card, reason, cancelTask }, processInstanceId, businessKey }) => {
    const by = await actorOf(history, processInstanceId, cancelTask);
    await db.transaction((trx) =>
      cancelCard(trx, { cardId: card, by, reason, runningIn: { processInstanceId, businessKey } }),
    );
    return done({});
  };
}
