import type { Knex } from '../kernel/db/database.js';
import type { CardState } from '../domain/card-states.js';
import { ProductError } from '../kernel/errors.js';
import { matching } from '../directory/index.js';

/** A card as the API shows it. */
export interface CardDetails {
  readonly id: string;
  readonly state: CardState;
  readonly number: string | null;
  readonly holder: { readonly id: string; readonly employeeNumber: string; readonly name: string };
  readonly cardType: { readonly id: string; readonly name: string };
  readonly requestId: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly changedAt: string;
}

export interface CardPosition {
  readonly createdAt: string;
  readonly id: string;
}

const cardSql = `
  select c.id, c.state, c.number, c.created_at as "createdAt", c.changed_at as "changedAt", r.id as "requestId",
    json_build_object('id', h.id, 'employeeNumber', h.employee_number, 'name', h.given_name || ' ' || h.family_name) as holder,
    json_build_object('id', t.id, 'name', t.name) as "cardType", to_char(c.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position
  from card c join holder h on h.id = c.holder_id join card_type t on t.id = c.card_type
  left join card_request r on r.card_id = c.id`;

type Row = Omit<CardDetails, 'createdAt' | 'changedAt'> & { createdAt: Date; changedAt: Date; position: string };

/** A card in a list, with the position from which the next page continues. */
export interface ListedCard {
  readonly details: CardDetails;
  readonly position: CardPosition;
}

/** One card. @throws ProductError `not-found` */
export async function getCard(db: Knex, id: string): Promise<CardDetails> {
  const result = await db.raw<{ rows: Row[] }>(`${cardSql} where c.id = ?`, [id]);
  const row = result.rows[0];
  if (row === undefined) throw new ProductError('not-found', 'There is no such card.');
  return toDetails(row);
}

export interface CardFilter {
  readonly states?: readonly CardState[] | undefined;
  readonly holderId?: string | undefined;
  /** Id of the card type. */
  readonly cardType?: string | undefined;
  /** A card number in full, or words that a holder is found by. */
  readonly search?: string | undefined;
}

/** A number is found by its index, holders by theirs: two looks for ids, not one condition over every card. */
const foundSql = `c.id in (select id from card where holder_id in :holders union all select id from card where number in (:number, upper(:number)))`;

/** Cards, newest first. */
export async function listCards(
  db: Knex,
  filter: CardFilter,
  limit: number,
  after?: CardPosition,
): Promise<ListedCard[]> {
  const conditions = ['true'];
  if (filter.states !== undefined) conditions.push('c.state = any(:states)');
  if (filter.holderId !== undefined) conditions.push('c.holder_id = :holder');
  if (filter.cardType !== undefined) conditions.push('c.card_type = :cardType');
  if (filter.search !== undefined) conditions.push(foundSql);
  if (after !== undefined) conditions.push('(c.created_at, c.id) < (cast(:at as timestamptz), cast(:id as uuid))');
  const result = await db.raw<{ rows: Row[] }>(
    `${cardSql} where ${conditions.join(' and ')} order by c.created_at desc, c.id desc limit :limit`,
    {
      states: [...(filter.states ?? [])],
      holder: filter.holderId ?? null,
      cardType: filter.cardType ?? null,
      ...(filter.search === undefined
        ? {}
        : { number: filter.search.trim(), holders: matching(db, { q: filter.search }).select('id') }),
      at: after?.createdAt ?? null,
      id: after?.id ?? null,
      limit,
    },
  );
  return result.rows.map((row) => ({ details: toDetails(row), position: { createdAt: row.position, id: row.id } }));
}

function toDetails({ position: _, ...card }: Row): CardDetails {
  return { ...card, createdAt: card.createdAt.toISOString(), changedAt: card.changedAt.toISOString() };
}
