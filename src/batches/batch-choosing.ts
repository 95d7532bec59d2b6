import type { Knex, Transaction } from '../kernel/db/database.js';
import { approvedCards, filteredCards } from './approved-cards.js';
import { notNow } from './batch-ordering.js';
import { insertApproved, insertFiltered, recount } from './batch-selection.js';
import { lockBatch } from '../batch-rows/index.js';
import type { IssueFilter } from '../batch-rows/batch-types.js';

/** Ids of what a person ticks and unticks in a draft. */
export interface Ticks {
  readonly chosen: readonly string[];
  readonly left: readonly string[];
}

/**
 * Adds cards to a draft and takes others out of it. A card that is not approved any more is not added; one that is there
 * already, or gone already, changes nothing.
 * @throws ProductError `not-found`, `batch-state`, `batch-too-large`
 */
export async function tickCards(trx: Transaction, batchId: string, { chosen, left }: Ticks): Promise<void> {
  await lockDraft(trx, batchId);
  await trx('batch_row')
    .where({ batch_id: batchId })
    .whereIn('card_id', [...left])
    .delete();
  await insertApproved(trx, batchId, approvedCards(trx, {}).whereIn('c.id', [...chosen]));
  await recordChosen(trx, batchId);
}

/**
 * Adds all approved cards that a filter means.
 * @throws ProductError `not-found`, `batch-state`, `batch-too-large`, `card-type-unknown`
 */
export async function chooseMatching(trx: Transaction, batchId: string, filter: IssueFilter): Promise<void> {
  await lockDraft(trx, batchId);
  await insertFiltered(trx, batchId, filter);
  await recordChosen(trx, batchId);
}

/** Takes all cards out of a draft that a filter means, also such as are not approved any more. @throws ProductError `not-found`, `batch-state` */
export async function leaveMatching(trx: Transaction, batchId: string, filter: IssueFilter): Promise<void> {
  await lockDraft(trx, batchId);
  await trx('batch_row')
    .where({ batch_id: batchId })
    .whereIn('card_id', filteredCards(trx, filter).select('c.id'))
    .delete();
  await recordChosen(trx, batchId);
}

async function lockDraft(trx: Transaction, batchId: string): Promise<void> {
  const head = await lockBatch(trx, batchId);
  if (head.state !== 'draft') throw notNow(head, 'chosen anew');
}

/** From now on the choice is no longer described by a filter. */
async function recordChosen(trx: Transaction, batchId: string): Promise<void> {
  await recount(trx, batchId);
  await trx('batch_order').where({ id: batchId }).update({ filter: null });
}

/** A row of the page that chooses, of either kind of batch order. */
export interface Choosable {
  readonly id: string;
  /** Full name of the card holder. */
  readonly name: string;
  readonly employeeNumber: string;
  readonly department: string;
  /** Whether it is in the draft. */
  readonly chosen: boolean;
}

/** An approved card; `approvedAt` is ISO 8601. */
export interface ChoosableCard extends Choosable {
  readonly cardType: string;
  readonly approvedAt: string;
}

/** Where a page of choosable cards ends: to the microsecond, which a date would lose. */
export interface ChoosablePosition {
  readonly approvedAt: string;
  readonly cardId: string;
}

/** Which rows are shown: all, those in the draft, or those that are not. */
export const choices = ['all', 'chosen', 'left'] as const;
export type Choice = (typeof choices)[number];

/** Approved cards with their place in a draft, those approved first first. */
export async function listChoosable(
  db: Knex,
  batchId: string,
  { choice, ...filter }: IssueFilter & { readonly choice: Choice },
  limit: number,
  after?: ChoosablePosition,
): Promise<{ item: ChoosableCard; position: ChoosablePosition }[]> {
  const query = choosable(db, batchId, filter);
  if (choice !== 'all') query.whereRaw(`b.card_id is ${choice === 'chosen' ? 'not null' : 'null'}`);
  if (after !== undefined)
    query.whereRaw('(r.ended_at, c.id) > (cast(? as timestamptz), cast(? as uuid))', [after.approvedAt, after.cardId]);
  const rows = await query
    .join('card_type as t', 't.id', 'c.card_type')
    .orderBy(['r.ended_at', 'c.id'])
    .limit(limit)
    .select<(Omit<ChoosableCard, 'approvedAt'> & { approvedAt: Date; position: string })[]>(
      {
        id: 'c.id',
        employeeNumber: 'h.employee_number',
        department: 'h.department',
        cardType: 't.name',
        approvedAt: 'r.ended_at',
      },
      db.raw(`h.given_name || ' ' || h.family_name as name, b.card_id is not null as chosen`),
      db.raw(`to_char(r.ended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position`),
    );
  return rows.map(({ position, approvedAt, ...card }) => ({
    item: { ...card, approvedAt: approvedAt.toISOString() },
    position: { approvedAt: position, cardId: card.id },
  }));
}

/** How many approved cards a filter means, and how many of them are in the draft. */
export async function countChoosable(
  db: Knex,
  batchId: string,
  filter: IssueFilter,
): Promise<{ matching: number; chosen: number }> {
  const [counts] = await choosable(db, batchId, filter).select<{ matching: number; chosen: number }[]>(
    db.raw('count(*)::integer as matching, count(b.card_id)::integer as chosen'),
  );
  return counts ?? { matching: 0, chosen: 0 };
}

function choosable(db: Knex, batchId: string, filter: IssueFilter): Knex.QueryBuilder {
  return approvedCards(db, filter).leftJoin('batch_row as b', (join) => {
    join.on('b.card_id', 'c.id').andOnVal('b.batch_id', batchId);
  });
}

/** Departments that have approved cards, for the field that asks for one. */
export async function departmentsToChoose(db: Knex): Promise<string[]> {
  return approvedCards(db, {})
    .distinct('h.department')
    .whereNot('h.department', '')
    .orderBy('h.department')
    .limit(200)
    .pluck('h.department');
}
