/** What the screen needs of standard output. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * The console of a start: finished lines that stay, and on a terminal below them one live line for the current step.
 * Elsewhere (a log, a pipe) there is no live line; `Steps` writes now and then instead.
 */
export class Screen {
  private live = '';

  constructor(private readonly output: Output) {}

  get isTerminal(): boolean {
    return this.output.isTTY === true;
  }

  /** Writes a line that stays. */
  line(text: string): void {
    const live = this.live;
    this.status('');
    this.output.write(`${text}\n`);
    this.status(live);
  }

  /** Replaces the live line; an empty text removes it. */
  status(text: string): void {
    if (!this.isTerminal || text === this.live) return;
    this.live = text;
    this.output.write(`\r\u001b[K${text.slice(0, (this.output.columns || 80) - 1)}`);
  }
}
