import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { cardsOwner } from '../../launcher/databases.js';
import { EngineClient } from '../../src/engine/client.js';
import { freePort } from '../../launcher/ports.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Of every account of an installation of a bench. */
export const password = 'a-password-for-measuring';

/** The parts, by the names that the launcher gives them in what it says. */
const titles = {
  worker: 'The worker',
  server: 'The server',
  engine: 'The process engine',
  'print-shop': 'The print shop',
  postgres: 'PostgreSQL',
} as const;

export type PartName = keyof typeof titles;

/** How an installation of a bench differs from one that people start. */
export interface StartOptions {
  /** What is run instead of `npm start`; from the directory of package.json. */
  readonly program?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A whole installation of its own, started as people start it: `npm start` in a data directory that is thrown away. */
export class Installation {
  private constructor(
    readonly url: string,
    readonly directory: string,
    private readonly launcher: ChildProcess,
    /** Calls the engine past the door. */
    readonly engine: EngineClient,
    /** Parts that died and are on their way back. */
    private readonly down: ReadonlySet<PartName>,
  ) {}

  /** @param say gets the lines that the start prints */
  static async start(
    args: readonly string[],
    say: (line: string) => void,
    { program = 'launcher/start.mjs', env = {} }: StartOptions = {},
  ): Promise<Installation> {
    const directory = await mkdtemp(join(tmpdir(), 'cards-bench-'));
    const port = await freePort();
    const launcher = spawn(process.execPath, [program, ...args], {
      cwd: root,
      env: {
        ...process.env,
        PORT: String(port),
        DATA_DIR: directory,
        BOOTSTRAP_PASSWORD: password,
        SAMPLE_DATA: 'none',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const down = new Set<PartName>();
    await new Promise<void>((resolve, reject) => {
      launcher.once('exit', (code) => {
        reject(new Error(`The installation ended with ${code} before it was ready.`));
      });
      createInterface({ input: launcher.stdout }).on('line', (line) => {
        say(line);
        for (const part of Object.keys(titles) as PartName[]) {
          if (line.startsWith(`${titles[part]} ended unexpectedly`)) down.add(part);
          if (line === `${titles[part]} is back.`) down.delete(part);
        }
        if (line.startsWith('Ready')) resolve();
      });
    });
    const { doorSecret } = JSON.parse(await readFile(join(directory, 'secrets.json'), 'utf8')) as {
      doorSecret: string;
    };
    const enginePort = await environmentOf(await pidOf(directory, 'engine'), 'SERVER_PORT');
    const engine = new EngineClient(`http://127.0.0.1:${enginePort}`, { id: 'door', secret: doorSecret }, 16);
    return new Installation(`http://127.0.0.1:${port}`, directory, launcher, engine, down);
  }

  /** One API call as a person; throws when there is no answer. */
  async call(
    account: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: any }> {
    const text = typeof body === 'string';
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      signal: AbortSignal.timeout(20_000),
      headers: {
        authorization: `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': text ? 'text/csv' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: text ? body : JSON.stringify(body) }),
    });
    const answer = await response.text();
    return { status: response.status, body: answer === '' ? null : JSON.parse(answer) };
  }

  /** Reads one address to its end. @returns the id under which the server has logged it */
  async ask(account: string, path: string): Promise<{ status: number; requestId: string }> {
    const authorization = `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`;
    const response = await fetch(`${this.url}/api/v1${path}`, {
      signal: AbortSignal.timeout(60_000),
      headers: { authorization },
    });
    await response.arrayBuffer();
    return { status: response.status, requestId: response.headers.get('x-request-id') ?? '' };
  }

  /** As `call`, asked again for as long as a part is down; only for calls that may be made twice. */
  async callUntilAnswered(
    account: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: any }> {
    const deadline = Date.now() + 900_000;
    for (;;) {
      try {
        const answer = await this.call(account, method, path, body, headers);
        if (answer.status < 500 || Date.now() > deadline) return answer;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
      await sleep(250);
    }
  }

  /** Ends a part the hard way; the launcher starts it again. One that is still on its way back is waited for: it would have nothing to lose. */
  async kill(part: PartName): Promise<void> {
    for (const deadline = Date.now() + 120_000; this.down.has(part); await sleep(100)) {
      if (Date.now() > deadline) throw new Error(`The ${part} does not come back.`);
    }
    process.kill(await pidOf(this.directory, part), 'SIGKILL');
  }

  /** Process id of a part; waits for the part to run. */
  processId(part: PartName): Promise<number> {
    return pidOf(this.directory, part);
  }

  /** A setting that a part was started with; waits for the part to run. */
  async settingOf(part: PartName, name: string): Promise<string> {
    return environmentOf(await pidOf(this.directory, part), name);
  }

  /** Address of the cards database as the owner of its tables, who may do what the application may not. */
  async ownerUrl(): Promise<string> {
    const url = new URL(await this.settingOf('server', 'DATABASE_URL'));
    const { cardsOwnerPassword } = JSON.parse(await readFile(join(this.directory, 'secrets.json'), 'utf8')) as {
      cardsOwnerPassword: string;
    };
    url.username = cardsOwner;
    url.password = cardsOwnerPassword;
    return url.href;
  }

  async stop(): Promise<void> {
    await this.engine.close();
    this.launcher.kill('SIGTERM');
    if (this.launcher.exitCode === null) await once(this.launcher, 'exit');
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function pidOf(directory: string, part: PartName): Promise<number> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    const state = JSON.parse(await readFile(join(directory, 'run', 'state.json'), 'utf8')) as {
      parts: Partial<Record<PartName, number>>;
    };
    const pid = state.parts[part];
    if (pid !== undefined) return pid;
  }
  throw new Error(`The ${part} does not run.`);
}

async function environmentOf(pid: number, name: string): Promise<string> {
  const entries = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
  const entry = entries.find((each) => each.startsWith(`${name}=`));
  if (entry === undefined) throw new Error(`Process ${pid} has no ${name}.`);
  return entry.slice(name.length + 1);
}
