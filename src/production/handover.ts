import type { BackendCaller } from './backend-caller.js';
import { orderKeyText, type PreparedCard, type Submission } from './backends/backend.js';
import { backoffMs } from '../kernel/backoff.js';
import type { CarrierParts } from './carrier-types.js';
import { endHeld } from './held-order.js';
import { recordAccepted, type Claim, type ClaimedIntent } from './order-ledger.js';
import { prepareOrders } from './preparation.js';
import { applyResults } from './production-results.js';
import { inOneOrSingly } from './in-one-or-singly.js';

/**
 * Hands claimed orders over to their backend in one call. A death at any point leaves each of them either without
 * `call_began_at`, so that it is handed over later, or with it, so that the backend is asked. Any number of them
 * take the same few statements.
 */
export async function handOver(
  caller: BackendCaller,
  claimed: readonly ClaimedIntent[],
  claim: Claim,
  parts: CarrierParts,
): Promise<void> {
  const { ledger, log, metrics, times } = parts;
  const { backend } = caller;
  await endHeld(
    claimed.flatMap(({ cardId, number, cancelReason: reason }) =>
      reason === null ? [] : [{ cardId, number, state: 'cancelled' as const, orderId: null, reason }],
    ),
    claim,
    parts,
  );
  await prepareOrders(
    backend,
    claimed.filter(({ body, cancelReason }) => body === null && cancelReason === null),
    claim,
    parts,
  );
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
    await recordAnswer(backend.id, cards, outcome.answer, claim, parts);
  } else if (outcome.outcome === 'not-taken') {
    await ledger.putBack(claim, outcome.retryAfterMs ?? backoffMs(attempts, times), outcome.reason);
  } else {
    const doubted = await ledger.doubt(claim, times.firstDelayMs, outcome.reason);
    metrics.doubts.inc({ backend: backend.id }, doubted);
    log.warn(
      { backend: backend.id, orders: cards.map(orderKeyText), error: outcome.reason },
      'the answer to orders was lost; the backend is asked about them',
    );
  }
}

async function recordAnswer(
  backend: string,
  cards: readonly PreparedCard[],
  answer: readonly Submission[],
  claim: Claim,
  parts: CarrierParts,
): Promise<void> {
  const { db, ledger, metrics, times } = parts;
  const sent = new Set(cards.map(orderKeyText));
  const answered = answer.filter((each) => sent.has(orderKeyText(each)));
  const accepted = answered.flatMap((each) =>
    each.outcome === 'accepted' ? [{ ...each, state: 'accepted' as const, message: null }] : [],
  );
  await recordAccepted(db, backend, accepted, times.polling);
  await refuse(
    backend,
    answered.filter((each) => each.outcome === 'refused'),
    claim,
    parts,
  );
  // A backend that is silent on a card may have taken it.
  if (answered.length < cards.length)
    metrics.doubts.inc({ backend }, await ledger.doubt(claim, 0, 'The backend did not say what became of the order.'));
}

type Refusal = Extract<Submission, { readonly outcome: 'refused' }>;

async function refuse(
  backend: string,
  refusals: readonly Refusal[],
  claim: Claim,
  { db, ledger, log }: CarrierParts,
): Promise<void> {
  const apply = (some: readonly Refusal[]) =>
    db.transaction(async (trx) => {
      // Without the claim, someone else may have handed it over again, and been accepted.
      const held = new Set((await ledger.hold(trx, some, claim)).map(orderKeyText));
      const results = some
        .filter((each) => held.has(orderKeyText(each)))
        .map(({ cardId, number, code, reason }) => ({
          eventId: `refused:${orderKeyText({ cardId, number })}`,
          report: { cardId, number, state: 'failed' as const, orderId: null, code, reason },
        }));
      await applyResults(trx, backend, results);
    });
  await inOneOrSingly(refusals, apply, (raw) => {
    log.warn(
      { err: raw, backend, orders: refusals.length },
      'refusals could not be applied together; they are applied one by one',
    );
  });
}

/** Request card was enabled after these were ordered directly: they must not reach a backend without an approval. */
async function failOvertaken(claim: Claim, parts: CarrierParts): Promise<void> {
  const reason = 'Request card was enabled before the card was made, so it needs an approved request.';
  const keys = await parts.ledger.overtaken(claim);
  await endHeld(
    keys.map((key) => ({ ...key, state: 'failed', orderId: null, code: 'direct-issue-off', reason })),
    claim,
    parts,
  );
}
