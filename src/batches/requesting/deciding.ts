import type { Knex, Transaction } from '../../kernel/db/database.js';
import { isProductError, ProductError } from '../../kernel/errors.js';
import { enqueueMail, requestsDecided } from '../../records/index.js';
import {
  fingerprintOf,
  lockWaiting,
  readRequestContents,
  reasonMissing,
  refuseInactive,
  refuseSelfApproval,
  requestOutdated,
  settleRequests,
  timeLimitVerdict,
} from '../../requests/index.js';
import type { RequestContent } from '../../requests/request-content.js';
import type { CompletionProof, Settled, Verdict } from '../../requests/request-decision.js';
import type { BatchRequestRow, WaitingRequests } from '../../requests/request-store.js';
import { getBatch, lockBatch, readHead, recordSettled } from '../../batch-rows/index.js';
import type { BatchDecision } from '../../batch-rows/batch-types.js';

/** Requests of one transaction. */
const chunkRows = 500;

/** A decision to record; `proof` names who completed the deciding task. */
export type BatchDecisionToRecord = { readonly batchId: string; readonly processInstanceId: string } & (
  ({ readonly cause: 'approver'; readonly proof: CompletionProof } & BatchDecision) | { readonly cause: 'time-limit' }
);

/** How a batch of requests stands after a decision. */
export interface BatchOutcome {
  /** `running` where requests still wait. */
  readonly state: 'running' | 'completed';
  /** Why they do, as a sentence. */
  readonly refusal: string | null;
}

/**
 * Records the decisions about all requests of a batch order that wait, some hundred in a transaction, and moves requests and
 * cards. Requests that the approver may not decide, or has not seen in their current form, keep waiting. A repeat decides the rest.
 * @throws ProductError when nothing could be decided: `self-approval`, `request-outdated`, `holder-inactive`, `not-requested`; `not-found`; and what `assertDecision` refuses
 */
export async function recordDecisions(db: Knex, toRecord: BatchDecisionToRecord): Promise<BatchOutcome> {
  const { batchId } = toRecord;
  if (toRecord.cause === 'approver') await assertDecision(db, batchId, toRecord);
  let left: ProductError | null = null;
  for (let after: number | null = 0; after !== null;) {
    const chunk: DecidedChunk = await db.transaction((trx) => decideChunk(trx, toRecord, after ?? 0));
    left ??= chunk.left;
    after = chunk.last;
  }
  // Asked of the database: a delivery before this one may have decided on some and died.
  const decided = await anyDecided(db, toRecord);
  if (!decided && left !== null) throw left;
  if (decided) await notifyRequester(db, toRecord);
  const { state } = await readHead(db, batchId);
  return state === 'running'
    ? { state, refusal: left === null ? null : `Some requests still wait: ${left.message}` }
    : { state: 'completed', refusal: null };
}

interface DecidedChunk {
  /** Why the first one was left, if one was. */
  readonly left: ProductError | null;
  /** Place of the last one that was looked at; null when there are no more. */
  readonly last: number | null;
}

async function decideChunk(trx: Transaction, toRecord: BatchDecisionToRecord, after: number): Promise<DecidedChunk> {
  const { batchId } = toRecord;
  const head = await lockBatch(trx, batchId);
  if (head.kind !== 'request' || head.processInstanceId !== toRecord.processInstanceId) {
    throw new ProductError('not-found', 'There is no such batch of requests in this process.');
  }
  const { waiting, last } = await lockWaiting(trx, batchId, after, chunkRows);
  const contents = new Map(
    (
      await readRequestContents(
        trx,
        waiting.map(({ id }) => id),
        'for share of h, t',
      )
    ).map((each) => [each.id, each]),
  );
  const exceptions = new Map(
    toRecord.cause === 'approver' ? toRecord.exceptions.map(({ row, reason }) => [row, reason]) : [],
  );
  const settled: Settled[] = [];
  const outdated: RequestContent[] = [];
  let left: ProductError | null = null;
  for (const request of waiting) {
    const content = contents.get(request.id);
    try {
      const verdict = verdictOn(request, toRecord, exceptions.get(request.ordinal));
      if (verdict.decision === 'approve') assertAsSeen(request, content);
      settled.push({ request, verdict });
    } catch (raw) {
      if (!isProductError(raw) || !raw.isBusiness) throw raw;
      if (raw.code === 'request-outdated' && content !== undefined) outdated.push(content);
      left ??= raw;
    }
  }
  if (settled.length > 0) {
    await settleRequests(trx, settled);
    await recordSettled(
      trx,
      batchId,
      settled.map(({ request, verdict }) => ({
        requestId: request.id,
        state: verdict.decision === 'approve' ? 'succeeded' : 'failed',
      })),
    );
  }
  await recordSeen(trx, batchId, outdated);
  return { left, last };
}

/** @param exception why this one is rejected although the others are approved */
function verdictOn(request: BatchRequestRow, toRecord: BatchDecisionToRecord, exception: string | undefined): Verdict {
  if (toRecord.cause === 'time-limit') return timeLimitVerdict(request);
  const { decision, reason, proof } = toRecord;
  refuseSelfApproval(proof.user, request);
  if (decision === 'reject') return { cause: 'approver', decision, reason, proof };
  return exception === undefined
    ? { cause: 'approver', decision, reason: null, proof }
    : { cause: 'approver', decision: 'reject', reason: exception, proof };
}

function assertAsSeen({ holderName, seen }: BatchRequestRow, content: RequestContent | undefined): void {
  if (content === undefined || fingerprintOf(content) !== seen) throw requestOutdated(holderName, []);
  refuseInactive(content.holder);
}

