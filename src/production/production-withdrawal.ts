import { appendAudit } from '../records/index.js';
import { movedCards, moveCard } from '../cards/index.js';
import { recordSpoilt } from '../batch-rows/index.js';
import { prepared, type Transaction } from '../kernel/db/database.js';
import type { CardState } from '../domain/card-states.js';
import { ProductError } from '../kernel/errors.js';
import { eraseSecrets } from './secrets/secret-delivery.js';
import { lockOrder, newestOrder, type OrderRow } from './order-store.js';
import { isProcessOf, notifyProcesses } from './production-process.js';
import { endOrders } from './production-results.js';
import type { ActingInstance } from '../engine/acting-instance.js';
import type { LedgerKey } from './production-types.js';

/** The longest reason (characters). */
const longestReason = 1_000;

/** Who withdraws something, and why. */
export interface Withdrawal {
  readonly by: string;
  readonly reason: string | null;
}

/**
 * Withdraws an approved or failed card for good; a process that waits for what to do about the failure is notified. Repeating
 * it for a cancelled card changes nothing.
 * @param withdrawal `runningIn` is the instance that cancels, which needs no message; null where none does
 * @throws ProductError `reason-missing`, `not-found`, `order-live`, `transition-refused`
 */
export async function cancelCard(
  trx: Transaction,
  {
    cardId,
    by,
    reason,
    runningIn,
  }: Withdrawal & { readonly cardId: string; readonly runningIn: ActingInstance | null },
): Promise<void> {
  const text = reasonOf(reason, 'Give a reason for cancelling the card.');
  const state = await lockCard(trx, cardId);
  if (state === 'cancelled') return;
  if (state === 'ordered')
    throw new ProductError('order-live', 'The card is being produced. Cancel its production instead.');
  if (state !== 'approved' && state !== 'failed')
    throw new ProductError('transition-refused', `The card is ${state}, so it cannot be cancelled.`);
  await moveCard(trx, cardId, 'cancel', { by, details: { reason: text } });
  const order = await newestOrder(trx, cardId);
  if (order === null || isProcessOf(order, runningIn)) return;
  await notifyProcesses(trx, [{ ...order, state: 'cancelled', reason: text }], 'the card was cancelled');
}

/**
 * Withdraws failed cards for good, as far as the given production of each is its newest and no later one was ordered.
 * @returns ids of the cards that were withdrawn
 */
export async function cancelFailedCards(
  trx: Transaction,
  orders: readonly LedgerKey[],
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<string[]> {
  const { rows } = await trx
    .raw<{ rows: { id: string }[] }>(
      `with locked as materialized (
         select c.id, k.number from card c
         join jsonb_to_recordset(cast(:keys as jsonb)) as k ("cardId" uuid, number integer) on c.id = k."cardId"
         where c.state = 'failed' and not exists (select from production_order o where o.card_id = c.id and o.number > k.number)
         order by c.id for update of c),
       going as (
         select id as card_id, 'cancel' as move, cast(:by as text) as actor, cast(null as text) as definition_id,
           jsonb_build_object('reason', cast(:reason as text)) as details from locked),${movedCards()}
       select id from moved`,
      { keys: JSON.stringify(orders.map(({ cardId, number }) => ({ cardId, number }))), by, reason },
    )
    .options(prepared('cancel-failed-cards'));
  return rows.map(({ id }) => id);
}

/**
 * Asks for an ordered card not to be made. An order that no backend was called for ends at once; for any other the backend
 * is asked to cancel it, and reports the outcome. Repeating it changes nothing.
 * @returns true when the order has ended
 * @throws ProductError `reason-missing`, `not-found`, `transition-refused`
 */
export async function requestCancel(
  trx: Transaction,
  { cardId, number, by, reason }: Withdrawal & LedgerKey,
): Promise<boolean> {
  const text = reasonOf(reason, 'Give a reason for cancelling the production.');
  const order = await orderOf(trx, { cardId, number });
  if (order.state === 'cancelled') return true;
  if (order.state === 'produced' || order.state === 'failed') {
    throw new ProductError(
      'transition-refused',
      `Production ${number} is ${order.state} already, so it cannot be cancelled.`,
    );
  }
  if (order.state === 'intent' && order.callBeganAt === null) {
    await endOrders(trx, [{ cardId, number, state: 'cancelled', orderId: null, reason: text }], by);
    return true;
  }
  if (order.cancelRequestedBy !== null) return false;
  await trx('production_order')
    .where({ card_id: cardId, number })
    .update({ cancel_requested_by: by, cancel_reason: text, due_at: trx.fn.now() });
  await appendAudit(trx, [
    {
      actor: by,
      action: 'production-cancel-requested',
      objectType: 'card',
      objectId: cardId,
      details: { number, reason: text },
    },
  ]);
  return false;
}

/**
 * Records that a produced card is unusable, until it is activated; it can then be produced again or cancelled. Its
 * PIN is erased where it was not delivered yet. Repeating it changes nothing.
 * @throws ProductError `reason-missing`, `not-found`, `not-produced`, `transition-refused`
 */
export async function declareSpoilt(
  trx: Transaction,
  { cardId, number, by, reason }: Withdrawal & LedgerKey,
): Promise<void> {
  const text = reasonOf(reason, 'Say what is wrong with the card.');
  const order = await orderOf(trx, { cardId, number });
  const state = await lockCard(trx, cardId);
  if (order.spoiltAt !== null) return;
  if (order.state !== 'produced')
    throw new ProductError(
      'not-produced',
      `Production ${number} is ${order.state}, so it has made no card that could be spoilt.`,
    );
  if (state !== 'issued')
    throw new ProductError(
      'transition-refused',
      `The card is ${state}; only an issued card that is not active yet can be declared spoilt.`,
    );
  await trx('production_order')
    .where({ card_id: cardId, number })
    .update({ spoilt_by: by, spoilt_at: trx.fn.now(), spoilt_reason: text });
  await eraseSecrets(trx, [{ cardId, number }]);
  await moveCard(trx, cardId, 'spoil', { by, details: { reason: text, number } });
  await recordSpoilt(trx, cardId, number);
}

async function lockCard(trx: Transaction, id: string): Promise<CardState> {
  const card = await trx('card').where({ id }).forUpdate().first<{ state: CardState } | undefined>('state');
  if (card === undefined) throw new ProductError('not-found', 'There is no such card.');
  return card.state;
}

async function orderOf(trx: Transaction, key: LedgerKey): Promise<OrderRow> {
  const order = await lockOrder(trx, key);
  if (order === null) throw new ProductError('not-found', `The card has no production ${key.number}.`);
  return order;
}

/** A reason as it is kept. @throws ProductError `reason-missing` with the sentence `missing` */
export function reasonOf(reason: string | null, missing: string): string {
  const text = reason?.trim().slice(0, longestReason) ?? '';
  if (text === '') throw new ProductError('reason-missing', missing);
  return text;
}
