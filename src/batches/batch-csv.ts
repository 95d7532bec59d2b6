import { Readable } from 'node:stream';
import type { Knex } from '../kernel/db/database.js';
import { wireRowState } from '../domain/batch-row-words.js';
import type { BatchRowState } from '../domain/batch-states.js';
import { csvLine } from '../web/csv.js';
import { listRows } from '../batch-rows/index.js';
import type { BatchRow } from '../batch-rows/batch-types.js';

const columns = {
  place: (row) => row.ordinal,
  state: (row) => wireRowState(row.state),
  card_id: (row) => row.cardId,
  card_number: (row) => row.cardNumber,
  employee_number: (row) => row.holder?.employeeNumber ?? null,
  name: (row) => row.holder?.name ?? null,
  card_type: (row) => row.cardType,
  named_as: (row) => row.namedAs,
  production_number: (row) => row.productionNumber,
  code: (row) => row.code,
  reason: (row) => row.reason,
} as const satisfies Record<string, (row: BatchRow) => string | number | null>;

const pageRows = 1_000;

/** The rows of a batch order as CSV (UTF-8), read page by page. */
export function batchCsv(db: Knex, id: string, state: BatchRowState | undefined): Readable {
  return Readable.from(csvLines(db, id, state));
}

async function* csvLines(db: Knex, id: string, state: BatchRowState | undefined): AsyncGenerator<string> {
  yield csvLine(Object.keys(columns));
  for (let after: number | undefined = 0; after !== undefined;) {
    const rows: BatchRow[] = await listRows(db, id, { state, after, limit: pageRows });
    yield rows.map((row) => csvLine(Object.values(columns).map((cell) => cell(row)))).join('');
    after = rows.length < pageRows ? undefined : rows.at(-1)?.ordinal;
  }
}
