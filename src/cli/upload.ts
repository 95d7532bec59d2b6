import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { contentDigest } from '../engine/content-digest.js';
import type { Upload } from './api-client.js';
import { CliFailure, systemCode } from './failures.js';

/** Most bytes kept in memory of what can be read only once; far above what the server takes. */
const MOST_BYTES = 100_000_000;

/**
 * What a FILE argument names, ready to be sent. A file is read twice, once for its digest and once to send it; `-`
 * (standard input) and pipes are kept in memory.
 * @param directory what a relative path is relative to
 * @throws CliFailure `usage` when it cannot be read
 */
export async function readUpload(
  file: string,
  contentType: string,
  stdin: Readable,
  directory: string,
): Promise<Upload> {
  if (file === '-') return fromStream(stdin, 'Standard input', contentType);
  const path = resolve(directory, file);
  try {
    const found = await stat(path);
    if (found.isFile()) return await fromFile(path, found.size, contentType);
    return await fromStream(createReadStream(path), path, contentType);
  } catch (cause) {
    if (cause instanceof CliFailure) throw cause;
    const sentence = `${path} cannot be read (${systemCode(cause)}): give another file, or - for standard input.`;
    throw new CliFailure('usage', sentence, { cause });
  }
}

/**
 * The JSON object that a FILE argument names.
 * @throws CliFailure `usage` when it cannot be read or is none
 */
export async function readJsonObject(
  file: string,
  stdin: Readable,
  directory: string,
): Promise<Record<string, unknown>> {
  const { open } = await readUpload(file, 'application/json', stdin, directory);
  const opened = open();
  const content = Buffer.isBuffer(opened) ? opened.toString('utf8') : await text(opened);
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(content.replace(/^\uFEFF/, '')));
  } catch (cause) {
    throw new CliFailure(
      'usage',
      `${file === '-' ? 'Standard input' : file} is not a JSON object: give one, for example {"url": "https://bureau.example"}.`,
      { cause },
    );
  }
}

async function fromFile(path: string, size: number, contentType: string): Promise<Upload> {
  if (size === 0) throw empty(path);
  const open = () => createReadStream(path, { end: size - 1 });
  const hash = createHash('sha256');
  await pipeline(open(), async (chunks) => {
    for await (const chunk of chunks as AsyncIterable<Buffer>) hash.update(chunk);
  });
  return { contentType, bytes: size, digest: contentDigest(hash), open };
}

async function fromStream(stream: Readable, name: string, contentType: string): Promise<Upload> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new CliFailure('usage', `${name} is too large: split it.`);
    chunks.push(chunk);
  }
  if (size === 0) throw empty(name);
  const bytes = Buffer.concat(chunks);
  return { contentType, bytes: size, digest: contentDigest(createHash('sha256').update(bytes)), open: () => bytes };
}

function empty(name: string): CliFailure {
  return new CliFailure('usage', `${name} is empty: give a file with a header line and at least one row.`);
}
