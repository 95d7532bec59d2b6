import { setImmediate as nextTurn } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { CsvError, parse, type Options } from 'csv-parse';
import { parse as parseSync } from 'csv-parse/sync';
import { unreadable } from './unreadable.js';

/** A row that has a value. `row` counts as a spreadsheet does: the first one is 1, and empty ones count. */
export interface TableRow {
  readonly row: number;
  /** Without blanks around them. */
  readonly cells: readonly string[];
}

/** What may separate columns; where the first row has as many of two kinds, the one that is rarer in values. */
const separators = ['\t', ';', ','];
/** Longest row in characters. */
const longestRow = 100_000;

/**
 * Lines end in any of the three ways, also mixed. A quotation mark inside an unquoted value is a part of it; blanks around a
 * quoted value are not; anything else behind a closing quotation mark is refused.
 */
const reading: Options = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
  trim: true,
  max_record_size: longestRow,
};

/**
 * Reads a table, from a file (see `textOf`) or a text field: the one reader of CSV and pasted lists. What separates its columns
 * is decided once: by a line `sep=;` before the table, by known headings, or by what the first row has most of.
 * @param known headings that the first row may have, as `headingOf` writes them
 * @param delimiters what separates columns, where that is known; all of these do
 * @throws ProductError `import-invalid` with row and column, where quotation marks do not fit or a row is too long
 */
export async function* tableRows(
  text: string,
  known: readonly string[],
  delimiters?: readonly string[],
): AsyncGenerator<TableRow> {
  const { said, table } = withoutSeparatorLine(text);
  const parser = parse({
    ...reading,
    delimiter: delimiters === undefined ? (said ?? separatorOf(table, known)) : [...delimiters],
  });
  let row = 0;
  try {
    for await (const record of Readable.from(slices(table)).pipe(parser) as AsyncIterable<string[]>) {
      row += 1;
      const cells = record.map((cell) => cell.trim());
      if (cells.some((cell) => cell !== '')) yield { row, cells };
    }
  } catch (raw) {
    if (!(raw instanceof CsvError)) throw raw;
    throw refusalOf(raw, parser.info.records + 1);
  }
}

/** A heading as it is compared: capitals, blanks, hyphens and invisible characters make no difference. */
export function headingOf(cell: string): string {
  return cell
    .normalize('NFC')
    .replace(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '_');
}

/** Excel takes a first line like `sep=;` as a word to itself; saved again, the line may have got more separators. */
function withoutSeparatorLine(text: string): { said: string | null; table: string } {
  const line = /^"?sep=([^\w\s"]|\t)"?[,;\t]*(?:\r\n|\n|\r|$)/i.exec(text);
  return line?.[1] === undefined ? { said: null, table: text } : { said: line[1], table: text.slice(line[0].length) };
}

function separatorOf(table: string, known: readonly string[]): string {
  const start = table.slice(0, longestRow);
  const found = separators.map((separator) => {
    const cells = firstRow(start, separator);
    return { separator, headings: cells.filter((cell) => known.includes(headingOf(cell))).length, cells: cells.length };
  });
  const [best] = found.sort((a, b) => b.headings - a.headings || b.cells - a.cells);
  return best?.separator ?? ',';
}

/** Without a cell where the text cannot be read with this separator. */
function firstRow(start: string, delimiter: string): string[] {
  try {
    const [row = []] = parseSync(start, { ...reading, delimiter, to: 1, skip_records_with_empty_values: true });
    return row;
  } catch (raw) {
    if (raw instanceof CsvError) return [];
    throw raw;
  }
}

function refusalOf(error: CsvError, row: number): Error {
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return unreadable(`Row ${row} has more than ${longestRow} characters: is a quotation mark missing?`, error, row);
  const column = `column ${Number(error['index'] ?? 0) + 1}`;
  return unreadable(
    `The file cannot be read from here on (row ${row}, ${column}): is a quotation mark missing or too many?`,
    error,
    row,
    column,
  );
}

/** Reading a large file takes a second or two; other people's requests get their turn in between. Bytes, so that no character is cut. */
async function* slices(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  const length = 65_536;
  for (let start = 0; start < bytes.length; start += length) {
    await nextTurn();
    yield bytes.subarray(start, start + length);
  }
}
