import { appendAudit, enqueueMail, requestsWaiting } from '../../records/index.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import { ProductError, type ErrorCode } from '../../kernel/errors.js';
import { approvalTimeLimit } from '../../directory/index.js';
import { enqueueCommands } from '../../engine/outbox/command-store.js';
import { messages } from '../../process/contract/index.js';
import {
  fingerprintOf,
  insertBatchRequests,
  lockVariantChoice,
  moveBatchToRegistered,
  readRequestContents,
  variantChanged,
} from '../../requests/index.js';
import type { RunningIn } from '../../requests/request-types.js';
import { takeSnapshots } from '../../cards/index.js';
import { notNow } from '../batch-ordering.js';
import { changeCounts, getBatch, lockBatch, readHead } from '../../batch-rows/index.js';
import type { BatchHead } from '../../batch-rows/batch-types.js';
import { variantFor, type DeployedVariant } from './batch-variant.js';
import { refusalsOf } from './holder-rows.js';

/** Requests of one transaction: long enough to be quick, short enough that nobody waits for its locks. */
const chunkRows = 500;

/**
 * Pins how the requests of a draft are made; from here on they keep it. They themselves are made by `registerBatch`.
 * @param runningIn the instance that makes them, or null where none does yet
 * @throws ProductError `not-found`, `batch-state`, `batch-empty`, `variant-changed` when the diagram that runs is not the one that applies, and what `variantFor` refuses
 */
export async function beginRegistering(
  trx: Transaction,
  batchId: string,
  runningIn: RunningIn | null,
): Promise<DeployedVariant> {
  const head = await lockBatch(trx, batchId);
  if (head.kind !== 'request' || head.cardType === null)
    throw new ProductError('not-found', 'There is no such batch of requests.');
  if (head.state !== 'draft') throw notNow(head, 'requested');
  await lockVariantChoice(trx);
  const variant = await variantFor(trx, head.cardType);
  if (runningIn !== null && runningIn.definitionId !== variant.definitionId) throw variantChanged(variant.name);
  const [row] = await trx('batch_order')
    .where({ id: batchId })
    .update({
      state: 'ordering',
      round: 1,
      ordered_by: head.owner,
      round_began_at: trx.fn.now(),
      definition_id: variant.definitionId,
      process_instance_id: runningIn?.processInstanceId ?? null,
    })
    .returning<{ chosen: number; skipped: number }[]>(['chosen', 'skipped']);
  const cards = (row?.chosen ?? 0) - (row?.skipped ?? 0);
  if (cards === 0) throw nobodyLeft();
  await appendAudit(trx, [
    {
      actor: head.owner,
      action: 'batch-requested',
      objectType: 'batch-order',
      objectId: batchId,
      fromState: 'draft',
      toState: 'ordering',
      processKey: variant.processKey,
      processVersion: variant.version,
      details: { cards },
    },
  ]);
  return variant;
}

/** The refusal of a batch in which there is nobody to request a card for. */
export function nobodyLeft(): ProductError {
  return new ProductError('batch-empty', 'There is nobody to request a card for.');
}

/** What the `register-requests` task brings. */
export interface BatchRegistration {
  readonly batchId: string;
  readonly requestedState: 'requested' | 'approved';
  readonly runningIn: RunningIn;
}

/**
 * Registers all requests of a batch order, some hundred in a transaction. A death loses at most the last of these, and another
 * call continues with the rest; repeated by the same instance it changes nothing and answers the same.
 * @returns `running` where requests wait for a decision
 * @throws ProductError what `beginRegistering` refuses; never for a card holder: one who cannot get a card is skipped and named
 */
export async function registerBatch(
  db: Knex,
  { batchId, requestedState, runningIn }: BatchRegistration,
): Promise<'running' | 'completed'> {
  await db.transaction((trx) => resumeRegistering(trx, batchId, runningIn));
  for (let more = true; more;) more = await db.transaction((trx) => registerChunk(trx, batchId, requestedState));
  const { state } = await readHead(db, batchId);
  return state === 'running' ? 'running' : 'completed';
}

/** Begins a draft; continues what the API has begun, or what a cancelled instance has left. */
async function resumeRegistering(trx: Transaction, batchId: string, runningIn: RunningIn): Promise<void> {
  const head = await lockBatch(trx, batchId);
  if (head.state === 'draft') {
    await beginRegistering(trx, batchId, runningIn);
    return;
  }
  if (head.definitionId !== runningIn.definitionId) throw variantChanged('another diagram');
  if (head.processInstanceId === runningIn.processInstanceId) return;
  if (head.processInstanceId !== null)
    throw new ProductError('batch-state', 'Another process carries the batch order out.');
  await trx('batch_order').where({ id: batchId }).update({ process_instance_id: runningIn.processInstanceId });
  if (head.state === 'running') await enqueueTimeLimit(trx, batchId, runningIn.processInstanceId);
}

