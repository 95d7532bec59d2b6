import { cancelBatch, completeBatch } from '../../src/batches/index.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { isProductError } from '../../src/kernel/errors.js';
import { batchDecisions, type topics } from '../../src/process/contract/index.js';
import { done, PermanentError, type Handler } from '../runtime/index.js';
import { actorOf, type Actors } from './actor.js';

/** Completes or cancels a batch order; see `completeBatch` and `cancelBatch`. */
export function closeBatchHandler(db: Knex, history: Actors): Handler<(typeof topics)['close-batch']> {
  return async ({ variables: { batchId, decision, reason, closeTask }, processInstanceId, businessKey }) => {
    if (!batchDecisions.some((each) => each === decision)) {
      throw new PermanentError(
        `decision is "${decision}"; it must be one of ${batchDecisions.join(', ')}. Correct the diagram.`,
      );
    }
    const closing = {
      batchId,
      by: await actorOf(history, processInstanceId, closeTask),
      runningIn: { processInstanceId, businessKey },
    };
    try {
      await db.transaction((trx) =>
        decision === 'complete' ? completeBatch(trx, closing) : cancelBatch(trx, { ...closing, reason }),
      );
      return done({});
    } catch (raw) {
      if (isProductError(raw, 'not-found') && decision === 'cancel') return done({});
      throw raw;
    }
  };
}
