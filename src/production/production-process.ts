import type { Knex, Transaction } from '../kernel/db/database.js';
import { ProductError } from '../kernel/errors.js';
import { enqueueCommands, type EngineVariable, type InstanceAddress } from '../engine/outbox/command-store.js';
import { messages } from '../process/contract/index.js';
import { findVariant } from '../variants/index.js';
import { orderKeyText } from './backends/backend.js';
import { readFailedProductions } from './failed-production.js';
import type { ActingInstance } from '../engine/acting-instance.js';
import type { LedgerKey } from './production-types.js';

/** An order and the instance that ordered it, if one did. */
export interface FollowedOrder extends LedgerKey {
  readonly processInstanceId: string | null;
}

/** Where the process of an order is found: the instance that ordered, or the one that was started for it. */
export function processOf(order: FollowedOrder): InstanceAddress {
  return order.processInstanceId === null
    ? { businessKey: orderKeyText(order) }
    : { processInstanceId: order.processInstanceId };
}

/** True when the instance is the process of the order. */
export function isProcessOf(order: FollowedOrder, instance: ActingInstance | null): boolean {
  if (instance === null) return false;
  return order.processInstanceId === null
    ? instance.businessKey === orderKeyText(order)
    : instance.processInstanceId === order.processInstanceId;
}

/**
 * Starts a process instance that waits for an order placed without one.
 * @param user in whose name; the sweep repeats a start that is refused
 */
export async function startProcess(trx: Transaction, order: LedgerKey, user: string): Promise<void> {
  const variant = await issuingVariantOf(trx, order.cardId);
  await enqueueCommands(trx, [
    {
      requestId: null,
      cardId: order.cardId,
      payload: {
        kind: 'start',
        message: messages.productionOrdered,
        businessKey: orderKeyText(order),
        user,
        variables: {
          card: text(order.cardId),
          productionNumber: { value: order.number, type: 'Integer' },
          placed: text('yes'),
          variantKey: text(variant.processKey),
          variantVersion: { value: variant.version, type: 'Integer' },
        },
      },
    },
  ]);
}

/** An order that has ended, or whose card has. */
export interface EndedOrder extends FollowedOrder {
  readonly state: 'produced' | 'failed' | 'cancelled';
  readonly reason: string | null;
}

/**
 * Moves the processes of orders on.
 * @param elseEnd with it, an instance whose diagram does not wait for the message is ended instead
 */
export async function notifyProcesses(
  trx: Transaction,
  orders: readonly EndedOrder[],
  elseEnd?: string,
): Promise<void> {
  const failures = await readFailedProductions(
    trx,
    orders.filter(({ state }) => state === 'failed'),
  );
  await enqueueCommands(
    trx,
    orders.map((order) => ({
      requestId: null,
      cardId: order.cardId,
      payload: {
        kind: 'correlate',
        message: messages.productionEnded,
        variables: {
          productionState: text(order.state),
          productionReason: text(order.reason?.slice(0, maxText) ?? null),
          failure: json(failures.get(orderKeyText(order)) ?? null),
          // What prevented an earlier try is over with it.
          refusal: text(null),
        },
        ...(elseEnd === undefined ? {} : { elseEnd }),
        ...processOf(order),
      },
    })),
  );
}

/** Ends the process of an order whose card is ordered again in another process. */
export async function endProcess(trx: Transaction, order: FollowedOrder, reason: string): Promise<void> {
  await enqueueCommands(trx, [
    { requestId: null, cardId: order.cardId, payload: { kind: 'end', reason, ...processOf(order) } },
  ]);
}

/** The variant that a card is issued by follows from whether a request of it was approved. */
async function issuingVariantOf(db: Knex, cardId: string): Promise<IssuingVariant> {
  const approved: object | undefined = await db('card_request')
    .where({ card_id: cardId, state: 'approved' })
    .first('id');
  return issuingVariant(db, approved === undefined ? 'directly' : 'from-approved');
}

export interface IssuingVariant {
  readonly processKey: string;
  readonly version: number;
}

/**
 * The version of a variant of Issue card that applies: the newest, since nobody chooses among them.
 * @throws ProductError `variant-unknown`
 */
export async function issuingVariant(db: Knex, variant: 'from-approved' | 'directly'): Promise<IssuingVariant> {
  const found = await findVariant(db, 'issue-card', variant);
  if (found === null)
    throw new ProductError('variant-unknown', 'No diagram for issuing this card is deployed. Ask an administrator.');
  return found;
}

/** The longest text that an engine variable can carry (characters). */
const maxText = 4_000;

function text(value: string | null): EngineVariable {
  return { value, type: 'String' };
}

function json(value: object | null): EngineVariable {
  return value === null ? { value: null, type: 'Null' } : { value: JSON.stringify(value), type: 'Json' };
}
