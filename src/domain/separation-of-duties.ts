import type { Role } from './roles.js';

/** Two roles that one person should not have, and what that person could do alone. */
export interface RoleConflict {
  readonly roles: readonly [Role, Role];
  readonly why: string;
}

/** Roles that do not go together. It is shown, not refused: a small office may have no choice. */
export const roleConflicts: readonly RoleConflict[] = [
  {
    roles: ['operator', 'approver'],
    why: 'Requests cards and approves those of others, so that two such people can approve for each other.',
  },
  { roles: ['approver', 'producer'], why: 'Approves a card and has it made.' },
  {
    roles: ['operator', 'producer'],
    why: 'Requests a card and has it made, which no one else looks at where no approval is asked for.',
  },
  { roles: ['admin', 'approver'], why: 'Switches approvals off, or approves.' },
  { roles: ['admin', 'producer'], why: 'Switches approvals off, and has cards made.' },
  { roles: ['admin', 'designer'], why: 'Draws a process and releases it, which no one else looks at.' },
];

/** The conflicts that these roles hold. */
export function conflictsOf(roles: ReadonlySet<Role>): RoleConflict[] {
  return roleConflicts.filter((conflict) => conflict.roles.every((role) => roles.has(role)));
}
