import type { HolderChoice, RequestView } from '../process/contract/index.js';
import type { Knex } from '../db/database.js';
import type { Registered } from './request-registration.js';

/** A holder as forms show it; the photo's address is absolute, since Tasklist shows no relative one. */
export function holderChoice(
  holder: Omit<HolderChoice, 'photoUrl'> & { readonly hasPhoto: boolean },
  publicUrl: string,
): HolderChoice {
  const { id, employeeNumber, name, email, upn, department, state, hasPhoto } = holder;
  const photoUrl = hasPhoto ? `${publicUrl}/api/v1/holders/${id}/photo` : null;
  return { id, employeeNumber, name, email, upn, department, state, photoUrl };
}

/** The three blocks that an approver sees. */
export async function requestView(db: Knex, registered: Registered, publicUrl: string): Promise<RequestView> {
  const { requestId, standing, requester, requestedAt } = registered;
  const person = await db('holder')
    .where({ account: requester.toLowerCase() })
    .first<{ given_name: string; family_name: string; department: string } | undefined>('given_name', 'family_name', 'department');
  return {
    id: requestId,
    cardType: standing.cardType.name,
    requestedAt: `${requestedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    holder: holderChoice(standing.holder, publicUrl),
    requester: {
      account: requester,
      name: person === undefined ? requester : `${person.given_name} ${person.family_name}`,
      department: person?.department ?? null,
    },
  };
}
