import { groups } from '../../domain/roles.js';
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
  /** Accounts that may not decide, so need no mail. */
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

export interface ChangedAccounts {
  readonly importId: string;
  /** Account of who imported. */
  readonly by: string;
  /** Requests that wait, each with the account of its holder before and after. */
  readonly changes: readonly { readonly requestId: string; readonly from: string | null; readonly to: string | null }[];
}

/** Most requests that a mail lists. */
const mostListed = 50;

/** To the administrators: accounts of card holders have changed whose requests wait. */
export function accountsChanged({ importId, by, changes }: ChangedAccounts): NewMail {
  const listed = changes.slice(0, mostListed);
  return {
    eventKey: `holder-accounts:${importId}`,
    toGroup: groups.admin,
    subject: `Accounts of card holders were changed while requests wait (${changes.length})`,
    body: [
      `${by} imported card holders, which changed the accounts of some whose requests wait for a decision.`,
      'None of these accounts may approve the request. Approvers are asked to look again.',
      ...listed.map(({ requestId, from, to }) => `Request ${requestId}: ${from ?? 'none'} → ${to ?? 'none'}`),
      ...(changes.length > mostListed ? [`… and ${changes.length - mostListed} more.`] : []),
    ].join('\n'),
    linkPath: null,
  };
}

const batches = '/batches';

/** A batch of requests, as mails about it need it. */
interface MailedBatch {
  readonly batchId: string;
  /** What people call it. */
  readonly number: number;
  readonly label: string;
}

export interface WaitingRequests extends MailedBatch {
  /** How many wait. */
  readonly cards: number;
  /** Name of the card type. */
  readonly cardType: string;
  /** Account of who asked. */
  readonly requester: string;
}

/** To the approvers: a batch of requests waits for one of them. */
export function requestsWaiting({ batchId, number, label, cards, cardType, requester }: WaitingRequests): NewMail {
  return {
    eventKey: `batch-waiting:${batchId}`,
    toGroup: groups.approver,
    exceptAccounts: [requester],
    subject: `Batch order ${named(number, label)} waits for a decision`,
    body: [
      `${requester} has requested ${cards === 1 ? '1 card' : `${cards} cards`} (${cardType}) together.`,
      'Any approver can decide on all of them at once; you find it in Tasklist under Approvals.',
    ].join('\n'),
    linkPath: tasklist,
  };
}

export interface DecidedRequests extends MailedBatch {
  /** Id of the operation that decided, or another that comes once. */
  readonly decisionId: string;
  /** Account of who asked. */
  readonly requester: string;
  readonly approved: number;
  readonly rejected: number;
  readonly waiting: number;
}

/** To the requester: how a batch of requests stands after a decision. */
export function requestsDecided({
  batchId,
  decisionId,
  number,
  label,
  requester,
  approved,
  rejected,
  waiting,
}: DecidedRequests): NewMail {
  const parts = [
    `${approved} approved`,
    `${rejected} rejected`,
    ...(waiting === 0 ? [] : [`${waiting} waiting for another approver`]),
  ];
  return {
    eventKey: `batch-decided:${batchId}:${decisionId}`,
    toAccount: requester,
    subject: `Your batch order ${named(number, label)} was decided`,
    body: [
      `Of the cards that you requested together: ${parts.join(', ')}.`,
      'Each card and the reason of each rejection are on the page of the batch order.',
    ].join('\n'),
    linkPath: `${batches}/${batchId}`,
  };
}

function named(number: number, label: string): string {
  return label === '' ? String(number) : `${number} "${label}"`;
}
