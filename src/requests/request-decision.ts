import { enqueueMail, requestDecided } from '../records/index.js';
import { mayApprove } from '../directory/index.js';
import { violates, type Knex, type Transaction } from '../kernel/db/database.js';
import { selfApproval, timeLimitReason, type Decision } from '../domain/decisions.js';
import { canonicalAccount, isSameAccount } from '../domain/identities.js';
import { ProductError } from '../kernel/errors.js';
import { obsoleteMessages } from '../engine/outbox/command-store.js';
import { messages } from '../process/contract/index.js';
import { systemActor } from '../domain/roles.js';
import { takeSnapshots } from '../cards/index.js';
import { fingerprintOf, readRequestContent, requestOutdated } from './request-content.js';
import { endRequests, lockRequest } from './request-store.js';
import type { RequestRow } from './request-types.js';

/** Who completed the deciding task, as the engine's operation log records it. */
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
export async function recordDecision(
  trx: Transaction,
  toRecord: DecisionToRecord,
): Promise<'approved' | 'rejected' | 'aborted'> {
  const request = await lockRequest(trx, { id: toRecord.requestId });
  if (request === null || request.processInstanceId !== toRecord.processInstanceId) {
    throw new ProductError('not-found', 'There is no such request in this process.');
  }
  if (request.state === 'approved' || request.state === 'rejected' || request.state === 'aborted') return request.state;
  if (request.state !== 'requested')
    throw new ProductError('not-requested', 'The request does not wait for a decision.');
  const verdict = toRecord.cause === 'time-limit' ? timeLimitVerdict(request) : approverVerdict(request, toRecord);
  const state = stateAfter(verdict);
  if (state === 'approved') await assertAsSeen(trx, request, toRecord);
  await settleRequests(trx, [{ request, verdict }], approvalsOf(toRecord));
  await obsoleteMessages(trx, { request_id: request.id }, messages.approvalTimeLimit);
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

/** A request that waits, locked, and what was decided about it. */
export interface Settled {
  readonly request: RequestRow;
  readonly verdict: Verdict;
}

/**
 * Records decisions and moves requests and cards by them, all in the same few statements. What prevents a decision was
 * looked at before; the database looks again at who decided.
 * @param approvals every approval that the decisions rest on, where several people had to approve
 * @throws ProductError `self-approval`, `approved-already`, `transition-refused`
 */
export async function settleRequests(
  trx: Transaction,
  settled: readonly Settled[],
  approvals: readonly NamedApproval[] = [],
): Promise<void> {
  await insertDecisions(trx, settled);
  await insertApprovals(trx, settled, approvals);
  const shared = approvals.map(({ user, operationId }) => ({ approver: user, operationId }));
  const ended = settled.map(({ request, verdict }) => ({
    id: request.id,
    to: stateAfter(verdict),
    reason: verdict.reason,
    actor: verdict.proof?.user ?? systemActor,
    details: {
      reason: verdict.reason,
      cause: verdict.cause,
      holderAccounts: request.holderAccounts,
      ...(verdict.proof && { operationId: verdict.proof.operationId }),
      ...(shared.length > 0 && { approvals: shared }),
    },
  }));
  if (!(await endRequests(trx, 'requested', ended))) {
    throw new ProductError('transition-refused', 'The card of this request is in another state.');
  }
  const approved = settled
    .filter(({ verdict }) => verdict.decision === 'approve')
    .flatMap(({ request }) => request.cardId ?? []);
  if (approved.length > 0) await takeSnapshots(trx, approved);
}

/** What was decided about a request, why, and by whom. */
export interface Verdict {
  readonly cause: 'approver' | 'time-limit';
  readonly decision: Decision;
  readonly reason: string | null;
  readonly proof: CompletionProof | null;
}

function stateAfter({ decision }: Verdict): 'approved' | 'rejected' {
  return decision === 'approve' ? 'approved' : 'rejected';
}

/** @throws ProductError `not-requested` before the time limit of the request has passed */
export function timeLimitVerdict(request: RequestRow): Verdict {
  if (request.decideBefore === null || request.decideBefore.getTime() > Date.now()) {
    throw new ProductError('not-requested', 'The approval time limit of this request has not passed.');
  }
  return { cause: 'time-limit', decision: 'reject', reason: timeLimitReason, proof: null };
}

function approverVerdict(
  request: RequestRow,
  { decision, reason, proof, shared }: DecisionToRecord & { cause: 'approver' },
): Verdict {
  const people = [...(shared?.earlier ?? []), proof].map(({ user }) => user);
  for (const user of people) refuseSelfApproval(user, request);
  if (new Set(people.map(canonicalAccount)).size < people.length) throw samePersonTwice();
  const text = reason?.trim() ?? '';
  if (decision === 'reject' && text === '') throw reasonMissing();
  return { cause: 'approver', decision, reason: text === '' ? null : text, proof };
}

/** The holder stays as seen until the transaction ends, so that the snapshot holds what the approver saw. */
async function assertAsSeen(trx: Transaction, request: RequestRow, toRecord: DecisionToRecord): Promise<void> {
  const content = await readRequestContent(trx, request.id, 'for share of h, t');
  refuseInactive(content.holder);
  const seen =
    toRecord.cause === 'approver'
      ? [toRecord.seenContent, ...(toRecord.shared?.earlier ?? []).map((each) => each.seenContent)]
      : [];
  const now = fingerprintOf(content);
  if (!seen.every((each) => each === now)) throw requestOutdated(request.holderName, []);
}

/** @throws ProductError `holder-inactive` for an approval; a rejection needs no active holder */
export function refuseInactive({ state, name }: { readonly state: string; readonly name: string }): void {
  if (state !== 'active')
    throw new ProductError(
      'holder-inactive',
      `${name} has become inactive, so the card cannot be approved. Reject the request.`,
    );
}

async function insertDecisions(trx: Transaction, settled: readonly Settled[]): Promise<void> {
  const rows = settled.map(({ request, verdict: { decision, cause, reason, proof } }) => ({
    request_id: request.id,
    decision,
    cause,
    reason,
    approver: proof?.user ?? null,
    requester: request.requester,
    holder_account: request.holderAccount,
    task_id: proof?.taskId ?? null,
    operation_id: proof?.operationId ?? null,
    completed_at: proof?.completedAt ?? null,
  }));
  try {
    await trx('decision').insert(rows);
  } catch (raw) {
    if (violates(raw, 'decision_not_by_requester') || violates(raw, 'decision_not_by_holder'))
      throw selfApprovalError('requester');
    throw raw;
  }
}

/** An approval with the task in which it was given. */
type NamedApproval = CompletionProof & { readonly task: string };

/** The approvals that a decision by several people rests on. */
function approvalsOf(toRecord: DecisionToRecord): readonly NamedApproval[] {
  if (toRecord.cause !== 'approver' || toRecord.decision !== 'approve' || toRecord.shared === undefined) return [];
  const { proof, shared } = toRecord;
  return [...shared.earlier, { ...proof, task: shared.task }];
}

async function insertApprovals(
  trx: Transaction,
  settled: readonly Settled[],
  approvals: readonly NamedApproval[],
): Promise<void> {
  if (approvals.length === 0) return;
  try {
    await trx('decision_approval').insert(
      settled.flatMap(({ request }) =>
        approvals.map(({ task, user, taskId, operationId, completedAt }) => ({
          request_id: request.id,
          task,
          approver: user,
          task_id: taskId,
          operation_id: operationId,
          completed_at: completedAt,
        })),
      ),
    );
  } catch (raw) {
    if (violates(raw, 'decision_approval_by_different_people')) throw samePersonTwice();
    throw raw;
  }
}

function samePersonTwice(): ProductError {
  return new ProductError(
    'approved-already',
    'The same person approved twice, so another approver has to be the second.',
  );
}

/** @throws ProductError `approved-already` where one of `others` is the person who is about to approve too */
export function refuseSecondApproval(approver: string, others: readonly string[]): void {
  if (others.some((other) => isSameAccount(other, approver))) {
    throw new ProductError(
      'approved-already',
      'You have approved this request already, so another approver has to be the second.',
    );
  }
}

/** @throws ProductError `forbidden` for a person in none of the groups that may approve */
export async function refuseNonApprover(db: Knex, memberOf: readonly string[]): Promise<void> {
  if (!(await mayApprove(db, memberOf))) throw new ProductError('forbidden', 'Only approvers decide on requests.');
}

/** @throws ProductError `self-approval` where requester or card holder would decide */
export function refuseSelfApproval(approver: string, request: Pick<RequestRow, 'requester' | 'holderAccounts'>): void {
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
