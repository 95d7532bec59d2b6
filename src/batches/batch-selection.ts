import { randomUUID } from 'node:crypto';
import type { Knex, Transaction } from '../kernel/db/database.js';
import { ProductError } from '../kernel/errors.js';
import { approvedCards } from './approved-cards.js';
import { largestBatch } from '../batch-rows/index.js';
import type { IssueFilter } from '../batch-rows/batch-types.js';

/** A batch order that is being put together. */
export interface NewBatch {
  readonly owner: string;
  readonly label: string;
  /** The instance that puts it together, and its definition; null where none does. */
  readonly madeIn: { readonly processInstanceId: string; readonly definitionId: string } | null;
}

/** A draft, and how many rows it has. */
export interface Draft {
  readonly id: string;
  readonly chosen: number;
}

/**
 * Makes the draft of a batch order that issues cards.
 * @param cards a filter, or the ids of cards; an id that comes twice counts once, and one that nothing has is a skipped row
 * @throws ProductError `batch-too-large`, `card-type-unknown`
 */
export async function draftIssue(
  trx: Transaction,
  batch: NewBatch,
  cards: IssueFilter | readonly string[],
): Promise<Draft> {
  const id = randomUUID();
  await trx('batch_order').insert({
    id,
    kind: 'issue',
    owner: batch.owner,
    label: batch.label,
    filter: isList(cards) ? null : JSON.stringify(cards),
    state: 'draft',
    definition_id: batch.madeIn?.definitionId ?? null,
    process_instance_id: batch.madeIn?.processInstanceId ?? null,
  });
  return { id, chosen: await fill(trx, id, cards) };
}

/**
 * Chooses the cards of a draft anew.
 * @throws ProductError `batch-too-large`, `card-type-unknown`
 */
export async function chooseAgain(trx: Transaction, id: string, label: string, filter: IssueFilter): Promise<Draft> {
  await trx('batch_row').where({ batch_id: id }).delete();
  await trx('batch_order')
    .where({ id, state: 'draft' })
    .update({ label, filter: JSON.stringify(filter) });
  return { id, chosen: await fill(trx, id, filter) };
}

/**
 * Refuses what `draftIssue` and `assertChosen` would refuse, without making a draft: that would use up a number.
 * @throws ProductError `batch-empty`, `batch-too-large`, `card-type-unknown`
 */
export async function judgeFilter(db: Knex, filter: IssueFilter): Promise<void> {
  if (filter.cardType !== undefined) await assertCardType(db, filter.cardType);
  const found = approvedCards(db, filter)
    .limit(largestBatch + 1)
    .select('c.id');
  const { rows } = await db.raw<{ rows: [{ chosen: number }] }>('select count(*)::integer as chosen from :found f', {
    found,
  });
  if (rows[0].chosen > largestBatch) throw tooLarge();
  assertChosen(rows[0]);
}

/** Refuses a draft without a single row. @throws ProductError `batch-empty` */
export function assertChosen({ chosen }: Pick<Draft, 'chosen'>): void {
  if (chosen === 0) throw new ProductError('batch-empty', 'No approved card matches, so there is nothing to order.');
}

async function fill(trx: Transaction, id: string, cards: IssueFilter | readonly string[]): Promise<number> {
  if (isList(cards)) await insertNamed(trx, id, cards);
  else await insertFiltered(trx, id, cards);
  return recount(trx, id);
}

/**
 * Writes down how many rows a draft has.
 * @returns how many
 * @throws ProductError `batch-too-large`
 */
export async function recount(trx: Transaction, id: string): Promise<number> {
  const { rows } = await trx.raw<{ rows: { chosen: number }[] }>(
    `update batch_order b set chosen = c.chosen, skipped = c.skipped
     from (select count(*)::integer as chosen, count(*) filter (where state = 'skipped')::integer as skipped from batch_row where batch_id = :id) c
     where b.id = :id returning c.chosen`,
    { id },
  );
  const chosen = rows[0]?.chosen ?? 0;
  if (chosen > largestBatch) throw tooLarge();
  return chosen;
}

/**
 * Adds the approved cards that a filter means behind the rows that are there, those approved first first; a card that is
 * there already stays where it is. What is too much is found when they are counted.
 * @throws ProductError `card-type-unknown`
 */
export async function insertFiltered(trx: Transaction, id: string, filter: IssueFilter): Promise<void> {
  if (filter.cardType !== undefined) await assertCardType(trx, filter.cardType);
  await insertApproved(trx, id, approvedCards(trx, filter));
}

/** @param cards a query over approved cards, see `approvedCards` */
export async function insertApproved(trx: Transaction, id: string, cards: Knex.QueryBuilder): Promise<void> {
  await trx.raw(
    `insert into batch_row (batch_id, ordinal, holder_id, card_id)
     select :id, last.ordinal + row_number() over (order by a.approved_at, a.card_id), a.holder_id, a.card_id
     from :cards a, (select coalesce(max(ordinal), 0) as ordinal from batch_row where batch_id = :id) last
     where not exists (select from batch_row b where b.batch_id = :id and b.card_id = a.card_id)`,
    {
      id,
      cards: cards
        .limit(largestBatch + 1)
        .select({ card_id: 'c.id', holder_id: 'c.holder_id', approved_at: 'r.ended_at' }),
    },
  );
}

async function insertNamed(trx: Transaction, id: string, cardIds: readonly string[]): Promise<void> {
  const named = [...new Set(cardIds)];
  if (named.length > largestBatch) throw tooLarge();
  await trx.raw(
    `insert into batch_row (batch_id, ordinal, holder_id, card_id, named_as, state, code)
     select :id, n.place, c.holder_id, c.id, case when c.id is null then n.id end,
       case when c.id is null then 'skipped' else 'chosen' end, case when c.id is null then 'not-found' end
     from jsonb_array_elements_text(cast(:named as jsonb)) with ordinality as n (id, place) left join card c on c.id = cast(n.id as uuid)`,
    { id, named: JSON.stringify(named) },
  );
}

/** @throws ProductError `card-type-unknown` */
export async function assertCardType(db: Knex, cardType: string): Promise<void> {
  if ((await db('card_type').where({ id: cardType }).first('id')) === undefined)
    throw await cardTypeUnknown(db, cardType);
}

/** The refusal of a card type that there is not. */
export async function cardTypeUnknown(db: Knex, cardType: string): Promise<ProductError> {
  const known = await db('card_type').orderBy('position').pluck<string[]>('id');
  return new ProductError('card-type-unknown', `There is no card type "${cardType}". There are: ${known.join(', ')}.`);
}

/** The refusal of more rows than a batch order may have. */
export function tooLarge(): ProductError {
  return new ProductError(
    'batch-too-large',
    `A batch order has at most ${largestBatch} cards. Choose fewer, and order the others in another one.`,
  );
}

function isList(cards: IssueFilter | readonly string[]): cards is readonly string[] {
  return Array.isArray(cards);
}
