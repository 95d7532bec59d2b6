import { appendAudit } from '../audit/audit-store.js';
import { violates, type Transaction } from '../db/database.js';
import { selfApproval, timeLimitReason, type Decision } from '../domain/decisions.js';
import { ProductError } from '../errors.js';
import { enqueueMail } from '../mail/mail-outbox.js';
import { requestDecided } from '../mail/mail-texts.js';
import { obsoleteMessages } from '../outbox/command-store.js';
import { messages } from '../process/contract/index.js';
import { systemActor } from '../domain/roles.js';
import { takeSnapshots } from '../snapshots/snapshot-store.js';
import { fingerprintOf, readRequestContent, requestOutdated } from './request-content.js';
import { endRequest, lockRequest } from './request-store.js';
import type { RequestRow } from './request-types.js';

/** Who completed the deciding task, as the engine's operation log tells it. */
export interface CompletionProof {
  readonly taskId: string;
  readonly operationId: string;
  readonly user: string;
  readonly completedAt: Date;
}

/** An approval that came before the deciding one, where a variant asks more than one person. */
export interface EarlierApproval extends CompletionProof {
  /** Id of the user task in the diagram. */
  readonly task: string;
  /** As in the decision. */
  readonly seenContent: string | null;
}

/** Where a decision was made, and what others had approved before in the tasks that count together with it. */
export interface SharedDecision {
  readonly task: string;
  readonly earlier: readonly EarlierApproval[];
}

/** A decision to record; `proof` is null only when the time limit decides. */
export type DecisionToRecord = { readonly requestId: string; readonly processInstanceId: string } & (
  | {
      readonly cause: 'approver';
      readonly decision: Decision;
      readonly reason: string | null;
      readonly proof: CompletionProof;
      /** Fingerprint of what the approver was shown; see `fingerprintOf`. */
      readonly seenContent: string | null;
      /** Set for an approval in a variant that asks more than one person. */
      readonly shared?: SharedDecision;
    }
  | { readonly cause: 'time-limit' }
);

/**
 * Records the decision and moves request and card by compare-and-set. A request that was decided or aborted before
 * keeps its state, which is returned; so a second decision, or a repeat, changes nothing.
 * @returns the state that the request is in afterwards
 * @throws ProductError `self-approval`, `approved-already`, `reason-missing`, `not-found`, `not-requested` (time limit not yet reached), for an
 *   approval also `request-outdated` and `holder-inactive`
 */
export async function recordDecision(trx: Transaction, toRecord: DecisionToRecord): Promise<'approved' | 'rejected' | 'aborted'> {
  const request = await lockRequest(trx, { id: toRecord.requestId });
  if (request === null || request.processInstanceId !== toRecord.processInstanceId) {
    throw new ProductError('not-found', 'There is no such request in this process.');
  }
  if (request.state === 'approved' || request.state === 'rejected' || request.state === 'aborted') return request.state;
  if (request.state !== 'requested') throw new ProductError('not-requested', 'The request does not wait for a decision.');
  const verdict = toRecord.cause === 'time-limit' ? timeLimitVerdict(request) : approverVerdict(request, toRecord);
  const state = verdict.decision === 'approve' ? 'approved' : 'rejected';
  if (state === 'approved') await assertAsSeen(trx, request, toRecord);
  await insertDecision(trx, request, verdict);
  const approvals = await insertApprovals(trx, toRecord);
  if (!(await endRequest(trx, { id: request.id, cardId: request.cardId, from: 'requested', to: state, reason: verdict.reason }))) {
    throw new ProductError('transition-refused', 'The card of this request is in another state.');
  }
  if (state === 'approved' && request.cardId !== null) await takeSnapshots(trx, [request.cardId]);
  await obsoleteMessages(trx, request.id, messages.approvalTimeLimit);
  const step = {
    actor: verdict.proof?.user ?? systemActor,
    action: state === 'approved' ? 'request-approved' : 'request-rejected',
    fromState: 'requested',
    toState: state,
    processKey: request.processKey,
    processVersion: request.processVersion,
    details: {
      reason: verdict.reason,
      cause: verdict.cause,
      ...(verdict.proof && { operationId: verdict.proof.operationId }),
      ...(approvals.length > 0 && { approvals }),
    },
  };
  await appendAudit(trx, [
    { ...step, objectType: 'card-request', objectId: request.id },
    { ...step, objectType: 'card', objectId: request.cardId ?? '' },
  ]);
  await enqueueMail(trx, [
    requestDecided({
      requestId: request.id,
      holder: request.holderName,
      cardType: request.cardTypeName,
      requester: request.requester,
      outcome: state,
      reason: verdict.reason,
    }),
  ]);
  return state;
}

interface Verdict {
  readonly cause: 'approver' | 'time-limit';
  readonly decision: Decision;
  readonly reason: string | null;
  readonly proof: CompletionProof | null;
}

