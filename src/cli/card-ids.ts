import { buffer } from 'node:stream/consumers';
import { namesInCsv } from '../batches/requesting/holder-choosing.js';
import { isProductError } from '../kernel/errors.js';
import { CliFailure } from './failures.js';
import type { Session } from './session.js';
import { plain } from './table.js';
import { readUpload } from './upload.js';

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Most wrong lines that are named. */
const shown = 5;

/**
 * The ids of cards that a FILE argument names, one a line; empty lines are passed over.
 * @throws CliFailure `usage` when it cannot be read, or for lines that are no id, by their numbers
 */
export async function readCardIds(file: string, session: Session): Promise<string[]> {
  const content = (await readBytes(file, session)).toString('utf8');
  const lines = content
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, at) => ({ number: at + 1, value: line.trim() }));
  const wrong = lines.filter(({ value }) => value !== '' && !id.test(value));
  if (wrong.length > 0) {
    const named = wrong.slice(0, shown).map(({ number, value }) => `line ${number} (${plain(value).slice(0, 40)})`);
    const more = wrong.length > shown ? ` and ${wrong.length - shown} more` : '';
    throw new CliFailure(
      'usage',
      `Not the id of a card: ${named.join(', ')}${more}: give one id a line, for example from the column card_id of batch rows.`,
    );
  }
  const ids = lines.flatMap(({ value }) => (value === '' ? [] : [value]));
  if (ids.length === 0)
    throw new CliFailure('usage', `${file === '-' ? 'Standard input' : file} names no card: give one id a line.`);
  return ids;
}

/**
 * What names card holders in a FILE argument; see `namesInCsv`.
 * @throws CliFailure `usage` when it cannot be read, or names nobody
 */
export async function readHolderNames(file: string, session: Session): Promise<string[]> {
  let names: string[];
  try {
    names = namesInCsv(await readBytes(file, session));
  } catch (raw) {
    if (!isProductError(raw, 'import-invalid')) throw raw;
    throw new CliFailure('usage', raw.message);
  }
  if (names.length === 0)
    throw new CliFailure(
      'usage',
      `${file === '-' ? 'Standard input' : file} names no card holder: give one employee number, UPN or e-mail address a line.`,
    );
  return names;
}

async function readBytes(file: string, { stdin, directory }: Session): Promise<Buffer> {
  const { open } = await readUpload(file, 'text/plain', stdin, directory);
  const opened = open();
  return Buffer.isBuffer(opened) ? opened : buffer(opened);
}
