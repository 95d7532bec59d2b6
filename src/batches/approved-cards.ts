import type { Knex } from '../kernel/db/database.js';
import { momentOf } from '../kernel/time-zone.js';
import { matching } from '../directory/index.js';
import type { IssueFilter } from '../batch-rows/batch-types.js';

/** Cards `c` with their holder `h` and request `r` that a filter selects, in any state. */
export function filteredCards(
  db: Knex,
  { cardType, department, approvedBefore, search, except = [] }: IssueFilter,
): Knex.QueryBuilder {
  const query = db('card as c')
    .join('holder as h', 'h.id', 'c.holder_id')
    .join('card_request as r', 'r.card_id', 'c.id');
  if (cardType !== undefined) query.where({ 'c.card_type': cardType });
  if (department !== undefined) query.whereRaw('lower(h.department) = lower(?)', [department]);
  if (approvedBefore !== undefined) query.where('r.ended_at', '<', momentOf(approvedBefore));
  if (search !== undefined) query.whereIn('c.holder_id', matching(db, { q: search }).select('id'));
  if (except.length > 0) query.whereRaw('c.id <> all(cast(? as uuid[]))', [[...except]]);
  return query;
}

/** Those of them that can be issued: approved ones. */
export function approvedCards(db: Knex, filter: IssueFilter): Knex.QueryBuilder {
  return filteredCards(db, filter).where({ 'c.state': 'approved', 'r.state': 'approved' });
}
