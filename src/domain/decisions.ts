export const decisions = ['approve', 'reject'] as const;

export type Decision = (typeof decisions)[number];

/** Reason recorded when the approval time limit decides. */
export const timeLimitReason = 'not decided in time';

/** The longest text that an engine variable, and so a form field, can carry (characters). */
export const maxTextLength = 4000;

/** The people around one request, by account name; a holder without an account is null. */
export interface Parties {
  readonly requester: string;
  readonly holderAccount: string | null;
}

/**
 * Why `approver` may not decide on a request of these parties, or null when they may (separation of duties).
 * Accounts are compared without regard to case, so that a directory's spelling opens no way round.
 */
export function selfApproval(approver: string, parties: Parties): 'requester' | 'holder' | null {
  const account = approver.toLowerCase();
  if (account === parties.requester.toLowerCase()) return 'requester';
  if (account === parties.holderAccount?.toLowerCase()) return 'holder';
  return null;
}