/** From now on these are shown as they are now. */
async function recordSeen(trx: Transaction, batchId: string, contents: readonly RequestContent[]): Promise<void> {
  if (contents.length === 0) return;
  await trx.raw(
    `update batch_row r set seen = s.seen from jsonb_to_recordset(cast(:seen as jsonb)) as s (id uuid, seen text)
     where r.batch_id = :batchId and r.request_id = s.id`,
    { batchId, seen: JSON.stringify(contents.map((content) => ({ id: content.id, seen: fingerprintOf(content) }))) },
  );
}

async function anyDecided(db: Knex, toRecord: BatchDecisionToRecord): Promise<boolean> {
  const by =
    toRecord.cause === 'approver' ? { 'd.operation_id': toRecord.proof.operationId } : { 'd.cause': toRecord.cause };
  const made: object | undefined = await db('decision as d')
    .join('card_request as r', 'r.id', 'd.request_id')
    .where({ 'r.batch_id': toRecord.batchId, ...by })
    .first('d.request_id');
  return made !== undefined;
}

async function notifyRequester(db: Knex, toRecord: BatchDecisionToRecord): Promise<void> {
  const { batchId } = toRecord;
  const { number, label, owner, counts } = await getBatch(db, batchId);
  const { ordered, succeeded, failed, withdrawn } = counts;
  const decisionId = toRecord.cause === 'approver' ? toRecord.proof.operationId : toRecord.cause;
  const waiting = ordered - succeeded - failed - withdrawn;
  await enqueueMail(db, [
    requestsDecided({
      batchId,
      decisionId,
      number,
      label,
      requester: owner,
      approved: succeeded,
      rejected: failed,
      waiting,
    }),
  ]);
}

/**
 * The check of a decision as a whole: a reason for each rejection, and exceptions that name requests of this batch order.
 * @throws ProductError `reason-missing`, `invalid-request`
 */
export async function assertDecision(
  db: Knex,
  batchId: string,
  { decision, reason, exceptions }: BatchDecision,
): Promise<void> {
  if (decision === 'reject' && (reason ?? '').trim() === '') throw reasonMissing();
  const places = exceptions.map(({ row }) => row);
  for (const { row, reason: why } of exceptions) {
    if (why.trim() === '')
      throw new ProductError(
        'reason-missing',
        `Give a reason for rejecting the card in place ${row}; the requester will read it.`,
      );
  }
  if (decision === 'reject' || places.length === 0) return;
  const twice = places.find((place, at) => places.indexOf(place) !== at);
  if (twice !== undefined)
    throw new ProductError('invalid-request', `Place ${twice} is named twice. Name each exception once.`);
  const known = new Set(
    await db('batch_row')
      .where({ batch_id: batchId })
      .whereNotNull('request_id')
      .whereIn('ordinal', places)
      .pluck<number[]>('ordinal'),
  );
  const unknown = places.find((place) => !known.has(place));
  if (unknown !== undefined)
    throw new ProductError(
      'invalid-request',
      `In place ${unknown} of this batch order there is no request to reject. Look at the list again.`,
    );
}

/**
 * The check before an approver decides: whether there is something that they may decide, and whether they see all as it is. What has
 * changed counts as seen from now on, so show it to them.
 * @throws ProductError `already-decided`, `not-requested`, `self-approval`, `request-outdated`, and what `assertDecision` refuses
 */
export async function assertMayDecide(db: Knex, user: string, batchId: string, decision: BatchDecision): Promise<void> {
  await assertWaits(db, batchId);
  await assertDecision(db, batchId, decision);
  const { changed, own, others } = await db.transaction((trx) => lookAt(trx, user, batchId));
  if (others === 0 && own !== null) throw own;
  const [first] = changed;
  if (decision.decision === 'approve' && first !== undefined) {
    const more = changed.length === 1 ? '' : ` and of ${changed.length - 1} more`;
    throw new ProductError(
      'request-outdated',
      `The card holder of ${first}${more} has changed since you opened it. Nothing was decided. Look at the list again, then decide.`,
    );
  }
}

/** @throws ProductError `not-requested`, `already-decided` unless some of the requests wait for a decision */
export async function assertWaits(db: Knex, batchId: string): Promise<void> {
  const { state } = await readHead(db, batchId);
  if (state === 'ordering')
    throw new ProductError('not-requested', 'The requests are just being registered. Try again in a moment.');
  if (state !== 'running')
    throw new ProductError(
      'already-decided',
      `The batch order is ${state}, so there is nothing to decide. Nothing was changed.`,
    );
}

async function lookAt(
  trx: Transaction,
  user: string,
  batchId: string,
): Promise<{ changed: string[]; own: ProductError | null; others: number }> {
  const changed: string[] = [];
  let own: ProductError | null = null;
  let others = 0;
  for (let after: number | null = 0; after !== null;) {
    const { waiting, last }: WaitingRequests = await lockWaiting(trx, batchId, after, chunkRows);
    const contents = new Map(
      (
        await readRequestContents(
          trx,
          waiting.map(({ id }) => id),
        )
      ).map((each) => [each.id, each]),
    );
    const outdated: RequestContent[] = [];
    for (const request of waiting) {
      try {
        refuseSelfApproval(user, request);
        others += 1;
      } catch (raw) {
        if (!isProductError(raw, 'self-approval')) throw raw;
        own ??= raw;
      }
      const content = contents.get(request.id);
      if (content === undefined || fingerprintOf(content) === request.seen) continue;
      changed.push(`place ${request.ordinal} (${request.holderName})`);
      outdated.push(content);
    }
    await recordSeen(trx, batchId, outdated);
    after = last;
  }
  return { changed, own, others };
}
