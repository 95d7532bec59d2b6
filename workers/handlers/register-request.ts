import type { Knex } from '../../src/kernel/db/database.js';
import { isProductError } from '../../src/kernel/errors.js';
import type { topics } from '../../src/process/contract/index.js';
import { refuseReservation, registerRequest, requestView } from '../../src/requests/index.js';
import { done, PermanentError, type Handler } from '../runtime/index.js';

/** Who started the process that an instance belongs to, by the engine's own history. */
export interface Starters {
  starterOf(processInstanceId: string): Promise<string | null>;
}

/** Registers the request with the state that the diagram names; see `registerRequest`. */
export function registerRequestHandler(
  db: Knex,
  starters: Starters,
  publicUrl: string,
): Handler<(typeof topics)['register-request']> {
  return async ({ variables, processInstanceId, processDefinitionId }) => {
    const { requestedState, holder, cardType, requestId } = variables;
    if (requestedState !== 'requested' && requestedState !== 'approved') {
      throw new PermanentError(
        `requestedState is "${requestedState}"; it must be "requested" or "approved". Correct the diagram.`,
      );
    }
    const starter = async () => {
      const account = await starters.starterOf(processInstanceId);
      if (account === null)
        throw new PermanentError('The process was started by nobody, so the request has no requester.');
      return account;
    };
    try {
      const registered = await db.transaction((trx) =>
        registerRequest(trx, {
          runningIn: { processInstanceId, definitionId: processDefinitionId },
          requestedState,
          holder,
          cardType,
          requestId,
          starter,
        }),
      );
      if (requestedState === 'approved') return done({ requestId: registered.requestId });
      return done({ requestId: registered.requestId, request: await requestView(db, registered.requestId, publicUrl) });
    } catch (raw) {
      if (isProductError(raw, 'holder-inactive', 'photo-missing') && requestId !== null) {
        await db.transaction((trx) => refuseReservation(trx, requestId, raw.message));
      }
      throw raw;
    }
  };
}
