import type { BackendCaller } from './backend-caller.js';
import { orderKeyText, type Report } from './backends/backend.js';
import { delayAfter, type CarrierParts } from './carrier-types.js';
import { endHeld } from './held-order.js';
import { noteAccepted, type Claim, type ClaimedQuestion } from './order-ledger.js';
import { applyResults } from './production-results.js';
import type { Ending } from './production-types.js';

/** Asks a backend what became of claimed orders, after telling it which of them are not wanted any more. */
export async function inquire(caller: BackendCaller, claimed: readonly ClaimedQuestion[], claim: Claim, parts: CarrierParts): Promise<void> {
  const { db, ledger, times } = parts;
  const { backend } = caller;
  for (const order of claimed) if (order.toCancel) await passOnCancel(caller, order, claim, parts);
  const outcome = await caller.call('ask', (signal) => backend.ask(claimed, signal));
  const attempts = Math.max(...claimed.map((order) => order.attempts));
  const delayMs = delayAfter(attempts, times);
  if (outcome.outcome !== 'answered') {
    const waitMs = outcome.outcome === 'not-taken' ? (outcome.retryAfterMs ?? delayMs) : delayMs;
    await ledger.askLater(claim, waitMs, claimed, outcome.reason);
    return;
  }
  const reports = new Map(outcome.answer.map((report) => [orderKeyText(report), report]));
  await noteAccepted(db, backend.id, [...reports.values()].filter((report) => report.state === 'accepted'), times.polling);
  await takeEnds(backend.id, claimed.flatMap((order) => reports.get(orderKeyText(order)) ?? []).filter(hasEnded), parts);
  for (const order of claimed) {
    const report = reports.get(orderKeyText(order));
    if (report !== undefined && hasEnded(report)) continue;
    if (report === undefined) await ledger.askLater(claim, delayMs, [order], null);
    else if (report.state !== 'accepted') await take(order, report, claim, Math.min(delayMs, backend.settleMs), parts);
  }
}

type Ended = Extract<Report, { readonly state: Ending['state'] }>;

function hasEnded(report: Report): report is Ended {
  return report.state === 'produced' || report.state === 'failed' || report.state === 'cancelled';
}

/** All ends of one answer together; one that cannot be applied must not hold up the others. */
async function takeEnds(backend: string, reports: readonly Ended[], { db, log }: CarrierParts): Promise<void> {
  if (reports.length === 0) return;
  const results = reports.map((report) => ({ eventId: `asked:${orderKeyText(report)}:${report.state}`, report }));
  try {
    await db.transaction((trx) => applyResults(trx, backend, results));
  } catch (raw) {
    if (results.length === 1) throw raw;
    log.warn({ err: raw, backend, orders: results.length }, 'results could not be applied together; they are applied one by one');
    for (const result of results) await db.transaction((trx) => applyResults(trx, backend, [result]));
  }
}

async function take(
  order: ClaimedQuestion,
  report: Exclude<Report, Ended | { readonly state: 'accepted' }>,
  claim: Claim,
  delayMs: number,
  parts: CarrierParts,
): Promise<void> {
  const { ledger } = parts;
  if (report.state === 'forgotten') return giveToPeople(order, report.message, claim, parts);
  if (order.state === 'submitted') {
    if (order.settled) await giveToPeople(order, 'The backend accepted this order and does not know it any more.', claim, parts);
    else await ledger.noteForgotten(order, claim, delayMs);
  } else if (!order.settled) {
    await ledger.askLater(claim, delayMs, [order], null);
  } else if (order.cancelRequestedBy === null) {
    await ledger.believeNotKnown(order, claim);
  } else {
    await endHeld(order, { state: 'cancelled', orderId: null, reason: 'Cancelled before the backend knew of it.' }, claim, parts);
  }
}

/** Whether there is a card, only a person can find out; making it again without looking could make two. */
async function giveToPeople(order: ClaimedQuestion, message: string, claim: Claim, parts: CarrierParts): Promise<void> {
  const reason = `${message} Look whether the card was made before you try again.`;
  const { orderId } = order;
  await endHeld(
    order,
    order.cancelRequestedBy === null ? { state: 'failed', orderId, code: 'forgotten', reason } : { state: 'cancelled', orderId, reason },
    claim,
    parts,
  );
}

/** What the cancelling came to is learnt by asking; a backend that could not be told is told when it is asked again. */
async function passOnCancel(caller: BackendCaller, order: ClaimedQuestion, claim: Claim, { ledger }: CarrierParts): Promise<void> {
  const outcome = await caller.call('cancel', (signal) => caller.backend.cancel(order, signal));
  if (outcome.outcome === 'answered') await ledger.noteCancelSent(order, claim);
}
