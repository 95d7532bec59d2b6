import type { Writable } from 'node:stream';

/** Where a command writes its result: for people in lines, with `--json` for programs as the interface answered it. */
export class Output {
  constructor(
    private readonly stream: Writable,
    readonly json: boolean,
  ) {}

  /** @param lines the same as `answer`, for people */
  show(answer: unknown, lines: () => readonly string[]): void {
    const text = this.json ? JSON.stringify(answer, null, 2) : lines().join('\n');
    this.stream.write(`${text}\n`);
  }
}
