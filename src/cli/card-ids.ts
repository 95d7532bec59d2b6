import { text } from 'node:stream/consumers';
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
export async function readCardIds(file: string, { stdin, directory }: Session): Promise<string[]> {
  const { open } = await readUpload(file, 'text/plain', stdin, directory);
  const opened = open();
  const content = Buffer.isBuffer(opened) ? opened.toString('utf8') : await text(opened);
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/).map((line, at) => ({ number: at + 1, value: line.trim() }));
  const wrong = lines.filter(({ value }) => value !== '' && !id.test(value));
  if (wrong.length > 0) {
    const named = wrong.slice(0, shown).map(({ number, value }) => `line ${number} (${plain(value).slice(0, 40)})`);
    const more = wrong.length > shown ? ` and ${wrong.length - shown} more` : '';
    throw new CliFailure('usage', `Not the id of a card: ${named.join(', ')}${more}: give one id a line, for example from the column card_id of batch rows.`);
  }
  const ids = lines.flatMap(({ value }) => (value === '' ? [] : [value]));
  if (ids.length === 0) throw new CliFailure('usage', `${file === '-' ? 'Standard input' : file} names no card: give one id a line.`);
  return ids;
}
