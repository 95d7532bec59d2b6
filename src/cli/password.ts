import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';
import { CliFailure } from './failures.js';

/** The streams of a terminal; `isTTY` is absent where there is none. */
export interface Keyboard {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
}

/** The exit code after Ctrl-C at the prompt, as of shells: 128 + SIGINT. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode = 130;
}

/**
 * Asks for a password without showing what is typed.
 * @throws CliFailure `usage` where nobody can be asked, Interrupted on Ctrl-C or the end of input
 */
export async function askPassword(user: string, { stdin, stderr }: Keyboard): Promise<string> {
  if (stdin.isTTY !== true) {
    throw new CliFailure('usage', 'There is no terminal to ask for the password: set CARDS_PASSWORD.');
  }
  stderr.write(`Password of ${user}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const line = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 });
  try {
    return await new Promise<string>((resolve, reject) => {
      line.once('SIGINT', () => reject(new Interrupted()));
      line.once('close', () => reject(new Interrupted()));
      line.question('', resolve);
    });
  } finally {
    line.close();
    stderr.write('\n');
  }
}
