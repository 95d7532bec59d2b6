import { isSameAccount } from './identities.js';

export const decisions = ['approve', 'reject'] as const;

export type Decision = (typeof decisions)[number];

/** Reason recorded when the approval time limit decides. */
export const timeLimitReason = 'not decided in time';

/** The longest text that an engine variable, and so a form field, can carry (characters). */
export const maxTextLength = 4000;

/** The people around one request, by account. */
export interface Parties {
  readonly requester: string;
  /** Those that the card holder has had since the request was made; null where there was none. */
  readonly holderAccounts: readonly (string | null)[];
}

/**
 * Why `approver` may not decide on a request of these parties, or null when they may (separation of duties).
 * Accounts are compared in their one form, so that a directory's spelling opens no way round.
 */
export function selfApproval(approver: string, parties: Parties): 'requester' | 'holder' | null {
  if (isSameAccount(approver, parties.requester)) return 'requester';
  const isHolder = parties.holderAccounts.some((account) => account !== null && isSameAccount(approver, account));
  return isHolder ? 'holder' : null;
}
