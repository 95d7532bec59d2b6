import { headingOf, tableRows, type TableRow } from '../../kernel/tables/table-rows.js';
import { textOf } from '../../kernel/tables/text-of.js';

/** Headings of the column that names a card holder, in the order in which they are preferred. */
const headings = ['employee_number', 'number', 'upn', 'email', 'e_mail'];

/**
 * What names card holders in a file: the column `employee_number`, `upn` or `email`, or without such a heading the first one.
 * @throws ProductError `import-invalid` for a file that is no such table
 */
export async function namesInFile(bytes: Uint8Array): Promise<string[]> {
  const rows = await rowsOf(textOf(bytes));
  return namesInColumn(rows) ?? firstColumn(rows);
}

/**
 * What names card holders in a pasted text: as in a file where it has such a heading or is copied from a spreadsheet, which
 * separates columns by tabs; otherwise every value, one a line or separated by commas or semicolons.
 * @throws ProductError `import-invalid` for a text whose quotation marks do not fit
 */
export async function namesInText(text: string): Promise<string[]> {
  const rows = await rowsOf(text);
  const named = namesInColumn(rows);
  if (named !== null) return named;
  if (text.includes('\t')) return firstColumn(rows);
  return (await rowsOf(text, [',', ';'])).flatMap(({ cells }) => cells.filter((cell) => cell !== ''));
}

async function rowsOf(text: string, delimiters?: readonly string[]): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const row of tableRows(text, headings, delimiters)) rows.push(row);
  return rows;
}

/** Null where no heading says which column names card holders. */
function namesInColumn([first, ...others]: readonly TableRow[]): string[] | null {
  const named = first?.cells.map(headingOf) ?? [];
  const heading = headings.find((each) => named.includes(each));
  return heading === undefined ? null : column(others, named.indexOf(heading));
}

function firstColumn(rows: readonly TableRow[]): string[] {
  return column(rows, 0);
}

function column(rows: readonly TableRow[], at: number): string[] {
  return rows.map(({ cells }) => cells[at] ?? '').filter((name) => name !== '');
}
