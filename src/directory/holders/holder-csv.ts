import { setImmediate as nextTurn } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { emailAddressPattern } from '../../domain/email-address.js';
import { ProductError } from '../../kernel/errors.js';
import { holderStates } from './holder-types.js';

/** Largest file in bytes and longest in holders: what one transaction takes in seconds. */
export const importLimits = { bytes: 10_000_000, rows: 100_000 } as const;

/** One line of the file, named as its columns are. `row` counts as a spreadsheet does: the header is row 1. */
export interface ImportRow {
  readonly row: number;
  readonly employee_number: string;
  readonly given_name: string;
  readonly family_name: string;
  readonly email: string;
  readonly upn: string;
  readonly department: string;
  readonly state: string;
  readonly account: string | null;
}

export interface RowProblem {
  readonly row: number;
  readonly field: string;
  readonly message: string;
}

export interface HolderFile {
  readonly rows: readonly ImportRow[];
  /** False where the file has no such column: accounts stay as they are. */
  readonly hasAccount: boolean;
  /** Why lines are not among the rows. */
  readonly problems: readonly RowProblem[];
}

interface ColumnRule {
  readonly longest: number;
  readonly mayBeEmpty?: true;
  readonly pattern?: RegExp;
  /** Completes the sentence "email must …". */
  readonly must?: string;
  readonly lowerCase?: true;
}

const columnRules: Readonly<Record<string, ColumnRule>> = {
  employee_number: { longest: 64 },
  given_name: { longest: 100 },
  family_name: { longest: 100 },
  email: { longest: 254, pattern: emailAddressPattern, must: 'must be an e-mail address' },
  upn: { longest: 254, pattern: /^[^\s@]+@[^\s@]+$/, must: 'must look like name@domain' },
  department: { longest: 200, mayBeEmpty: true },
  state: {
    longest: 20,
    pattern: new RegExp(`^(${holderStates.join('|')})$`),
    must: `must be ${holderStates.join(' or ')}`,
    lowerCase: true,
  },
  account: { longest: 64, mayBeEmpty: true, pattern: /^\S*$/, must: 'must not have spaces', lowerCase: true },
};
const columns = Object.keys(columnRules);
const optionalColumns = ['account'];

/**
 * Reads holders from CSV: UTF-8, with or without byte order mark, separated by commas or semicolons.
 * @throws ProductError `import-invalid` where the file as a whole cannot be read, `payload-too-large`
 */
export async function parseHolders(file: Uint8Array): Promise<HolderFile> {
  if (file.byteLength > importLimits.bytes) {
    throw new ProductError(
      'payload-too-large',
      `The file has more than ${importLimits.bytes / 1_000_000} MB. Split it.`,
    );
  }
  const text = decode(file);
  const rows: ImportRow[] = [];
  const problems: RowProblem[] = [];
  let header: string[] | null = null;
  let row = 0;
  for await (const record of records(text)) {
    row += 1;
    if (record.every((value) => value.trim() === '')) continue;
    if (header === null) {
      header = readHeader(record, row);
      continue;
    }
    const found = readRow(header, record, row);
    if (Array.isArray(found)) problems.push(...found);
    else rows.push(found);
    if (rows.length > importLimits.rows)
      throw wholeFile(row, `The file has more than ${importLimits.rows} holders. Split it.`);
  }
  if (header === null)
    throw wholeFile(1, `The file is empty. Its first line names the columns: ${columns.join(', ')}.`);
  return { rows, hasAccount: header.includes('account'), problems };
}

function decode(file: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch (cause) {
    throw wholeFile(1, 'The file is not UTF-8. Save it as "CSV UTF-8".', cause);
  }
}

async function* records(text: string): AsyncGenerator<string[]> {
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  const delimiter = firstLine.split(';').length > firstLine.split(',').length ? ';' : ',';
  const parser = parse({ delimiter, relax_column_count: true, max_record_size: 100_000 });
  try {
    yield* Readable.from(slices(text)).pipe(parser) as AsyncIterable<string[]>;
  } catch (raw) {
    if (!(raw instanceof CsvError)) throw raw;
    throw wholeFile(
      parser.info.records + 1,
      'The file cannot be read from here on: is a quotation mark missing or too many?',
      raw,
    );
  }
}

/** Parsing a large file takes a second or two; other people's requests get their turn in between. */
async function* slices(text: string): AsyncGenerator<string> {
  const length = 65_536;
  for (let start = 0; start < text.length; start += length) {
    await nextTurn();
    yield text.slice(start, start + length);
  }
}

function readHeader(record: readonly string[], row: number): string[] {
  const header = record.map((name) => name.trim().toLowerCase());
  const missing = columns.filter((name) => !optionalColumns.includes(name) && !header.includes(name));
  const unknown = header.filter((name) => !columns.includes(name));
  const repeated = header.filter((name, index) => header.indexOf(name) !== index);
  const complaints = [
    ...missing.map((field) => ({ row, field, message: 'this column is missing' })),
    ...unknown.map((field) => ({ row, field, message: 'this column is not known' })),
    ...repeated.map((field) => ({ row, field, message: 'this column is there twice' })),
  ];
  if (complaints.length > 0) throw importInvalid(complaints, complaints.length);
  return header;
}

function readRow(header: readonly string[], record: readonly string[], row: number): ImportRow | RowProblem[] {
  if (record.length !== header.length) {
    return [{ row, field: '', message: `has ${record.length} fields instead of ${header.length}` }];
  }
  const values: Record<string, string> = {};
  const problems: RowProblem[] = [];
  header.forEach((field, index) => {
    const rule = columnRules[field] ?? { longest: 0 };
    const text = (record[index] ?? '').normalize('NFC').trim();
    const value = rule.lowerCase === true ? text.toLowerCase() : text;
    const message = complaint(value, rule);
    if (message !== null) problems.push({ row, field, message });
    values[field] = value;
  });
  if (problems.length > 0) return problems;
  const {
    employee_number = '',
    given_name = '',
    family_name = '',
    email = '',
    upn = '',
    department = '',
    state = '',
  } = values;
  const account = values['account'] ?? '';
  return {
    row,
    employee_number,
    given_name,
    family_name,
    email,
    upn,
    department,
    state,
    account: account === '' ? null : account,
  };
}

function complaint(value: string, { longest, mayBeEmpty, pattern, must }: ColumnRule): string | null {
  if (value === '') return mayBeEmpty === true ? null : 'must not be empty';
  if (value.length > longest) return `must have at most ${longest} characters`;
  if (/\p{Cc}/u.test(value)) return 'must not hold line breaks or other control characters';
  return pattern === undefined || pattern.test(value) ? null : (must ?? 'is not valid');
}

function wholeFile(row: number, message: string, cause?: unknown): ProductError {
  return new ProductError('import-invalid', message, { rows: [{ row, field: '', message }], rowCount: 1 }, { cause });
}

/**
 * The refusal of a file with bad lines.
 * @param shown the first of them
 * @param count how many complaints there are in all
 */
export function importInvalid(shown: readonly RowProblem[], count: number): ProductError {
  const first = shown[0];
  const example = first === undefined ? '' : ` The first, in row ${first.row}: ${first.field} ${first.message}.`;
  const many = count === 1 ? 'There is one mistake' : `There are ${count} mistakes`;
  return new ProductError('import-invalid', `${many} in the file, so nothing was imported.${example}`, {
    rows: shown,
    rowCount: count,
  });
}