/** @returns false when nothing is left to register */
async function registerChunk(
  trx: Transaction,
  batchId: string,
  requestedState: 'requested' | 'approved',
): Promise<boolean> {
  const head = await lockBatch(trx, batchId);
  const { cardType } = head;
  if (head.state !== 'ordering' || cardType === null) return false;
  const holders = await trx('batch_row')
    .where({ batch_id: batchId, state: 'chosen' })
    .orderBy('ordinal')
    .limit(chunkRows)
    .pluck<string[]>('holder_id');
  if (holders.length === 0) {
    await endRegistering(trx, head);
    return false;
  }
  const refused = new Map<string, ErrorCode>(await refusalsOf(trx, holders, cardType, 'for share of h'));
  const allowed = holders.filter((id) => !refused.has(id));
  const registered = await register(trx, head, cardType, allowed, requestedState);
  // Somebody was quicker since the look at it.
  for (const id of allowed) if (!registered.has(id)) refused.set(id, 'open-request-exists');
  await trx.raw(
    `update batch_row r set state = n.state, code = n.code, request_id = n.request, card_id = n.card, seen = n.seen
     from jsonb_to_recordset(cast(:noted as jsonb)) as n (holder uuid, state text, code text, request uuid, card uuid, seen text)
     where r.batch_id = :batchId and r.holder_id = n.holder and r.state = 'chosen'`,
    {
      batchId,
      noted: JSON.stringify([
        ...[...refused].map(([holder, code]) => ({ holder, state: 'skipped', code })),
        ...[...registered].map(([holder, made]) => ({
          holder,
          state: requestedState === 'approved' ? 'succeeded' : 'ordered',
          ...made,
        })),
      ]),
    },
  );
  const approved = requestedState === 'approved' ? registered.size : 0;
  await changeCounts(trx, batchId, { ordered: registered.size, succeeded: approved, skipped: refused.size });
  return true;
}

/** @returns what was made for whom */
async function register(
  trx: Transaction,
  { id: batchId, owner, definitionId, source }: BatchHead,
  cardType: string,
  holderIds: readonly string[],
  state: 'requested' | 'approved',
): Promise<ReadonlyMap<string, { request: string; card: string; seen: string | null }>> {
  if (definitionId === null || source === null)
    throw new Error(`the batch order ${batchId} is registered by no diagram`);
  const decideWithin = await approvalTimeLimit(trx);
  const inserted = await insertBatchRequests(trx, {
    batchId,
    holderIds,
    cardType,
    requester: owner,
    source,
    definitionId,
    decideWithin,
  });
  const moved = await moveBatchToRegistered(trx, { batchId, state });
  const cards = new Map(moved.map(({ id, cardId }) => [id, cardId] as const));
  if (state === 'approved') await takeSnapshots(trx, [...cards.values()]);
  const contents = state === 'requested' ? await readRequestContents(trx, [...cards.keys()]) : [];
  const seen = new Map(contents.map((content) => [content.id, fingerprintOf(content)]));
  return new Map(
    inserted.map(({ id, holderId }) => [
      holderId,
      { request: id, card: cards.get(id) ?? '', seen: seen.get(id) ?? null },
    ]),
  );
}

async function endRegistering(trx: Transaction, { id, owner, processInstanceId }: BatchHead): Promise<void> {
  const [row] = await trx('batch_order')
    .where({ id })
    .update({
      state: trx.raw(`case when open > 0 then 'running' else 'completed' end`),
      ended_at: trx.raw('case when open = 0 then now() end'),
    })
    .returning<{ open: number }[]>('open');
  if (row === undefined || row.open === 0) return;
  const { number, label, cardType } = await getBatch(trx, id);
  const { name } = await trx('card_type').where({ id: cardType }).first<{ name: string }>('name');
  await enqueueMail(trx, [
    requestsWaiting({ batchId: id, number, label, cards: row.open, cardType: name, requester: owner }),
  ]);
  if (processInstanceId !== null) await enqueueTimeLimit(trx, id, processInstanceId);
}

/** One message for the whole batch order, when the last of its requests has waited long enough. */
async function enqueueTimeLimit(trx: Transaction, batchId: string, processInstanceId: string): Promise<void> {
  const [row] = await trx('card_request')
    .where({ batch_id: batchId, state: 'requested' })
    .max<{ dueAt: Date | null }[]>({ dueAt: 'decide_before' });
  if (row?.dueAt == null) return;
  await enqueueCommands(trx, [
    {
      requestId: null,
      batchId,
      dueAt: row.dueAt,
      payload: { kind: 'correlate', message: messages.approvalTimeLimit, processInstanceId },
    },
  ]);
}
