import { PassThrough, Readable, Writable } from 'node:stream';
import { run } from '../../../src/cli/program.js';
import type { CliConfig } from '../../../src/kernel/config.js';

/** What a command did, as a shell sees it. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TerminalOptions extends Partial<CliConfig> {
  /** Standard input that is no terminal. */
  readonly input?: string;
  /** What a person types at a terminal. */
  readonly typed?: string;
}

/** Runs one command line in this process. */
export async function cards(line: string, { input, typed, ...config }: TerminalOptions = {}): Promise<CommandResult> {
  const [stdout, stderr] = [collector(), collector()];
  const args = line.split(' ').filter((word) => word !== '');
  const stdin = typed === undefined ? Readable.from(input === undefined ? [] : [Buffer.from(input)]) : keyboard(typed);
  const settings = { DATA_DIR: '/nonexistent/data', ...config };
  const code = await run(args, { config: settings, stdin, stdout: stdout.stream, stderr: stderr.stream });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function keyboard(typed: string): Readable {
  const keys = new PassThrough();
  keys.write(typed);
  return Object.assign(keys, { isTTY: true });
}

function collector() {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString('utf8'));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}
