import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CliFailure, systemCode } from './failures.js';

/**
 * Writes what is downloaded into a file that only its owner can read.
 * @throws CliFailure `usage` when it cannot be written, and what reading throws
 */
export async function writeFile(path: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  try {
    await pipeline(pieces, createWriteStream(path, { mode: 0o600 }));
  } catch (raw) {
    if (raw instanceof CliFailure) throw raw;
    throw new CliFailure('usage', `${path} cannot be written (${systemCode(raw)}): give another file with --output.`, {
      cause: raw,
    });
  }
}
