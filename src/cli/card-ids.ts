import { buffer } from 'node:stream/consumers';
import { namesInFile } from '../batches/requesting/holder-names.js';
import { isProductError } from '../kernel/errors.js';
import { headingOf, tableRows } from '../kernel/tables/table-rows.js';
import { textOf } from '../kernel/tables/text-of.js';
import { CliFailure } from './failures.js';
import type { Session } from './session.js';
import { plain } from './table.js';
import { readUpload } from './upload.js';

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Heading of the column that names cards, as in the rows of a batch order. */
const cardHeading = 'card_id';
/** Most wrong lines that are named. */
const shown = 5;

/**
 * The ids of cards that a FILE argument names: the column `card_id` of a table, or without such a heading the first column.
 * @throws CliFailure `usage` when it cannot be read, or for lines that are no id, by their numbers
 */
export async function readCardIds(file: string, session: Session): Promise<string[]> {
  const bytes = await readBytes(file, session);
  const lines = await orUsage(cardColumn(bytes));
  const wrong = lines.filter(({ value }) => !id.test(value));
  if (wrong.length > 0) {
    const named = wrong.slice(0, shown).map(({ row, value }) => `line ${row} (${plain(value).slice(0, 40)})`);
    const more = wrong.length > shown ? ` and ${wrong.length - shown} more` : '';
    throw new CliFailure(
      'usage',
      `Not the id of a card: ${named.join(', ')}${more}: give one id a line, for example from the column card_id of batch rows.`,
    );
  }
  if (lines.length === 0)
    throw new CliFailure('usage', `${file === '-' ? 'Standard input' : file} names no card: give one id a line.`);
  return lines.map(({ value }) => value);
}

async function cardColumn(bytes: Buffer): Promise<{ row: number; value: string }[]> {
  const found: { row: number; value: string }[] = [];
  let column: number | null = null;
  for await (const { row, cells } of tableRows(textOf(bytes), [cardHeading])) {
    if (column === null) {
      const heading = cells.map(headingOf).indexOf(cardHeading);
      column = Math.max(heading, 0);
      if (heading !== -1) continue;
    }
    const value = cells[column] ?? '';
    if (value !== '') found.push({ row, value });
  }
  return found;
}

/**
 * What names card holders in a FILE argument; see `namesInFile`.
 * @throws CliFailure `usage` when it cannot be read, or names nobody
 */
export async function readHolderNames(file: string, session: Session): Promise<string[]> {
  const bytes = await readBytes(file, session);
  const names = await orUsage(namesInFile(bytes));
  if (names.length === 0)
    throw new CliFailure(
      'usage',
      `${file === '-' ? 'Standard input' : file} names no card holder: give one employee number, UPN or e-mail address a line.`,
    );
  return names;
}

/** What cannot be read as a table is a mistake in the command's argument. */
async function orUsage<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (raw) {
    if (!isProductError(raw, 'import-invalid')) throw raw;
    throw new CliFailure('usage', raw.message);
  }
}

async function readBytes(file: string, { stdin, directory }: Session): Promise<Buffer> {
  const { open } = await readUpload(file, 'text/plain', stdin, directory);
  const opened = open();
  return Buffer.isBuffer(opened) ? opened : buffer(opened);
}
