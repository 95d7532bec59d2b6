import { canonicalAccount, canonicalReference } from '../../domain/identities.js';
import { emailAddressPattern } from '../../domain/email-address.js';
import { ProductError } from '../../kernel/errors.js';
import { headingOf, tableRows, type TableRow } from '../../kernel/tables/table-rows.js';
import { textOf } from '../../kernel/tables/text-of.js';
import { unreadable } from '../../kernel/tables/unreadable.js';
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
  /** The one form in which the value is kept; composed letters (NFC) by default. */
  readonly form?: (text: string) => string;
}

const controls = /\p{Cc}/u;

const columnRules: Readonly<Record<string, ColumnRule>> = {
  employee_number: { longest: 64, form: canonicalReference },
  given_name: { longest: 100 },
  family_name: { longest: 100 },
  email: { longest: 254, form: canonicalReference, pattern: emailAddressPattern, must: 'must be an e-mail address' },
  upn: { longest: 254, form: canonicalReference, pattern: /^[^\s@]+@[^\s@]+$/, must: 'must look like name@domain' },
  department: { longest: 200, mayBeEmpty: true },
  state: {
    longest: 20,
    pattern: new RegExp(`^(${holderStates.join('|')})$`),
    must: `must be ${holderStates.join(' or ')}`,
    form: (text) => text.toLowerCase(),
  },
  account: { longest: 64, mayBeEmpty: true, pattern: /^\S*$/, must: 'must not have spaces', form: canonicalAccount },
};
const columns = Object.keys(columnRules);
const optionalColumns = ['account'];

/**
 * Reads holders from CSV, see `textOf` and `tableRows`.
 * @throws ProductError `import-invalid` where the file as a whole cannot be read, `payload-too-large`
 */
export async function parseHolders(file: Uint8Array): Promise<HolderFile> {
  if (file.byteLength > importLimits.bytes) {
    throw new ProductError(
      'payload-too-large',
      `The file has more than ${importLimits.bytes / 1_000_000} MB. Split it.`,
    );
  }
  const rows: ImportRow[] = [];
  const problems: RowProblem[] = [];
  let header: Header | null = null;
  for await (const record of tableRows(textOf(file), columns)) {
    if (header === null) {
      header = readHeader(record);
      continue;
    }
    const found = readRow(header, record);
    if (Array.isArray(found)) problems.push(...found);
    else rows.push(found);
    if (rows.length > importLimits.rows)
      throw unreadable(`The file has more than ${importLimits.rows} holders. Split it.`, undefined, record.row);
  }
  if (header === null) throw unreadable(`The file is empty. Its first line names the columns: ${columns.join(', ')}.`);
  return { rows, hasAccount: header.includes('account'), problems };
}

/** Columns by their place; null for one without a heading, which is passed over as long as it is empty. */
type Header = readonly (string | null)[];

function readHeader({ row, cells }: TableRow): Header {
  const header = cells.map((name) => (headingOf(name) === '' ? null : headingOf(name)));
  const named = header.filter((name) => name !== null);
  const missing = columns.filter((name) => !optionalColumns.includes(name) && !named.includes(name));
  const unknown = named.filter((name) => !columns.includes(name));
  const repeated = named.filter((name, index) => named.indexOf(name) !== index);
  const complaints = [
    ...missing.map((field) => ({ row, field, message: 'this column is missing' })),
    ...unknown.map((field) => ({ row, field, message: 'this column is not known' })),
    ...repeated.map((field) => ({ row, field, message: 'this column is there twice' })),
  ];
  if (complaints.length > 0) throw importInvalid(complaints, complaints.length);
  return header.slice(0, header.findLastIndex((name) => name !== null) + 1);
}

function readRow(header: Header, { row, cells }: TableRow): ImportRow | RowProblem[] {
  const width = cells.findLastIndex((cell) => cell !== '') + 1;
  if (cells.length < header.length || width > header.length) {
    return [{ row, field: '', message: `has ${Math.min(cells.length, width)} fields instead of ${header.length}` }];
  }
  const values: Record<string, string> = {};
  const problems: RowProblem[] = [];
  header.forEach((field, index) => {
    const text = (cells[index] ?? '').normalize('NFC');
    if (field === null) {
      if (text !== '') problems.push({ row, field: `column ${index + 1}`, message: 'has a value and no heading' });
      return;
    }
    const rule = columnRules[field] ?? { longest: 0 };
    const value = rule.form?.(text) ?? text;
    const message = controls.test(text)
      ? 'must not hold line breaks or other control characters'
      : complaint(value, rule);
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
  return pattern === undefined || pattern.test(value) ? null : (must ?? 'is not valid');
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
