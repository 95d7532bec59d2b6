import { appendAudit } from '../audit/audit-store.js';
import type { Transaction } from '../db/database.js';
import { ProductError } from '../errors.js';
import { enqueueCommands, obsoleteMessages } from '../outbox/command-store.js';
import { messages } from '../process/contract/index.js';
import { endRequest, lockRequest } from './request-store.js';
import { systemActor } from '../domain/roles.js';

/** The longest reason of an abort (characters). */
const maxReason = 1_000;

/**
 * Withdraws a request that still waits for its decision; the process is told through the outbox. Repeating it for a
 * request that is aborted already changes nothing.
 * @throws ProductError `not-found`, `not-own-request` or `not-requested`
 */
export async function abortRequest(trx: Transaction, actor: string, id: string, reason: string | null): Promise<void> {
  const request = await lockRequest(trx, { id });
  if (request === null) throw new ProductError('not-found', 'There is no such request.');
  if (request.requester !== actor) throw new ProductError('not-own-request', 'Only the person who requested a card can abort the request.');
  if (request.state === 'aborted') return;
  if (request.state === 'registered') {
    throw new ProductError('not-requested', 'The request is just being registered. Try again in a moment.');
  }
  if (request.state !== 'requested' || request.cardId === null) {
    throw new ProductError('not-requested', `The request is ${request.state} already, so it cannot be aborted.`);
  }
  const text = reason?.trim().slice(0, maxReason) ?? '';
  const stored = text === '' ? null : text;
  if (!(await endRequest(trx, { id, cardId: request.cardId, from: 'requested', to: 'aborted', reason: stored }))) {
    throw new ProductError('transition-refused', 'The card of this request is in another state.');
  }
  await obsoleteMessages(trx, id, messages.approvalTimeLimit);
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
  const step = {
    actor,
    fromState: 'requested',
    toState: 'aborted',
    processKey: request.processKey,
    processVersion: request.processVersion,
    details: { reason: stored },
  };
  await appendAudit(trx, [
    { ...step, action: 'request-aborted', objectType: 'card-request', objectId: id },
    { ...step, action: 'card-aborted', objectType: 'card', objectId: request.cardId },
  ]);
}

/** Ends a reserved request that can't be registered after all; no card came to be. A repeat changes nothing. */
export async function refuseReservation(trx: Transaction, id: string, reason: string): Promise<void> {
  const request = await lockRequest(trx, { id });
  if (request?.state !== 'registered') return;
  await endRequest(trx, { id, cardId: null, from: 'registered', to: 'refused', reason });
  await appendAudit(trx, [
    {
      actor: systemActor,
      action: 'request-refused',
      objectType: 'card-request',
      objectId: id,
      fromState: 'registered',
      toState: 'refused',
      processKey: request.processKey,
      processVersion: request.processVersion,
      details: { reason },
    },
  ]);
}
