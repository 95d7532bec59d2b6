import { unreadable } from './unreadable.js';

const startsWith = (bytes: Uint8Array, ...start: number[]) => start.every((byte, at) => bytes[at] === byte);

/**
 * The text of a file that a person made: UTF-8, or UTF-16 where its byte order mark says so. The mark is not part of the text.
 * @throws ProductError `import-invalid` that names what the file seems to be instead: no text is guessed from an older code page,
 *   where a wrong guess would change names
 */
export function textOf(bytes: Uint8Array): string {
  if (startsWith(bytes, 0x50, 0x4b, 0x03, 0x04) || startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0))
    throw unreadable('The file is a spreadsheet, not CSV. Save it as "CSV UTF-8".');
  const text = decoded(bytes).replace(/^\uFEFF+/, '');
  const zero = text.indexOf('\0');
  if (zero !== -1)
    throw unreadable(
      `The file is no text, or UTF-16 without a byte order mark: line ${lineAt(text, zero)} has a zero character. Save it as "CSV UTF-8".`,
    );
  return text;
}

function decoded(bytes: Uint8Array): string {
  const marked = startsWith(bytes, 0xff, 0xfe) ? 'utf-16le' : startsWith(bytes, 0xfe, 0xff) ? 'utf-16be' : null;
  try {
    return new TextDecoder(marked ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    if (marked !== null) throw unreadable('The file is damaged UTF-16. Save it as "CSV UTF-8".', cause);
    const text = new TextDecoder().decode(bytes);
    throw unreadable(
      'The file is not UTF-8. Save it as "CSV UTF-8". ' +
        `It seems to be in an older code page such as Windows-1252: see line ${lineAt(text, text.indexOf('\uFFFD'))}.`,
      cause,
    );
  }
}

/** The line, from 1, of a character. */
function lineAt(text: string, at: number): number {
  return text.slice(0, at).split(/\r\n|\n|\r/).length;
}
