import { recordAborted } from '../batch-rows/index.js';
import type { Transaction } from '../kernel/db/database.js';
import { ProductError } from '../kernel/errors.js';
import { enqueueCommands, obsoleteMessages } from '../engine/outbox/command-store.js';
import { forgetStuck } from '../engine/stuck-store.js';
import { messages } from '../process/contract/index.js';
import { endRequests, lockRequest } from './request-store.js';
import type { RequestState } from '../domain/request-states.js';
import type { RequestRow } from './request-types.js';
import { systemActor } from '../domain/roles.js';

/** The longest reason of an abort (characters). */
const maxReason = 1_000;

/**
 * Withdraws a request that still waits for its decision, or for its registration; the process is notified through the outbox. Repeating
 * it for a request that is aborted already changes nothing.
 * @param isAdmin may end requests of others as well, as long as they are not registered, which may never succeed, or have lost
 *   their process
 * @throws ProductError `not-found`, `not-own-request` or `not-requested`
 */
export async function abortRequest(
  trx: Transaction,
  actor: string,
  id: string,
  reason: string | null,
  isAdmin = false,
): Promise<void> {
  const request = await lockRequest(trx, { id });
  if (request === null) throw new ProductError('not-found', 'There is no such request.');
  const waitsForRegistration = request.state === 'registered' && request.batchId === null;
  const stuck = await forgetStuck(trx, 'card-request', id);
  if (request.requester !== actor && !(isAdmin && (waitsForRegistration || stuck)))
    throw new ProductError('not-own-request', 'Only the person who requested a card can abort the request.');
  if (request.state === 'aborted') return;
  const text = reason?.trim().slice(0, maxReason) ?? '';
  const stored = text === '' ? null : text;
  if (waitsForRegistration) {
    await abortReserved(trx, actor, request, stored);
    return;
  }
  if (request.state !== 'requested' || request.cardId === null) throw notAbortable(request.state);
  await abortWaiting(trx, actor, [request], stored);
  await obsoleteMessages(trx, { request_id: id }, messages.approvalTimeLimit);
  if (request.batchId !== null) await recordAborted(trx, request.batchId, [id]);
  if (request.processInstanceId !== null) {
    await enqueueCommands(trx, [
      {
        requestId: id,
        payload: {
          kind: 'correlate',
          message: messages.requestAborted,
          processInstanceId: request.processInstanceId,
          elseEnd: 'request aborted by its requester',
        },
      },
    ]);
  }
}

/** The refusal to abort a request in a state in which it does not wait for its decision. */
export function notAbortable(state: RequestState): ProductError {
  if (state === 'registered')
    return new ProductError('not-requested', 'The request is just being registered. Try again in a moment.');
  return new ProductError('not-requested', `The request is ${state} already, so it cannot be aborted.`);
}

/** Ends a request that no card came to be of. An instance that registers it later finds that out; one that hangs is ended. */
async function abortReserved(
  trx: Transaction,
  actor: string,
  { id, processInstanceId }: RequestRow,
  reason: string | null,
): Promise<void> {
  await endRequests(trx, 'registered', [{ id, to: 'aborted', reason, actor, details: { reason } }]);
  const address = processInstanceId === null ? { businessKey: id } : { processInstanceId };
  await enqueueCommands(trx, [
    { requestId: id, payload: { kind: 'end', reason: 'request aborted before it was registered', ...address } },
  ]);
}

/** Withdraws requests that wait, which the caller has locked. @throws ProductError `transition-refused` */
export async function abortWaiting(
  trx: Transaction,
  actor: string,
  requests: readonly RequestRow[],
  reason: string | null,
): Promise<void> {
  const aborted = requests.map(({ id }) => ({ id, to: 'aborted', reason, actor, details: { reason } }) as const);
  if (!(await endRequests(trx, 'requested', aborted))) {
    throw new ProductError('transition-refused', 'The card of this request is in another state.');
  }
}

/** Ends a reserved request whose requester may not start it any more, and says why not. */
export async function refuseForbidden(trx: Transaction, id: string): Promise<void> {
  const request = await lockRequest(trx, { id });
  if (request === null) return;
  const useCase = await trx('use_case')
    .where({ id: 'request-card' })
    .first<{ enabled: boolean } | undefined>('enabled');
  const reason =
    useCase?.enabled === true
      ? `${request.requester} may not request cards any more.`
      : 'Request card was disabled before the request was registered.';
  await refuseReservation(trx, id, reason);
}

/** Ends a reserved request that can't be registered after all; no card came to be. A repeat changes nothing. */
export async function refuseReservation(trx: Transaction, id: string, reason: string): Promise<void> {
  const request = await lockRequest(trx, { id });
  if (request?.state !== 'registered') return;
  await endRequests(trx, 'registered', [{ id, to: 'refused', reason, actor: systemActor, details: { reason } }]);
}
