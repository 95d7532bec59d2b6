import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { z } from 'zod';
import { StartFailure, systemCode } from './start-failure.js';

/** Writes a file that only its owner may read; it is there whole or not at all, also after a power cut. */
export function writePrivateFile(path: string, content: unknown): void {
  writePrivateText(path, `${JSON.stringify(content, null, 2)}\n`);
}

/** The same for a file that people edit. */
export function writePrivateText(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/**
 * Reads a file of `writePrivateFile` and takes it back from other readers should its mode have been loosened.
 * @returns null when there is no such file
 * @throws StartFailure when it cannot be read or is not what `schema` says
 */
export function readPrivateFile<T>(path: string, schema: z.ZodType<T>): T | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
    chmodSync(path, 0o600);
  } catch (raw) {
    if (systemCode(raw) === 'ENOENT') return null;
    throw new StartFailure(`${path} cannot be read (${systemCode(raw)}): start as the user it belongs to.`, {
      cause: raw,
    });
  }
  const result = schema.safeParse(parse(text));
  if (!result.success) {
    throw new StartFailure(`${path} is damaged: restore it from a backup, together with the rest of its directory.`);
  }
  return result.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
