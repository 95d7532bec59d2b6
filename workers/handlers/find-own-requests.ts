import type { Knex } from '../../src/kernel/db/database.js';
import type { topics } from '../../src/process/contract/index.js';
import { listRequests } from '../../src/requests/index.js';
import { formNotice } from '../../src/process/form-text.js';
import { done, PermanentError, type Handler } from '../runtime/index.js';
import type { Starters } from './register-request.js';

/** Most requests a form lists. */
const mostRequests = 50;

/** Lists the requests of the person who started the process that still wait for a decision. */
export function findOwnRequests(db: Knex, starters: Starters): Handler<(typeof topics)['find-own-requests']> {
  return async ({ processInstanceId, variables: { refusal } }) => {
    const requester = await starters.starterOf(processInstanceId);
    if (requester === null)
      throw new PermanentError('The process was started by nobody, so there are no own requests.');
    const rows = await listRequests(db, { requester, states: ['requested'] }, mostRequests);
    const requests = rows.map(({ details: { id, holder, cardType, createdAt } }) => ({
      id,
      holder: `${holder.name} (${holder.employeeNumber})`,
      cardType: cardType.name,
      requestedAt: `${createdAt.slice(0, 16).replace('T', ' ')} UTC`,
    }));
    return done({
      requests,
      requestOptions: requests.map(({ id, holder, cardType, requestedAt }) => ({
        value: id,
        label: `${holder} – ${cardType} – ${requestedAt}`,
      })),
      notice: formNotice(refusal, noticeOf(requests.length)),
      refusal: null,
    });
  };
}

function noticeOf(count: number): string {
  if (count === 0) return 'None of your requests waits for a decision, so there is nothing to abort.';
  return count === 1
    ? 'One of your requests waits for a decision.'
    : `${count} of your requests wait for a decision. Choose the one to abort.`;
}
