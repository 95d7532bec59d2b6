import { approvingGroups } from '../../domain/approving.js';
import type { Knex } from '../../kernel/db/database.js';

/**
 * Whether a person in these groups may approve, or reject, what others have requested: as an approver, or in a group of the
 * organisation's own that an administrator has marked. Door and worker ask here. A retired group still may: tasks may wait for it.
 */
export async function mayApprove(db: Knex, memberOf: readonly string[]): Promise<boolean> {
  if (memberOf.some((group) => approvingGroups.includes(group))) return true;
  const own = await db('own_group')
    .whereIn('id', memberOf)
    .where({ may_approve: true })
    .first<object | undefined>('id');
  return own !== undefined;
}
