import { beginRound, cardIdsIn, placeRound } from '../../src/batches/index.js';
import { adoptBatch, readHead } from '../../src/batch-rows/index.js';
import type { Knex } from '../../src/kernel/db/database.js';
import type { topics } from '../../src/process/contract/index.js';
import { done, type Handler } from '../runtime/index.js';
import { actorOf, type Actors } from './actor.js';

/** Begins a round, unless the API has, and puts all its cards into the print ledger; see `beginRound` and `placeRound`. */
export function orderBatchHandler(db: Knex, history: Actors): Handler<(typeof topics)['order-batch']> {
  return async ({ variables: { batchId, round, exceptions, orderTask }, processInstanceId, processDefinitionId }) => {
    if ((await readHead(db, batchId)).round === round) {
      const orderedBy = await actorOf(history, processInstanceId, orderTask);
      await db.transaction((trx) =>
        beginRound(trx, { batchId, afterRound: round, orderedBy, except: round === 0 ? cardIdsIn(exceptions) : [] }),
      );
    }
    await adoptBatch(db, batchId, processDefinitionId);
    await placeRound(db, batchId, round + 1);
    return done({});
  };
}
