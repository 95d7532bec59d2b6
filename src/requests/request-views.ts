import type { Knex } from '../kernel/db/database.js';
import { timeText } from '../kernel/time-zone.js';
import type { HolderChoice, RequestView } from '../process/contract/index.js';
import { readRequestContent } from './request-content.js';

/**
 * A holder as forms show it. The photo is addressed by its own id, so a form keeps showing the same photo that it was
 * opened with; the address is absolute, since Tasklist shows no relative one.
 */
export function holderChoice(holder: Omit<HolderChoice, 'photoUrl'>, publicUrl: string): HolderChoice {
  const { id, employeeNumber, name, email, upn, department, state, account, photoId } = holder;
  const photoUrl = photoId === null ? null : `${publicUrl}/api/v1/photos/${photoId}`;
  return { id, employeeNumber, name, email, upn, department, state, account, photoId, photoUrl };
}

/** The three blocks that an approver sees. @throws ProductError `not-found` */
export async function requestView(db: Knex, requestId: string, publicUrl: string): Promise<RequestView> {
  const { id, cardType, requestedAt, holder, requester, holderAccounts } = await readRequestContent(db, requestId);
  return {
    id,
    cardType,
    requestedAt: timeText(requestedAt),
    holder: holderChoice(holder, publicUrl),
    requester,
    accounts: accountsText(holderAccounts),
  };
}

/** The holder's account, and those before it since the request was made. */
function accountsText(accounts: readonly (string | null)[]): string {
  const [now, ...before] = accounts.map((account) => account ?? 'none').reverse();
  const current = now ?? 'none';
  return before.length === 0 ? current : `${current} (before, since it was requested: ${before.reverse().join(', ')})`;
}
