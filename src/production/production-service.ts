import { randomUUID } from 'node:crypto';
import { madeCards } from '../cards/index.js';
import { getCardType } from '../directory/index.js';
import type { Transaction } from '../kernel/db/database.js';
import { ProductError } from '../kernel/errors.js';
import { ordersOfTask, placeOrders } from './order-placing.js';
import { newestOrder } from './order-store.js';
import { endProcess, isProcessOf, startProcess } from './production-process.js';
import type { LedgerKey, OrderedBy, PlacedOrder } from './production-types.js';

/**
 * Orders the production of an approved card. A repeat by the same task answers the same and orders nothing.
 * @throws ProductError any refusal of `judgeCards`
 */
export async function orderFromApproved(
  trx: Transaction,
  { cardId, ...ordering }: OrderedBy & { readonly cardId: string },
): Promise<PlacedOrder> {
  return once(trx, ordering, async () => {
    const order = await placeOne(trx, cardId, 'approved', ordering);
    if (ordering.runningIn === null) await startProcess(trx, order, ordering.orderedBy);
    return order;
  });
}

/**
 * Makes a card for an active holder and orders it, while Request card is off. Whether it is, is decided by the rows that a
 * switch has to lock, in this transaction.
 * @param holder id of the card holder
 * @throws ProductError `direct-issue-off`, `holder-unknown`, `card-type-unknown`, any other refusal of `judgeCards`
 */
export async function orderDirectly(
  trx: Transaction,
  { holder, cardType, ...ordering }: OrderedBy & { readonly holder: string; readonly cardType: string },
): Promise<PlacedOrder> {
  return once(trx, ordering, async () => {
    const { id: type } = await getCardType(trx, cardType);
    const cardId = randomUUID();
    const { rows } = await trx.raw<{ rows: unknown[] }>(
      `with going as (
         select cast(:cardId as uuid) as card_id, id as holder_id, cast(:type as text) as card_type, 'make' as move, cast(:by as text) as actor,
           cast(null as text) as definition_id, jsonb_build_object('holder', id) as details from holder where id = cast(:holder as uuid)),${madeCards}
       select id from moved`,
      { cardId, type, holder, by: ordering.orderedBy },
    );
    if (rows.length !== 1)
      throw new ProductError('holder-unknown', 'There is no such card holder any more. Search again.');
    const order = await placeOne(trx, cardId, 'registered', ordering);
    if (ordering.runningIn === null) await startProcess(trx, order, ordering.orderedBy);
    return order;
  });
}

/**
 * Orders a card again whose production has failed, or that was declared spoilt, under the next production number. The
 * process that handled the failure ends when the card is ordered again in another process.
 * @throws ProductError any refusal of `judgeCards`
 */
export async function repeatProduction(
  trx: Transaction,
  { cardId, ...ordering }: OrderedBy & { readonly cardId: string },
): Promise<PlacedOrder> {
  return once(trx, ordering, async () => {
    const order = await placeOne(trx, cardId, 'failed', ordering);
    const before = await newestOrder(trx, cardId, order.number);
    if (before !== null && !isProcessOf(before, ordering.runningIn)) {
      await endProcess(trx, before, 'the card is produced again elsewhere');
    }
    if (ordering.runningIn === null) await startProcess(trx, order, ordering.orderedBy);
    return order;
  });
}

/**
 * Makes sure that a repeat is about the production that its person saw fail.
 * @throws ProductError `transition-refused`
 */
export async function assertNewest(trx: Transaction, { cardId, number }: LedgerKey): Promise<void> {
  const newest = await newestOrder(trx, cardId);
  if (newest?.number !== number)
    throw new ProductError('transition-refused', `Production ${number} is not the newest one of the card.`);
}

async function once(
  trx: Transaction,
  { runningIn }: OrderedBy,
  order: () => Promise<PlacedOrder>,
): Promise<PlacedOrder> {
  const [known] = runningIn === null ? [] : await ordersOfTask(trx, runningIn);
  return known ?? order();
}

async function placeOne(
  trx: Transaction,
  cardId: string,
  from: 'registered' | 'approved' | 'failed',
  ordering: OrderedBy,
): Promise<PlacedOrder> {
  const { ordered, refused } = await placeOrders(
    trx,
    { cardIds: [cardId], from },
    { ...ordering, useCase: 'issue-card', batch: null },
  );
  const [order] = ordered;
  if (order !== undefined) return order;
  const [refusal] = refused;
  throw refusal === undefined
    ? new ProductError('transition-refused', 'The card is in another state.')
    : new ProductError(refusal.code, refusal.reason);
}
