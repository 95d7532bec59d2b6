import type { Knex, Transaction } from '../../kernel/db/database.js';
import { canonicalReference } from '../../domain/identities.js';
import type { ErrorCode } from '../../kernel/errors.js';
import { matching } from '../../directory/index.js';
import { readEligibilities, refusalOfHolder } from '../../requests/index.js';
import { recount, tooLarge } from '../batch-selection.js';
import { largestBatch } from '../../batch-rows/index.js';
import type { HolderFilter } from '../../batch-rows/batch-types.js';

/** Rows that are looked at in one go. */
const chunkRows = 500;

/** Active card holders whom a filter means. */
export function filteredHolders(db: Knex, { department, search, except = [] }: HolderFilter): Knex.QueryBuilder {
  const query = matching(db, { q: search, state: 'active' });
  if (department !== undefined) query.whereRaw('lower(department) = lower(?)', [department]);
  if (except.length > 0) query.whereRaw('id <> all(cast(? as uuid[]))', [[...except]]);
  return query;
}

/**
 * Adds all that a filter means behind the rows that are there, by their names; who is there already stays where they are.
 * @param holders a query over `holder`, see `filteredHolders`
 */
export async function insertHolders(trx: Transaction, id: string, holders: Knex.QueryBuilder): Promise<void> {
  await trx.raw(
    `insert into batch_row (batch_id, ordinal, holder_id)
     select :id, last.ordinal + row_number() over (order by h.family_name, h.given_name, h.id), h.id
     from :holders h, (select coalesce(max(ordinal), 0) as ordinal from batch_row where batch_id = :id) last
     where not exists (select from batch_row b where b.batch_id = :id and b.holder_id = h.id)`,
    { id, holders: holders.limit(largestBatch + 1).select('id', 'family_name', 'given_name') },
  );
}

/**
 * Adds card holders by what names them, in the order of the list: id, employee number, UPN or e-mail. A name that nobody has,
 * or more than one, becomes a skipped row that says so; somebody named twice counts once.
 * @throws ProductError `batch-too-large`
 */
export async function insertNamedHolders(trx: Transaction, id: string, names: readonly string[]): Promise<void> {
  if (names.length > largestBatch) throw tooLarge();
  await trx.raw(
    `with named as (
       select name, min(place) as place from jsonb_array_elements_text(cast(:names as jsonb)) with ordinality as n (name, place) group by name),
     known as (
       select id, lower(employee_number) as name from holder union select id, lower(upn) from holder
       union select id, lower(email) from holder union select id, cast(id as text) from holder),
     found as (
       select n.place, n.name, count(k.id) as matches, (array_agg(k.id))[1] as holder
       from named n left join known k on k.name = lower(n.name) group by n.place, n.name),
     judged as (
       select place, name, case when matches = 1 then holder end as holder,
         case matches when 0 then 'holder-unknown' when 1 then null else 'holder-ambiguous' end as code from found),
     once as (
       select distinct on (coalesce(cast(holder as text), name)) * from judged order by coalesce(cast(holder as text), name), place)
     insert into batch_row (batch_id, ordinal, holder_id, named_as, state, code)
     select :id, last.ordinal + row_number() over (order by o.place), o.holder, case when o.code is not null then o.name end,
       case when o.code is null then 'chosen' else 'skipped' end, o.code
     from once o, (select coalesce(max(ordinal), 0) as ordinal from batch_row where batch_id = :id) last
     where o.holder is null or not exists (select from batch_row b where b.batch_id = :id and b.holder_id = o.holder)`,
    { id, names: JSON.stringify(names.map(canonicalReference)) },
  );
}

/**
 * Skips those of a draft who cannot get a card of the type, each with the reason; the same rules as for a single request. A holder who
 * was skipped before and can get one now, is chosen again.
 * @returns how many rows there are, the skipped ones among them
 * @throws ProductError `batch-too-large`
 */
export async function judgeHolders(trx: Transaction, id: string, cardType: string): Promise<number> {
  const total = await recount(trx, id);
  for (let after = 0; after < largestBatch;) {
    const rows = await trx('batch_row')
      .where({ batch_id: id })
      .whereNotNull('holder_id')
      .where('ordinal', '>', after)
      .orderBy('ordinal')
      .limit(chunkRows)
      .select<{ ordinal: number; holderId: string }[]>({ ordinal: 'ordinal', holderId: 'holder_id' });
    const last = rows.at(-1);
    if (last === undefined) break;
    const refused = await refusalsOf(
      trx,
      rows.map(({ holderId }) => holderId),
      cardType,
    );
    await trx.raw(
      `update batch_row r set state = case when c.code is null then 'chosen' else 'skipped' end, code = c.code
       from jsonb_to_recordset(cast(:codes as jsonb)) as c (ordinal integer, code text)
       where r.batch_id = :id and r.ordinal = c.ordinal and r.code is distinct from c.code`,
      {
        id,
        codes: JSON.stringify(rows.map(({ ordinal, holderId }) => ({ ordinal, code: refused.get(holderId) ?? null }))),
      },
    );
    after = last.ordinal;
  }
  await recount(trx, id);
  return total;
}

/**
 * Who cannot get a card of the type now, and why.
 * @param lock keeps the card holders from changing until the transaction ends
 */
export async function refusalsOf(
  db: Knex,
  holders: readonly string[],
  cardType: string,
  lock: '' | 'for share of h' = '',
): Promise<ReadonlyMap<string, ErrorCode>> {
  const eligibilities = await readEligibilities(db, holders, cardType, lock);
  return new Map(
    eligibilities.flatMap((eligibility) => {
      const code = refusalOfHolder(eligibility)?.code;
      return code === undefined ? [] : [[eligibility.holder.id, code] as const];
    }),
  );
}
