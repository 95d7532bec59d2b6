import { batchView } from '../../src/batch-rows/index.js';
import { registerBatch } from '../../src/batches/index.js';
import type { Knex } from '../../src/kernel/db/database.js';
import type { topics } from '../../src/process/contract/index.js';
import { done, PermanentError, type Handler } from '../runtime/index.js';

/** Registers the requests of a batch order with the state that the diagram names; see `registerBatch`. */
export function registerRequestsHandler(db: Knex): Handler<(typeof topics)['register-requests']> {
  return async ({ variables: { batchId, requestedState }, processInstanceId, processDefinitionId }) => {
    if (requestedState !== 'requested' && requestedState !== 'approved') {
      throw new PermanentError(
        `requestedState is "${requestedState}"; it must be "requested" or "approved". Correct the diagram.`,
      );
    }
    const batchState = await registerBatch(db, {
      batchId,
      requestedState,
      runningIn: { processInstanceId, definitionId: processDefinitionId },
    });
    return done({ batchState, batch: await batchView(db, batchId, 'ordered') });
  };
}
