import { cutSecrets } from '../domain/cut-secrets.js';
import { isProductError } from '../errors.js';
import type { BackendCaller } from './backend-caller.js';
import { orderKeyText, type PreparedCard, type Submission } from './backends/backend.js';
import { delayAfter, type CarrierParts } from './carrier-types.js';
import { endHeld } from './held-order.js';
import { readJob } from './job-reader.js';
import { noteAccepted, type Claim, type ClaimedIntent } from './order-ledger.js';
import { applyResult } from './production-results.js';

/**
 * Hands claimed orders over to their backend in one call. A death at any point leaves each of them either without
 * `call_began_at`, so that it is handed over later, or with it, so that the backend is asked.
 */
export async function handOver(caller: BackendCaller, claimed: readonly ClaimedIntent[], claim: Claim, parts: CarrierParts): Promise<void> {
  const { ledger, log, metrics, times } = parts;
  const { backend } = caller;
  for (const order of claimed) {
    if (order.cancelReason !== null) await endHeld(order, { state: 'cancelled', orderId: null, reason: order.cancelReason }, claim, parts);
    else if (order.body === null) await prepare(caller, order, claim, parts);
  }
  // A process that was stopped for longer than its claim lasts must not call: someone else has asked about these by now.
  const callBy = performance.now() + claim.leaseMs - times.callMs;
  const cards = await ledger.beginCalls(claim);
  if (cards.length < claimed.length) await failOvertaken(claim, parts);
  if (cards.length === 0) return;
  const attempts = Math.max(...claimed.map((order) => order.attempts));
  if (performance.now() > callBy) {
    await ledger.doubt(claim, 0, 'The worker was held up before it could hand the order over.');
    return;
  }
  const outcome = await caller.call('submit', (signal) => backend.submit(cards, signal));
  if (outcome.outcome === 'answered') {
    await takeAnswer(backend.id, cards, outcome.answer, claim, parts);
  } else if (outcome.outcome === 'not-taken') {
    await ledger.putBack(claim, outcome.retryAfterMs ?? delayAfter(attempts, times), outcome.reason);
  } else {
    const doubted = await ledger.doubt(claim, times.firstDelayMs, outcome.reason);
    metrics.doubts.inc({ backend: backend.id }, doubted);
    log.warn({ backend: backend.id, orders: cards.map(orderKeyText), error: outcome.reason }, 'the answer to orders was lost; the backend is asked about them');
  }
}

/** Makes what is sent, with a PIN and PUK of its own, and keeps it: sealed again it would be another body under the same key. */
async function prepare({ backend }: BackendCaller, order: ClaimedIntent, claim: Claim, parts: CarrierParts): Promise<void> {
  const { db, ledger, secrets, log, times } = parts;
  let clear: readonly string[] = [];
  try {
    await db.transaction(async (trx) => {
      const job = await readJob(trx, order);
      const made = await secrets.makeSecrets(trx, { cardId: order.cardId, number: order.number, chip: job.chip });
      clear = made === null ? [] : [made.pin, made.puk];
      const body = await backend.prepare({ ...job, secrets: made });
      if (!(await ledger.keepBody(trx, order, body, claim))) throw new TakenAway();
    });
  } catch (raw) {
    if (raw instanceof TakenAway) return;
    if (isProductError(raw) && raw.isBusiness) {
      await endHeld(order, { state: 'failed', orderId: null, code: raw.code, reason: cutSecrets(raw.message, clear) }, claim, parts);
      return;
    }
    // A missing key or a fault of ours would fail every card alike: they wait until it is mended, or someone cancels them.
    const error = cutSecrets(raw instanceof Error ? (raw.stack ?? raw.message) : String(raw), clear);
    log.error({ error, order: orderKeyText(order), attempts: order.attempts }, 'a card could not be prepared for production');
    const reason = isProductError(raw) ? cutSecrets(raw.message, clear) : 'The card could not be prepared; the log of the worker tells why. It is tried again.';
    await ledger.prepareLater(order, claim, delayAfter(order.attempts, times), reason);
  }
}

/** The order was cancelled, or another worker has it: what was made for it is rolled back. */
class TakenAway extends Error {}

async function takeAnswer(backend: string, cards: readonly PreparedCard[], answer: readonly Submission[], claim: Claim, parts: CarrierParts): Promise<void> {
  const { db, ledger, metrics, times } = parts;
  const sent = new Set(cards.map(orderKeyText));
  const told = answer.filter((each) => sent.has(orderKeyText(each)));
  const accepted = told.flatMap((each) => (each.outcome === 'accepted' ? [{ ...each, state: 'accepted' as const, message: null }] : []));
  await noteAccepted(db, backend, accepted, times.polling);
  for (const each of told) {
    if (each.outcome === 'refused') await refuse(backend, each, claim, parts);
  }
  // A backend that is silent on a card may have taken it.
  if (told.length < cards.length) metrics.doubts.inc({ backend }, await ledger.doubt(claim, 0, 'The backend did not say what became of the order.'));
}

async function refuse(backend: string, { cardId, number, code, reason }: Submission & { outcome: 'refused' }, claim: Claim, { db, ledger }: CarrierParts): Promise<void> {
  await db.transaction(async (trx) => {
    // Without the claim, someone else may have handed it over again, and been accepted.
    if (!(await ledger.stillHeld(trx, { cardId, number }, claim))) return;
    const eventId = `refused:${orderKeyText({ cardId, number })}`;
    await applyResult(trx, { backend, eventId, report: { cardId, number, state: 'failed', orderId: null, code, reason } });
  });
}

/** Request card was enabled after these were ordered directly: they must not reach a backend without an approval. */
async function failOvertaken(claim: Claim, parts: CarrierParts): Promise<void> {
  const reason = 'Request card was enabled before the card was made, so it needs an approved request.';
  for (const key of await parts.ledger.overtaken(claim)) {
    await endHeld(key, { state: 'failed', orderId: null, code: 'direct-issue-off', reason }, claim, parts);
  }
}
