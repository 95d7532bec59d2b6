import { createWriteStream, existsSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const ROTATE_BYTES = 10 * 1024 * 1024;
const KEPT = 3;
/** The same words of one part appear on the console at most once in this time. */
const QUIET_MS = 60_000;

/** What of a line of a part's output is worth a look at the console; null for most. */
export type Notice = (line: string) => string | null;

/** One part's output: all of it in `<logs>/<part>.log`, warnings and errors briefly on the console too. */
export class PartLog {
  readonly path: string;
  private readonly file: WriteStream;
  private readonly told = new Map<string, number>();
  private last = '';

  constructor(
    logs: string,
    private readonly part: string,
    private readonly notice: Notice,
    private readonly tell: (line: string) => void,
  ) {
    this.path = join(logs, `${part}.log`);
    rotate(this.path);
    this.file = createWriteStream(this.path, { flags: 'a', mode: 0o600 });
    // A full disk must not end the launcher: the parts keep running without their log.
    this.file.on('error', () => undefined);
  }

  /** The latest notice, as the likely reason of an unexpected end. */
  get lastNotice(): string {
    return this.last;
  }

  follow(...outputs: readonly (Readable | null)[]): void {
    for (const output of outputs) {
      if (output !== null) createInterface({ input: output }).on('line', (line) => this.take(line));
    }
  }

  close(): void {
    this.file.end();
  }

  private take(line: string): void {
    this.file.write(`${line}\n`);
    const notice = this.notice(line);
    if (notice === null) return;
    this.last = notice;
    const now = Date.now();
    if (now - (this.told.get(notice) ?? 0) < QUIET_MS) return;
    this.told.set(notice, now);
    this.tell(`${this.part}: ${notice}`);
  }
}

/** Keeps a few old logs beside the current one: `engine.log.1` is the youngest. */
function rotate(path: string): void {
  if (!existsSync(path) || statSync(path).size < ROTATE_BYTES) return;
  for (let age = KEPT; age > 0; age -= 1) {
    const younger = age === 1 ? path : `${path}.${age - 1}`;
    if (existsSync(younger)) renameSync(younger, `${path}.${age}`);
  }
}