function timeLimitVerdict(request: RequestRow): Verdict {
  if (request.decideBefore === null || request.decideBefore.getTime() > Date.now()) {
    throw new ProductError('not-requested', 'The approval time limit of this request has not passed.');
  }
  return { cause: 'time-limit', decision: 'reject', reason: timeLimitReason, proof: null };
}

function approverVerdict(request: RequestRow, { decision, reason, proof, shared }: DecisionToRecord & { cause: 'approver' }): Verdict {
  const people = [...(shared?.earlier ?? []), proof].map(({ user }) => user);
  for (const user of people) refuseSelfApproval(user, request);
  if (new Set(people.map((user) => user.toLowerCase())).size < people.length) throw samePersonTwice();
  const text = reason?.trim() ?? '';
  if (decision === 'reject' && text === '') throw reasonMissing();
  return { cause: 'approver', decision, reason: text === '' ? null : text, proof };
}

/** The holder stays as seen until the transaction ends, so that the snapshot holds what the approver saw. */
async function assertAsSeen(trx: Transaction, request: RequestRow, toRecord: DecisionToRecord): Promise<void> {
  const content = await readRequestContent(trx, request.id, 'for share of h, t');
  refuseInactive(content.holder);
  const seen = toRecord.cause === 'approver' ? [toRecord.seenContent, ...(toRecord.shared?.earlier ?? []).map((each) => each.seenContent)] : [];
  const now = fingerprintOf(content);
  if (!seen.every((each) => each === now)) throw requestOutdated(request.holderName, []);
}

/** @throws ProductError `holder-inactive` for an approval; a rejection needs no active holder */
export function refuseInactive({ state, name }: { readonly state: string; readonly name: string }): void {
  if (state !== 'active') throw new ProductError('holder-inactive', `${name} has become inactive, so the card cannot be approved. Reject the request.`);
}

async function insertDecision(trx: Transaction, request: RequestRow, verdict: Verdict): Promise<void> {
  try {
    await trx('decision').insert({
      request_id: request.id,
      decision: verdict.decision,
      cause: verdict.cause,
      reason: verdict.reason,
      approver: verdict.proof?.user ?? null,
      requester: request.requester,
      holder_account: request.holderAccount,
      task_id: verdict.proof?.taskId ?? null,
      operation_id: verdict.proof?.operationId ?? null,
      completed_at: verdict.proof?.completedAt ?? null,
    });
  } catch (raw) {
    if (violates(raw, 'decision_not_by_requester') || violates(raw, 'decision_not_by_holder')) throw selfApprovalError('requester');
    throw raw;
  }
}

/** Every approval that a decision by several people rests on; answers what the audit log is told of them. */
async function insertApprovals(trx: Transaction, toRecord: DecisionToRecord): Promise<{ approver: string; operationId: string }[]> {
  if (toRecord.cause !== 'approver' || toRecord.decision !== 'approve' || toRecord.shared === undefined) return [];
  const { proof, shared, requestId } = toRecord;
  const all = [...shared.earlier, { ...proof, task: shared.task }];
  try {
    await trx('decision_approval').insert(
      all.map(({ task, user, taskId, operationId, completedAt }) => ({
        request_id: requestId,
        task,
        approver: user,
        task_id: taskId,
        operation_id: operationId,
        completed_at: completedAt,
      })),
    );
  } catch (raw) {
    if (violates(raw, 'decision_approval_by_different_people')) throw samePersonTwice();
    throw raw;
  }
  return all.map(({ user, operationId }) => ({ approver: user, operationId }));
}

function samePersonTwice(): ProductError {
  return new ProductError('approved-already', 'The same person approved twice, so another approver has to be the second.');
}

/** @throws ProductError `approved-already` where one of `others` is the person who is about to approve too */
export function refuseSecondApproval(approver: string, others: readonly string[]): void {
  if (others.some((other) => other.toLowerCase() === approver.toLowerCase())) {
    throw new ProductError('approved-already', 'You have approved this request already, so another approver has to be the second.');
  }
}

/** @throws ProductError `self-approval` where requester or card holder would decide */
export function refuseSelfApproval(approver: string, request: Pick<RequestRow, 'requester' | 'holderAccount'>): void {
  const conflict = selfApproval(approver, request);
  if (conflict !== null) throw selfApprovalError(conflict);
}

function selfApprovalError(conflict: 'requester' | 'holder'): ProductError {
  return new ProductError(
    'self-approval',
    conflict === 'requester'
      ? 'You requested this card yourself, so another approver has to decide.'
      : 'This card is for you, so another approver has to decide.',
  );
}

/** The refusal of a rejection without a reason. */
export function reasonMissing(): ProductError {
  return new ProductError('reason-missing', 'Give a reason for the rejection; the requester will read it.');
}
