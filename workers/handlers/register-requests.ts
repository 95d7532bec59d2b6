import { batchView } from '../../src/batch-rows/index.js';
import { registerBatch } from '../../src/batches/index.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { isProductError } from '../../src/kernel/errors.js';
import type { topics } from '../../src/process/contract/index.js';
import { businessError, done, PermanentError, type Handler } from '../runtime/index.js';

/** Registers the requests of a batch order with the state that the diagram names; see `registerBatch`. */
export function registerRequestsHandler(db: Knex): Handler<(typeof topics)['register-requests']> {
  return async ({ variables: { batchId, requestedState }, processInstanceId, processDefinitionId }) => {
    if (requestedState !== 'requested' && requestedState !== 'approved') {
      throw new PermanentError(
        `requestedState is "${requestedState}"; it must be "requested" or "approved". Correct the diagram.`,
      );
    }
    try {
      const batchState = await registerBatch(db, {
        batchId,
        requestedState,
        runningIn: { processInstanceId, definitionId: processDefinitionId },
      });
      return done({ batchState, batch: await batchView(db, batchId, 'ordered') });
    } catch (raw) {
      if (isProductError(raw, 'variant-changed')) return businessError('variant-changed', raw.message);
      if (isProductError(raw) && raw.isBusiness) return businessError('batch-refused', raw.message);
      throw raw;
    }
  };
}
