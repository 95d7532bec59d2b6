import { isUtf8 } from 'node:buffer';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
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

/** Headings of the column that names a card holder, in the order in which they are preferred. */
const headings = ['employee_number', 'employee number', 'number', 'upn', 'email', 'e-mail'];

/**
 * What names card holders in a CSV file: the column `employee_number`, `upn` or `email`, or without such a heading the first
 * one. Columns are separated by commas, semicolons or tabs; the file is UTF-8.
 * @throws ProductError `import-invalid` for a file that is no such text
 */
export function namesInCsv(bytes: Uint8Array): string[] {
  const unreadable = (why: string, cause?: unknown) =>
    new ProductError(
      'import-invalid',
      `The file cannot be read as CSV: ${why}. Save it as CSV (UTF-8), one card holder a line.`,
      {},
      { cause },
    );
  if (!isUtf8(bytes)) throw unreadable('it is not UTF-8');
  let records: string[][];
  try {
    records = parse(Buffer.from(bytes), {
      bom: true,
      delimiter: [',', ';', '\t'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw unreadable(cause.message, cause);
  }
  const first = (records[0] ?? []).map((heading) => heading.toLowerCase());
  const heading = headings.find((each) => first.includes(each));
  const column = heading === undefined ? 0 : first.indexOf(heading);
  return (heading === undefined ? records : records.slice(1))
    .map((record) => record[column] ?? '')
    .filter((name) => name !== '');
}
