import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import type { Ticks } from '../batch-choosing.js';
import { assertCardType, type Draft, type NewBatch } from '../batch-selection.js';
import { findHeadOf, lockBatch } from '../../batch-rows/index.js';
import { notNow } from '../batch-ordering.js';
import type { BatchHead, HolderFilter } from '../../batch-rows/batch-types.js';
import { filteredHolders, insertHolders, insertNamedHolders, judgeHolders } from './holder-rows.js';

/** For whom cards are requested: a filter, or names as `insertNamedHolders` takes them. */
export type HolderChoice = HolderFilter | readonly string[];

/**
 * Makes the draft of a batch order that requests cards.
 * @throws ProductError `batch-too-large`, `card-type-unknown`
 */
export async function draftRequests(
  trx: Transaction,
  batch: NewBatch & { readonly cardType: string },
  holders: HolderChoice,
): Promise<Draft> {
  await assertCardType(trx, batch.cardType);
  const id = randomUUID();
  await trx('batch_order').insert({
    id,
    kind: 'request',
    owner: batch.owner,
    label: batch.label,
    card_type: batch.cardType,
    source: batch.madeIn === null ? 'api' : 'tasklist',
    filter: filterText(holders),
    state: 'draft',
    process_instance_id: batch.madeIn?.processInstanceId ?? null,
  });
  return { id, chosen: await fill(trx, id, batch.cardType, holders) };
}

/**
 * The draft that a process instance puts together: made the first time, chosen anew when somebody asks for others.
 * @param batch.keep true where its registration was refused: who is chosen stays, also who was chosen by hand
 * @throws ProductError `batch-state` when it was registered already, `batch-too-large`, `card-type-unknown`
 */
export async function prepareRequests(
  trx: Transaction,
  {
    holders,
    keep,
    ...batch
  }: NewBatch & {
    readonly madeIn: NonNullable<NewBatch['madeIn']>;
    readonly cardType: string;
    readonly holders: HolderChoice;
    readonly keep: boolean;
  },
): Promise<Draft> {
  // Two deliveries of one task: the second waits here for the first.
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [batch.madeIn.processInstanceId]);
  const head = await findHeadOf(trx, batch.madeIn.processInstanceId);
  if (head === null) return draftRequests(trx, batch, holders);
  const { id } = await lockDraft(trx, head.id);
  if (keep && head.cardType !== null) return { id, chosen: await judgeHolders(trx, id, head.cardType) };
  await assertCardType(trx, batch.cardType);
  await trx('batch_row').where({ batch_id: id }).delete();
  await trx('batch_order')
    .where({ id })
    .update({ label: batch.label, card_type: batch.cardType, filter: filterText(holders) });
  return { id, chosen: await fill(trx, id, batch.cardType, holders) };
}

/**
 * Adds card holders to a draft and takes others out of it; who is there already, or gone already, changes nothing.
 * @throws ProductError `not-found`, `batch-state`, `batch-too-large`
 */
export async function tickHolders(trx: Transaction, batchId: string, { chosen, left }: Ticks): Promise<void> {
  const head = await lockDraft(trx, batchId);
  await trx('batch_row')
    .where({ batch_id: batchId })
    .whereIn('holder_id', [...left])
    .delete();
  await insertHolders(trx, batchId, filteredHolders(trx, {}).whereIn('id', [...chosen]));
  await recordChosen(trx, head);
}

/** Adds all that a filter means. @throws ProductError `not-found`, `batch-state`, `batch-too-large` */
export async function chooseHolders(trx: Transaction, batchId: string, filter: HolderFilter): Promise<void> {
  const head = await lockDraft(trx, batchId);
  await insertHolders(trx, batchId, filteredHolders(trx, filter));
  await recordChosen(trx, head);
}

/** Takes all out of a draft whom a filter means. @throws ProductError `not-found`, `batch-state` */
export async function leaveHolders(trx: Transaction, batchId: string, filter: HolderFilter): Promise<void> {
  const head = await lockDraft(trx, batchId);
  await trx('batch_row')
    .where({ batch_id: batchId })
    .whereIn('holder_id', filteredHolders(trx, filter).select('id'))
    .delete();
  await recordChosen(trx, head);
}

/** Adds those who are named in a list or a file. @throws ProductError `not-found`, `batch-state`, `batch-too-large`, `batch-empty` */
export async function nameHolders(trx: Transaction, batchId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0)
    throw new ProductError('batch-empty', 'There is no employee number, UPN or e-mail address in it.');
  const head = await lockDraft(trx, batchId);
  await insertNamedHolders(trx, batchId, names);
  await recordChosen(trx, head);
}

/** Takes those out who cannot get a card, and names that nobody has. @throws ProductError `not-found`, `batch-state` */
export async function forgetSkipped(trx: Transaction, batchId: string): Promise<void> {
  const head = await lockDraft(trx, batchId);
  await trx('batch_row').where({ batch_id: batchId, state: 'skipped' }).delete();
  await recordChosen(trx, head);
}

async function lockDraft(trx: Transaction, batchId: string): Promise<BatchHead> {
  const head = await lockBatch(trx, batchId);
  if (head.kind !== 'request') throw new ProductError('not-found', 'There is no such batch of requests.');
  if (head.state !== 'draft') throw notNow(head, 'chosen anew');
  return head;
}

/** From now on the choice is no longer described by a filter. */
async function recordChosen(trx: Transaction, { id, cardType }: BatchHead): Promise<void> {
  if (cardType !== null) await judgeHolders(trx, id, cardType);
  await trx('batch_order').where({ id }).update({ filter: null });
}

async function fill(trx: Transaction, id: string, cardType: string, holders: HolderChoice): Promise<number> {
  if (isList(holders)) await insertNamedHolders(trx, id, holders);
  else await insertHolders(trx, id, filteredHolders(trx, holders));
  return judgeHolders(trx, id, cardType);
}

function filterText(holders: HolderChoice): string | null {
  return isList(holders) ? null : JSON.stringify(holders);
}

function isList(holders: HolderChoice): holders is readonly string[] {
  return Array.isArray(holders);
}
