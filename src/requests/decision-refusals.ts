import { ProductError } from '../kernel/errors.js';
import type { RequestDetails } from './request-types.js';

const nothing = 'Nothing was changed.';

/** Why a request takes no decision in the state that it is in; null while it waits for one. */
export function refusalByState({ state, decision, reason }: RequestDetails): ProductError | null {
  switch (state) {
    case 'requested':
      return null;
    case 'registered':
      return notRequested(
        'This request is being registered and does not wait for a decision yet. Try again in a moment.',
      );
    case 'refused':
      return notRequested(
        `This request was not registered, so there is nothing to decide: ${reason ?? 'no reason is known'}`,
      );
    case 'aborted':
      return notRequested(`This request was aborted, so there is nothing to decide. ${nothing}`);
    case 'approved':
    case 'rejected':
      return alreadyDecided(`This request was ${state} ${byWhom(decision)}. ${nothing}`);
  }
}

function byWhom(decision: RequestDetails['decision']): string {
  if (decision === null) return 'without a decision, as its variant says';
  return decision.approver === null ? 'since nobody decided in time' : `by ${decision.approver} already`;
}

/** Of a decision that counts. */
export function alreadyDecided(message: string, cause?: unknown): ProductError {
  return new ProductError('already-decided', message, {}, { cause });
}

/** Of something that waits for no decision, or not for one here. */
export function notRequested(message: string, cause?: unknown): ProductError {
  return new ProductError('not-requested', message, {}, { cause });
}
