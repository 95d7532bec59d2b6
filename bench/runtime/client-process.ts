import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClientAnswer, ClientOrder, ClientSettings } from './client-program.js';

const loader = fileURLToPath(new URL('../../test/support/typescript-loader.mjs', import.meta.url));
const program = fileURLToPath(new URL('./client-program.ts', import.meta.url));

/** A client in a process of its own. */
export class ClientProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start(settings: ClientSettings): Promise<ClientProcess> {
    const child = fork(program, [JSON.stringify(settings)], { execArgv: ['--import', loader] });
    const client = new ClientProcess(child);
    await client.answer();
    return client;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('The client does not run.');
    return this.child.pid;
  }

  /** Lets it fetch. */
  async begin(): Promise<void> {
    await this.order('begin');
  }

  /** Lets it fetch no more; answers which cases it has begun since `begin`, and when. */
  async end(): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.order('end')).starts);
  }

  async quit(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.send('quit' satisfies ClientOrder);
    await exited;
  }

  private order(order: ClientOrder): Promise<ClientAnswer> {
    const answer = this.answer();
    this.child.send(order);
    return answer;
  }

  private async answer(): Promise<ClientAnswer> {
    const answered = new AbortController();
    const { signal } = answered;
    const ended = once(this.child, 'exit', { signal }).then(() => {
      throw new Error('A client ended.');
    });
    try {
      const [answer] = (await Promise.race([once(this.child, 'message', { signal }), ended])) as [ClientAnswer];
      return answer;
    } finally {
      // Takes away the listener of the one that did not come.
      answered.abort();
    }
  }
}
