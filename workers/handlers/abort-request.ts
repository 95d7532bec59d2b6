import type { Knex } from '../../src/kernel/db/database.js';
import type { topics } from '../../src/process/contract/index.js';
import { abortRequest } from '../../src/requests/index.js';
import { done, PermanentError, type Handler } from '../runtime/index.js';
import type { Starters } from './register-request.js';

/** Aborts a request for the person who started the process; see `abortRequest`. */
export function abortRequestHandler(db: Knex, starters: Starters): Handler<(typeof topics)['abort-request']> {
  return async ({ processInstanceId, variables: { requestId, reason } }) => {
    const requester = await starters.starterOf(processInstanceId);
    if (requester === null)
      throw new PermanentError('The process was started by nobody, so nobody can abort a request with it.');
    await db.transaction((trx) => abortRequest(trx, requester, requestId, reason));
    return done({});
  };
}
