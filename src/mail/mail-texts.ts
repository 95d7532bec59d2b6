import { groups } from '../domain/roles.js';
import type { NewMail } from './mail-types.js';

/** Where the mails lead to. */
const tasklist = '/camunda/app/tasklist/default/';
const myRequests = '/my-requests';

export interface WaitingRequest {
  readonly requestId: string;
  /** Name of the card holder. */
  readonly holder: string;
  /** Name of the card type. */
  readonly cardType: string;
  /** Account of who asked. */
  readonly requester: string;
  /** Accounts that may not decide, so need not be told. */
  readonly exceptAccounts: readonly string[];
}

/** To the approvers: a request waits for one of them. */
export function requestWaiting({ requestId, holder, cardType, requester, exceptAccounts }: WaitingRequest): NewMail {
  return {
    eventKey: `request-waiting:${requestId}`,
    toGroup: groups.approver,
    exceptAccounts,
    subject: `Card request for ${holder} waits for a decision`,
    body: [
      `${requester} has requested a card (${cardType}) for ${holder}.`,
      'Any approver can decide; you find it in Tasklist under Approvals.',
    ].join('\n'),
    linkPath: tasklist,
  };
}

export interface DecidedRequest {
  readonly requestId: string;
  /** Name of the card holder. */
  readonly holder: string;
  /** Name of the card type. */
  readonly cardType: string;
  /** Account of who asked. */
  readonly requester: string;
  readonly outcome: 'approved' | 'rejected';
  readonly reason: string | null;
}

/** To the requester: the decision, with its reason. */
export function requestDecided({ requestId, holder, cardType, requester, outcome, reason }: DecidedRequest): NewMail {
  return {
    eventKey: `request-decided:${requestId}`,
    toAccount: requester,
    subject: `Your card request for ${holder} was ${outcome}`,
    body: [
      `Your request for a card (${cardType}) for ${holder} was ${outcome}.`,
      ...(reason === null ? [] : [`Reason: ${reason}`]),
    ].join('\n'),
    linkPath: `${myRequests}/${requestId}`,
  };
}
