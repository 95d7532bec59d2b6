import { appendAudit, enqueueMail, requestWaiting } from '../records/index.js';
import { violates, type Transaction } from '../kernel/db/database.js';
import { once } from '../kernel/db/idempotency.js';
import { ProductError } from '../kernel/errors.js';
import { approvalTimeLimit, resolveHolder } from '../directory/index.js';
import { takeSnapshots } from '../cards/index.js';
import { enqueueCommands } from '../engine/outbox/command-store.js';
import { messages } from '../process/contract/index.js';
import { insertRequest, lockRequest, moveToRegistered, claimInstance } from './request-store.js';
import { reservationStart } from './request-start.js';
import type { RequestRow, RunningIn, Eligibility } from './request-types.js';
import { lockVariantChoice, openRequestExists, readEligibility, refusalOf, refusalOfHolder } from './eligibility.js';

/** What the API is asked to reserve. */
export interface Reservation {
  readonly requester: string;
  /** Id, employee number, UPN or e-mail. */
  readonly holder: string;
  readonly cardType: string;
  readonly idempotencyKey: string | null;
}

/**
 * Reserves a request and puts its start, in the requester's name, into the outbox. From here on the request keeps its
 * variant. A repeat with the same idempotency key answers with the same request.
 * @returns id of the request, and whether it is a repeat
 * @throws ProductError any refusal of `refusalOf`, of the holder or card type, or `idempotency-mismatch`
 */
export async function reserveRequest(
  trx: Transaction,
  reservation: Reservation,
): Promise<{ id: string; repeated: boolean }> {
  const { requester, idempotencyKey, holder, cardType } = reservation;
  return once(trx, { account: requester, key: idempotencyKey, request: [holder, cardType] }, () =>
    reserve(trx, reservation),
  );
}

async function reserve(trx: Transaction, reservation: Reservation): Promise<string> {
  const holder = await resolveHolder(trx, reservation.holder);
  await lockVariantChoice(trx);
  const eligibility = await readEligibility(trx, holder.id, reservation.cardType);
  const choice = allowedChoice(eligibility);
  const id = await insertOpenRequest(trx, eligibility, {
    requester: reservation.requester,
    source: 'api',
    definitionId: choice.definitionId,
    processInstanceId: null,
  });
  await enqueueCommands(trx, [
    {
      requestId: id,
      payload: reservationStart({
        id,
        user: reservation.requester,
        holder: holder.id,
        cardType: reservation.cardType,
        variantKey: choice.processKey,
        variantVersion: choice.version,
      }),
    },
  ]);
  await appendAudit(trx, [
    {
      actor: reservation.requester,
      action: 'request-reserved',
      objectType: 'card-request',
      objectId: id,
      toState: 'registered',
      processKey: choice.processKey,
      processVersion: choice.version,
    },
  ]);
  return id;
}

/** What the `register-request` task brings. */
export interface Registration {
  readonly runningIn: RunningIn;
  readonly requestedState: 'requested' | 'approved';
  readonly holder: string;
  readonly cardType: string;
  /** Set for a request that the API has reserved. */
  readonly requestId: string | null;
  /** Who started the process, from the engine's history; used where nothing was reserved. */
  readonly starter: () => Promise<string>;
}

/**
 * Registers a request: the card comes into being and goes to the state that the diagram names. Called again by the same
 * process instance it changes nothing and answers the same.
 * @throws ProductError `variant-changed` when the diagram that runs is not the chosen one; any refusal of `refusalOf`;
 *   `not-found` or `open-request-exists` for an instance whose request belongs to another instance
 */
export async function registerRequest(trx: Transaction, registration: Registration): Promise<{ requestId: string }> {
  const { runningIn, requestId } = registration;
  const existing = await lockRequest(
    trx,
    requestId === null ? { processInstanceId: runningIn.processInstanceId } : { id: requestId },
  );
  if (existing !== null) return registerExisting(trx, registration, existing);
  if (requestId !== null) throw new ProductError('not-found', 'There is no such reserved request.');
  await lockVariantChoice(trx);
  const eligibility = await readEligibility(trx, registration.holder, registration.cardType);
  const choice = allowedChoice(eligibility);
  if (choice.definitionId !== runningIn.definitionId) throw variantChanged(choice.name);
  const requester = await registration.starter();
  const id = await insertOpenRequest(trx, eligibility, {
    requester,
    source: 'tasklist',
    definitionId: choice.definitionId,
    processInstanceId: runningIn.processInstanceId,
  });
  await complete(trx, registration, { id, requester }, eligibility);
  return { requestId: id };
}

