import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { anchorLine, parseAnchor, type Anchor, type AnchorPlace, type AnchorSource } from './anchor.js';

/** One anchor a line, only ever added to, and on the disk before anything else happens. */
export class AnchorFile implements AnchorPlace {
  readonly name: string;
  readonly source: AnchorSource;
  private file: FileHandle | null = null;

  constructor(private readonly path: string) {
    // Another server's file of the same path is another place.
    this.name = `${hostname()}:${path}`;
    this.source = fileSource(path, this.name);
  }

  /** Opens the file, or makes it, for its owner only. A line that a crash cut short was never an anchor, and goes. */
  async open(): Promise<Anchor | null> {
    await this.close();
    this.file = await open(this.path, 'a+', 0o600);
    const { size } = await this.file.stat();
    const { line, end } = await lastLine(this.file, size);
    if (end < size) await this.file.truncate(end);
    return parseAnchor(line);
  }

  async append(anchor: Anchor): Promise<void> {
    await this.file?.appendFile(`${anchorLine(anchor)}\n`);
    await this.file?.sync();
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = null;
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

/** A file of anchors. An unfinished last line is left out: it is being written, or a crash cut it short. */
export function fileSource(path: string, name = path): AnchorSource {
  const read = async () => {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      return readLines(path, (await lastLine(file, size)).end, parseAnchor);
    } finally {
      await file.close();
    }
  };
  return { name, read };
}

async function* readLines<T>(path: string, bytes: number, parse: (line: string) => T): AsyncGenerator<T> {
  if (bytes === 0) return;
  const input = createReadStream(path, { encoding: 'utf8', end: bytes - 1 });
  for await (const line of createInterface({ input, crlfDelay: Infinity })) yield parse(line);
}
