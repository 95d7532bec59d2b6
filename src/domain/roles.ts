/** Groups of the engine's identity service, by role. */
export const groups = {
  operator: 'card-operators',
  approver: 'card-approvers',
  producer: 'card-producers',
  admin: 'card-admins',
  designer: 'process-designers',
} as const;

export type Role = keyof typeof groups;

/** Accounts that only sign requests between our parts; nobody can sign in as one of them. */
export const technicalAccounts = { server: 'card-server', worker: 'card-worker', passwords: 'card-passwords' } as const;

/** Who an audit row names when no person acted. */
export const systemActor = 'system';
