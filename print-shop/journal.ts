import { closeSync, fsyncSync, openSync } from 'node:fs';
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * An append-only file of JSON lines that survives `kill -9` and a power cut: what `append` has resolved for is on disk.
 * Entries that come while the disk is busy are written together.
 */
export class Journal {
  private waiting: string[] = [];
  private written: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;

  private constructor(private readonly file: FileHandle) {}

  /**
   * Opens or creates the file. A last line that was not completely written is removed: it was never reported.
   * @returns the journal and what is in it, oldest first
   * @throws Error when a line before the last one cannot be read
   */
  static async open(path: string): Promise<{ journal: Journal; entries: unknown[] }> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'a', 0o600);
    try {
      syncFolder(dirname(path));
      const content = await readFile(path);
      const end = content.lastIndexOf('\n') + 1;
      const lines = content.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
      const entries = lines.map((line, at) => parse(line, path, at + 1));
      if (end < content.length) await file.truncate(end);
      return { journal: new Journal(file), entries };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Resolves when the entry, and every one before it, is on disk. */
  append(entry: object): Promise<void> {
    this.waiting.push(`${JSON.stringify(entry)}\n`);
    this.next ??= this.written.then(() => this.write());
    return this.next;
  }

  /** Resolves when everything that was appended so far is on disk. */
  async settled(): Promise<void> {
    await (this.next ?? this.written);
  }

  async close(): Promise<void> {
    await this.settled();
    await this.file.close();
  }

  private write(): Promise<void> {
    const lines = this.waiting.join('');
    this.waiting = [];
    this.next = null;
    // A failed write fails every later one too: entries after a gap would give a wrong state.
    this.written = this.file.appendFile(lines).then(() => this.file.datasync());
    return this.written;
  }
}

/** The name of a new file is on disk only once its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function parse(line: string, path: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`line ${number} of ${path} is damaged: restore the file from a backup`, { cause });
  }
}
