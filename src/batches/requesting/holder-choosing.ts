import type { Knex } from '../../kernel/db/database.js';
import type { HolderPosition } from '../../directory/holders/holder-types.js';
import type { HolderFilter } from '../../batch-rows/batch-types.js';
import type { Choice, Choosable } from '../batch-choosing.js';
import { filteredHolders } from './holder-rows.js';

/** A card holder on the page that chooses. */
export interface ChoosableHolder extends Choosable {
  /** Why they cannot get a card: a code of the table of errors; null where they can, or are not chosen. */
  readonly code: string | null;
}

/** Active card holders with their place in a draft, by their names. */
export async function listChoosableHolders(
  db: Knex,
  batchId: string,
  { choice, ...filter }: HolderFilter & { readonly choice: Choice },
  limit: number,
  after?: HolderPosition,
): Promise<{ item: ChoosableHolder; position: HolderPosition }[]> {
  const query = inDraft(db, batchId, filter);
  if (choice !== 'all') query.whereRaw(`b.ordinal is ${choice === 'chosen' ? 'not null' : 'null'}`);
  if (after !== undefined)
    query.whereRaw('(h.family_name, h.given_name, h.id) > (?, ?, cast(? as uuid))', [
      after.familyName,
      after.givenName,
      after.id,
    ]);
  const rows = await query
    .orderBy(['h.family_name', 'h.given_name', 'h.id'])
    .limit(limit)
    .select<
      (Omit<ChoosableHolder, 'name' | 'chosen'> & { givenName: string; familyName: string; ordinal: number | null })[]
    >({
      id: 'h.id',
      givenName: 'h.given_name',
      familyName: 'h.family_name',
      employeeNumber: 'h.employee_number',
      department: 'h.department',
      ordinal: 'b.ordinal',
      code: 'b.code',
    });
  return rows.map(({ givenName, familyName, ordinal, ...holder }) => ({
    item: { ...holder, name: `${givenName} ${familyName}`, chosen: ordinal !== null },
    position: { familyName, givenName, id: holder.id },
  }));
}

/** How many active card holders a filter means, and how many of them are in the draft. */
export async function countChoosableHolders(
  db: Knex,
  batchId: string,
  filter: HolderFilter,
): Promise<{ matching: number; chosen: number }> {
  const [counts] = await inDraft(db, batchId, filter).select<{ matching: number; chosen: number }[]>(
    db.raw('count(*)::integer as matching, count(b.ordinal)::integer as chosen'),
  );
  return counts ?? { matching: 0, chosen: 0 };
}

function inDraft(db: Knex, batchId: string, filter: HolderFilter): Knex.QueryBuilder {
  return db.from(filteredHolders(db, filter).as('h')).leftJoin('batch_row as b', (join) => {
    join.on('b.holder_id', 'h.id').andOnVal('b.batch_id', batchId);
  });
}

/** Departments that have active card holders, for the field that asks for one. */
export async function departmentsOfHolders(db: Knex): Promise<string[]> {
  return filteredHolders(db, {})
    .distinct('department')
    .whereNot('department', '')
    .orderBy('department')
    .limit(200)
    .pluck('department');
}