async function registerExisting(
  trx: Transaction,
  registration: Registration,
  request: RequestRow,
): Promise<{ requestId: string }> {
  const { runningIn } = registration;
  const eligibility = await readEligibility(trx, request.holderId, request.cardType, request.id);
  if (request.definitionId !== runningIn.definitionId)
    throw variantChanged(eligibility.choice?.name ?? 'another variant');
  if (request.processInstanceId !== null && request.processInstanceId !== runningIn.processInstanceId) {
    throw openRequestExists(eligibility.holder.name, eligibility.cardType.name, request.id);
  }
  const answer = { requestId: request.id };
  if (request.state === 'registered') {
    // The variant was pinned when the request was reserved, so a switch since then does not touch it.
    const refusal = refusalOfHolder(eligibility);
    if (refusal !== null) throw refusal;
    await complete(trx, registration, request, eligibility);
    return answer;
  }
  if (request.state === 'refused')
    throw new ProductError('not-requested', request.reason ?? 'The request was refused.');
  if (request.cardId === null)
    throw new ProductError('not-requested', 'The request was aborted before it was registered.');
  if (request.processInstanceId === null) await takeOver(trx, request, runningIn.processInstanceId);
  return answer;
}

async function complete(
  trx: Transaction,
  { requestedState, runningIn: { processInstanceId } }: Registration,
  request: Pick<RequestRow, 'id' | 'requester'>,
  eligibility: Eligibility,
): Promise<void> {
  const moved = await moveToRegistered(trx, { id: request.id, state: requestedState, processInstanceId });
  if (moved === null) throw openRequestExists(eligibility.holder.name, eligibility.cardType.name, request.id);
  if (requestedState === 'approved') {
    await takeSnapshots(trx, [moved.cardId]);
    return;
  }
  await enqueueMail(trx, [
    requestWaiting({
      requestId: request.id,
      holder: eligibility.holder.name,
      cardType: eligibility.cardType.name,
      requester: request.requester,
      exceptAccounts: [request.requester, eligibility.holder.account].filter((account) => account !== null),
    }),
  ]);
  await enqueueTimeLimit(trx, request.id, processInstanceId, moved.decideBefore);
}

/** A new instance replaces one that was cancelled, including its time limit. */
async function takeOver(trx: Transaction, request: RequestRow, processInstanceId: string): Promise<void> {
  await claimInstance(trx, request.id, processInstanceId);
  if (request.state === 'requested') await enqueueTimeLimit(trx, request.id, processInstanceId, request.decideBefore);
}

async function enqueueTimeLimit(
  trx: Transaction,
  requestId: string,
  processInstanceId: string,
  dueAt: Date | null,
): Promise<void> {
  if (dueAt === null) return;
  await enqueueCommands(trx, [
    { requestId, dueAt, payload: { kind: 'correlate', message: messages.approvalTimeLimit, processInstanceId } },
  ]);
}

/** The refusal of a diagram that is not the chosen one any more. */
export function variantChanged(name: string): ProductError {
  return new ProductError(
    'variant-changed',
    `The way of requesting cards has changed meanwhile: now "${name}" applies. Look again and confirm.`,
  );
}

/** The refusal of a card type that a form did not offer, since it was added after the form was opened. */
export function notOffered(cardType: string): ProductError {
  return new ProductError(
    'variant-changed',
    `The card type ${cardType} was not offered when this form was opened. It is now: choose it again and confirm.`,
  );
}

function allowedChoice(eligibility: Eligibility): NonNullable<Eligibility['choice']> {
  const refusal = refusalOf(eligibility);
  if (refusal !== null) throw refusal;
  if (eligibility.choice === null) throw new ProductError('internal', 'An allowed request has a variant.');
  return eligibility.choice;
}

async function insertOpenRequest(
  trx: Transaction,
  eligibility: Eligibility,
  request: { requester: string; source: 'tasklist' | 'api'; definitionId: string; processInstanceId: string | null },
): Promise<string> {
  try {
    return await insertRequest(trx, {
      ...request,
      holderId: eligibility.holder.id,
      cardType: eligibility.cardType.id,
      decideWithin: await approvalTimeLimit(trx),
    });
  } catch (raw) {
    if (!violates(raw, 'card_request_one_open')) throw raw;
    throw openRequestExists(eligibility.holder.name, eligibility.cardType.name, null);
  }
}
