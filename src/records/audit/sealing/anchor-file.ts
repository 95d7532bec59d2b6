import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { ChainHead } from './audit-sealer.js';

/** The head of the chain at one moment, kept where whoever can write to the database cannot. */
export interface Anchor extends ChainHead {
  /** When it was written, ISO 8601. */
  readonly at: string;
}

const anchorSchema = z.strictObject({
  block: z.string().regex(/^[1-9]\d{0,17}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
});

/** One anchor a line, only ever added to, and on the disk before anyone goes on. */
export class AnchorFile {
  private constructor(
    private readonly file: FileHandle,
    /** The last anchor when the file was opened; null where there was none. */
    readonly last: Anchor | null,
  ) {}

  /**
   * Opens the file, or makes it, for its owner only. A line that a crash cut short was never an anchor, and goes.
   * @throws the file system's error
   */
  static async open(path: string): Promise<AnchorFile> {
    const file = await open(path, 'a+', 0o600);
    const { size } = await file.stat();
    const { line, end } = await lastLine(file, size);
    if (end < size) await file.truncate(end);
    return new AnchorFile(file, parseAnchor(line));
  }

  async append(head: ChainHead): Promise<void> {
    const anchor: Anchor = { ...head, at: new Date().toISOString() };
    await this.file.appendFile(`${JSON.stringify(anchor)}\n`);
    await this.file.sync();
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** Longer than any two anchors. */
const tailBytes = 1_000;

/** The last whole line, and where it ends. */
async function lastLine(file: FileHandle, size: number): Promise<{ line: string; end: number }> {
  const from = Math.max(0, size - tailBytes);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, from);
  const tail = buffer.subarray(0, bytesRead);
  const end = tail.lastIndexOf('\n') + 1;
  return { line: tail.subarray(0, end).toString('utf8').trimEnd().split('\n').at(-1) ?? '', end: from + end };
}

/**
 * What a file of anchors holds at this moment, from its beginning; null for a line that is none. An unfinished last line
 * is left out: it is being written, or a crash cut it short. Call it before looking at the chain: blocks of later anchors
 * would be missed there.
 * @throws the file system's error
 */
export async function anchorsUntilNow(path: string): Promise<AsyncIterable<Anchor | null>> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return readAnchors(path, (await lastLine(file, size)).end);
  } finally {
    await file.close();
  }
}

async function* readAnchors(path: string, bytes: number): AsyncGenerator<Anchor | null> {
  if (bytes === 0) return;
  const input = createReadStream(path, { encoding: 'utf8', end: bytes - 1 });
  for await (const line of createInterface({ input, crlfDelay: Infinity })) yield parseAnchor(line);
}

function parseAnchor(line: string): Anchor | null {
  try {
    return anchorSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
