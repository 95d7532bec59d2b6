import type { BackendCaller } from './backend-caller.js';
import { orderKeyText, type Report } from './backends/backend.js';
import { backoffMs } from '../kernel/backoff.js';
import type { CarrierParts } from './carrier-types.js';
import { endHeld } from './held-order.js';
import { recordAccepted, type Claim, type ClaimedQuestion } from './order-ledger.js';
import { applyResults } from './production-results.js';
import type { Ending, LedgerKey } from './production-types.js';
import { inOneOrSingly } from './in-one-or-singly.js';

/** Asks a backend what became of claimed orders, after cancelling there those that are no longer wanted. */
export async function inquire(
  caller: BackendCaller,
  claimed: readonly ClaimedQuestion[],
  claim: Claim,
  parts: CarrierParts,
): Promise<void> {
  const { db, ledger, times } = parts;
  const { backend } = caller;
  for (const order of claimed) if (order.toCancel) await passOnCancel(caller, order, claim, parts);
  const outcome = await caller.call('ask', (signal) => backend.ask(claimed, signal));
  const attempts = Math.max(...claimed.map((order) => order.attempts));
  const delayMs = backoffMs(attempts, times);
  if (outcome.outcome !== 'answered') {
    const waitMs = outcome.outcome === 'not-taken' ? (outcome.retryAfterMs ?? delayMs) : delayMs;
    await ledger.askLater(claim, waitMs, claimed, outcome.reason);
    return;
  }
  const reports = new Map(outcome.answer.map((report) => [orderKeyText(report), report]));
  await recordAccepted(
    db,
    backend.id,
    [...reports.values()].filter((report) => report.state === 'accepted'),
    times.polling,
  );
  await recordEnds(
    backend.id,
    claimed.flatMap((order) => reports.get(orderKeyText(order)) ?? []).filter(hasEnded),
    parts,
  );
  const silent = claimed.filter((order) => !reports.has(orderKeyText(order)));
  await ledger.askLater(claim, delayMs, silent, null);
  await recordMissing(claimed, reports, claim, Math.min(delayMs, backend.settleMs), parts);
}

type Ended = Extract<Report, { readonly state: Ending['state'] }>;

function hasEnded(report: Report): report is Ended {
  return report.state === 'produced' || report.state === 'failed' || report.state === 'cancelled';
}

/** All ends of one answer together; one that cannot be applied must not hold up the others. */
async function recordEnds(backend: string, reports: readonly Ended[], { db, log }: CarrierParts): Promise<void> {
  const results = reports.map((report) => ({ eventId: `asked:${orderKeyText(report)}:${report.state}`, report }));
  const apply = (some: typeof results) => db.transaction(async (trx) => void (await applyResults(trx, backend, some)));
  await inOneOrSingly(
    results,
    (some) => apply([...some]),
    (raw) => {
      log.warn(
        { err: raw, backend, orders: results.length },
        'results could not be applied together; they are applied one by one',
      );
    },
  );
}

/** What becomes of orders that the backend does not know, or knows no more: the same decision for many in one statement. */
async function recordMissing(
  claimed: readonly ClaimedQuestion[],
  reports: ReadonlyMap<string, Report>,
  claim: Claim,
  delayMs: number,
  parts: CarrierParts,
): Promise<void> {
  const { ledger } = parts;
  const notKnown = claimed.filter((order) => reports.get(orderKeyText(order))?.state === 'not-known');
  const inDoubt = notKnown.filter(({ state }) => state === 'unknown');
  const accepted = notKnown.filter(({ state }) => state === 'submitted');
  await ledger.askLater(
    claim,
    delayMs,
    inDoubt.filter(({ settled }) => !settled),
    null,
  );
  await ledger.believeNotKnown(
    inDoubt.filter(({ settled, cancelRequestedBy }) => settled && cancelRequestedBy === null),
    claim,
  );
  await ledger.recordForgotten(
    accepted.filter(({ settled }) => !settled),
    claim,
    delayMs,
  );
  const cancelled = inDoubt.filter(({ settled, cancelRequestedBy }) => settled && cancelRequestedBy !== null);
  await endHeld(
    [
      ...cancelled.map(({ cardId, number }) => ({
        cardId,
        number,
        state: 'cancelled' as const,
        orderId: null,
        reason: 'Cancelled before the backend knew of it.',
      })),
      ...accepted
        .filter(({ settled }) => settled)
        .map((order) => forPeople(order, 'The backend accepted this order and does not know it any more.')),
      ...claimed.flatMap((order) => {
        const report = reports.get(orderKeyText(order));
        return report?.state === 'forgotten' ? [forPeople(order, report.message)] : [];
      }),
    ],
    claim,
    parts,
  );
}

/** Whether there is a card, only a person can find out; making it again without looking could make two. */
function forPeople(
  { cardId, number, orderId, cancelRequestedBy }: ClaimedQuestion,
  message: string,
): LedgerKey & Ending {
  const reason = `${message} Look whether the card was made before you try again.`;
  return cancelRequestedBy === null
    ? { cardId, number, state: 'failed', orderId, code: 'forgotten', reason }
    : { cardId, number, state: 'cancelled', orderId, reason };
}

/** The outcome of the cancelling is learnt by asking; a backend that could not be reached gets the cancellation with the next question. */
async function passOnCancel(
  caller: BackendCaller,
  order: ClaimedQuestion,
  claim: Claim,
  { ledger }: CarrierParts,
): Promise<void> {
  const outcome = await caller.call('cancel', (signal) => caller.backend.cancel(order, signal));
  if (outcome.outcome === 'answered') await ledger.recordCancelSent(order, claim);
}
