import type { RowProblem } from '../../../src/directory/holders/holder-csv.js';
import type { Refusal } from '../../app/api.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Note } from '../../ui/note.js';

const words = texts.holders.importing;

export interface Mistakes {
  readonly rows: readonly RowProblem[];
  /** How many there are, also those that are not among the rows. */
  readonly count: number;
}

/** The bad rows that a refused import names; null where it was refused for something else. */
export function readMistakes({ code, extra }: Refusal): Mistakes | null {
  if (code !== 'import-invalid') return null;
  const { rows, rowCount } = extra as { readonly rows: readonly RowProblem[]; readonly rowCount: number };
  return { rows, count: rowCount };
}

export function ImportMistakes({ rows, count }: Mistakes) {
  return (
    <>
      <Note tone="bad">
        <p>
          <strong>{words.bad(count)}</strong>
        </p>
        <p>
          {words.cure} {count > rows.length && words.shown(rows.length)}
        </p>
      </Note>
      <DataTable
        caption={words.mistakes}
        rows={rows}
        keyOf={({ row, field, message }) => `${row} ${field} ${message}`}
        empty={null}
        columns={[
          { heading: words.row, cell: ({ row }) => words.rowNumber(row) },
          { heading: words.column, cell: ({ field }) => (field === '' ? words.wholeRow : <code>{field}</code>) },
          { heading: words.mistake, cell: ({ message }) => message },
        ]}
      />
    </>
  );
}
