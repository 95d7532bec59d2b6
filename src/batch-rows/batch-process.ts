import type { Knex, Transaction } from '../kernel/db/database.js';
import { enqueueCommands, type EngineVariable, type InstanceAddress } from '../engine/outbox/command-store.js';
import { messages, type BatchView, type BatchViewRow, type RequestBatchView } from '../process/contract/index.js';
import { byWireState } from '../domain/batch-row-words.js';
import type { ActingInstance } from '../engine/acting-instance.js';
import { getBatch, listRows } from './batch-reading.js';
import { readHead } from './batch-store.js';
import type { BatchHead, BatchRow } from './batch-types.js';

/** Most rows that a form lists. */
export const shownRows = 50;

type Followed = Pick<BatchHead, 'id' | 'processInstanceId'>;

/** Where the process of a batch order is found: the instance that made it, or the one that was started for it. */
export function processOf({ id, processInstanceId }: Followed): InstanceAddress {
  return processInstanceId === null ? { businessKey: id } : { processInstanceId };
}

/** True when the instance is the process of the batch order. */
export function isProcessOf({ id, processInstanceId }: Followed, instance: ActingInstance | null): boolean {
  if (instance === null) return false;
  return processInstanceId === null ? instance.businessKey === id : instance.processInstanceId === processInstanceId;
}

/**
 * Starts a process instance that orders, and follows what comes of it.
 * @param afterRound the round after which it is to order: 0 for the first one
 * @param user in whose name; the sweep repeats a start that is refused
 */
export async function startBatchProcess(trx: Transaction, id: string, afterRound: number, user: string): Promise<void> {
  await enqueueCommands(trx, [
    {
      requestId: null,
      batchId: id,
      payload: {
        kind: 'start',
        message: messages.batchOrdered,
        businessKey: id,
        user,
        variables: { batchId: text(id), round: integer(afterRound) },
      },
    },
  ]);
}

/**
 * Starts a process instance that registers the requests of a batch order by the diagram that was pinned, and waits for their decision.
 * @param user in whose name; the sweep repeats a start that is refused
 */
export async function startRequestProcess(
  trx: Transaction,
  id: string,
  variant: { readonly processKey: string; readonly version: number },
  user: string,
): Promise<void> {
  const variables = {
    batchId: text(id),
    variantKey: text(variant.processKey),
    variantVersion: integer(variant.version),
  };
  await enqueueCommands(trx, [
    {
      requestId: null,
      batchId: id,
      payload: { kind: 'start', message: messages.requestsOrdered, businessKey: id, user, variables },
    },
  ]);
}

/** Notifies the process of a batch order that all of its requests are settled. */
export async function notifyRequestsEnded(trx: Transaction, head: Followed): Promise<void> {
  await enqueueCommands(trx, [
    {
      requestId: null,
      batchId: head.id,
      payload: {
        kind: 'correlate',
        message: messages.requestsEnded,
        elseEnd: 'none of the requests waits any more',
        ...processOf(head),
      },
    },
  ]);
}

/** Records by which diagram a batch order is carried out, for the audit rows of its cards; the first one stays. */
export async function adoptBatch(db: Knex, id: string, definitionId: string): Promise<void> {
  const known: object | undefined = await db('process_version')
    .where({ definition_id: definitionId })
    .first('definition_id');
  if (known !== undefined)
    await db('batch_order').where({ id }).whereNull('definition_id').update({ definition_id: definitionId });
}

/** Notifies the process of a batch order that its round has ended, and how. */
export async function notifyRoundEnded(trx: Transaction, id: string): Promise<void> {
  const head = await readHead(trx, id);
  const view = await batchView(trx, id, 'failed');
  await enqueueCommands(trx, [
    {
      requestId: null,
      batchId: id,
      payload: {
        kind: 'correlate',
        message: messages.batchRoundEnded,
        variables: {
          batchState: text(head.state),
          round: integer(head.round),
          batch: { value: JSON.stringify(view), type: 'Json' },
        },
        ...processOf(head),
      },
    },
  ]);
}

/** Notifies the process that the failed cards were repeated, completed or cancelled outside its own task. */
export async function notifyReviewed(trx: Transaction, head: Followed, state: 'ordering' | 'completed'): Promise<void> {
  await enqueueCommands(trx, [
    {
      requestId: null,
      batchId: head.id,
      payload: {
        kind: 'correlate',
        message: messages.batchReviewed,
        variables: { batchState: text(state) },
        ...processOf(head),
      },
    },
  ]);
}

/** What a form shows of a batch order: its counts, and its first rows in one state. */
export async function batchView(db: Knex, id: string, state: 'chosen' | 'failed' | 'ordered'): Promise<BatchView> {
  const { number, label, owner, counts } = await getBatch(db, id);
  const rows = await listRows(db, id, { state, limit: shownRows });
  return {
    id,
    number,
    label,
    owner,
    ...byWireState(counts),
    rows: rows.map(viewRow),
  };
}

/** What a form shows of a draft of requests: whom it is for, and who cannot get a card. */
export async function requestBatchView(db: Knex, id: string): Promise<RequestBatchView> {
  const [view, skipped] = await Promise.all([
    batchView(db, id, 'chosen'),
    listRows(db, id, { state: 'skipped', limit: shownRows }),
  ]);
  return { ...view, skippedRows: skipped.map(viewRow) };
}

function viewRow({ ordinal, cardId, holder, namedAs, cardType, reason }: BatchRow): BatchViewRow {
  return {
    ordinal,
    card: cardId ?? '',
    holderId: holder?.id ?? '',
    holder: holder?.name ?? namedAs ?? '',
    employeeNumber: holder?.employeeNumber ?? '',
    department: holder?.department ?? '',
    cardType: cardType ?? '',
    reason: reason ?? '',
  };
}

function text(value: string): EngineVariable {
  return { value, type: 'String' };
}

function integer(value: number): EngineVariable {
  return { value, type: 'Integer' };
}
