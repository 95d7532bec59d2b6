import { groups } from './roles.js';

/** The groups whose members may approve. Gate, door and worker all ask here. */
export const approvingGroups: readonly string[] = [groups.approver];

/** Whether a person in these groups may approve, or reject, what others have requested. */
export function mayApprove(memberOf: readonly string[]): boolean {
  return memberOf.some((group) => approvingGroups.includes(group));
}
