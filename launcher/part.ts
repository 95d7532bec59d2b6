import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { partMessage, type EnableMessage, type PartMessage } from './messages.js';
import { PartLog } from './part-log.js';
import type { PartSpec, PartWatch } from './part-types.js';
import { endProcess, identify } from './processes.js';
import type { PartName } from './run-files.js';
import { guardSurvivor } from './survivor-guard.js';
import { StartFailure } from './start-failure.js';
import type { Report } from './steps.js';
import { withinTime } from '../src/kernel/time-limit.js';

type ReadyMessage = Extract<PartMessage, { type: 'ready' }>;
type EnableAnswer = Extract<PartMessage, { type: 'enabled' | 'refused' }>;

/** Deaths in a row before a start is given up. Once it was ready, a part is started again for ever. */
const ATTEMPTS = 3;
/** A part that ran this long before it died has its back-off forgotten. */
const SETTLED_MS = 60_000;
const LONGEST_PAUSE_S = 30;
const PROBE_MS = 100;
const ANSWER_MS = 60_000;
const LAST_WORDS_MS = 1_000;

/**
 * A supervised process: started, watched, started again with a growing pause when it dies, stopped.
 *
 * It runs in a session of its own, so that Ctrl-C at a terminal reaches only the launcher, which then decides the
 * order in which the parts stop.
 */
export class Part {
  private readonly log: PartLog;
  private readonly stopping = new AbortController();
  private readonly listeners = new Set<(message: PartMessage) => void>();
  private child: ChildProcess | null = null;
  private deaths = 0;

  constructor(
    private readonly spec: PartSpec,
    logs: string,
    private readonly watch: PartWatch,
  ) {
    this.log = new PartLog(logs, spec.name, spec.notice, (line) => this.tell(line));
  }

  get name(): PartName {
    return this.spec.name;
  }

  /** Number of the process that runs just now. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /**
   * Starts the part and returns when it is ready; from then on it is kept running.
   * @throws StartFailure when it reports a failure, or dies several times before it is ready
   */
  async start(report: Report): Promise<ReadyMessage> {
    return this.listening(
      (message) => message.type === 'progress' && report(message.text),
      async () => {
        for (;;) {
          try {
            return await this.run();
          } catch (raw) {
            this.stopping.signal.throwIfAborted();
            if (raw instanceof StartFailure) throw raw;
            if (this.deaths >= ATTEMPTS) throw this.givenUp(raw);
            await this.pause();
          }
        }
      },
    );
  }

  /** Asks the server to enable a use case and resolves with its answer; no answer is a refusal. */
  async enable(message: EnableMessage): Promise<EnableAnswer> {
    const silence = {
      type: 'refused',
      message: `${this.spec.title} did not answer: what it said is in ${this.log.path}.`,
    } as const;
    let answered: (answer: EnableAnswer) => void = () => undefined;
    const answer = new Promise<EnableAnswer>((resolve) => (answered = resolve));
    return this.listening(
      (told) => (told.type === 'enabled' || told.type === 'refused') && answered(told),
      async () => {
        this.child?.send(message);
        return Promise.race([answer, delay(ANSWER_MS, silence, { ref: false })]);
      },
    );
  }

  /** Ends the process and everything that would start it again. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.end();
    this.log.close();
  }

  /** One process, from its start until it is ready; then it is kept running. */
  private async run(): Promise<ReadyMessage> {
    await this.spec.before?.();
    this.stopping.signal.throwIfAborted();
    const began = performance.now();
    const child = this.spawn();
    const death = deathOf(child);
    const attempt = new AbortController();
    try {
      const ready = await Promise.race([death, this.becomesReady(child, attempt.signal)]);
      void death.catch((raw: unknown) => this.revive(raw, performance.now() - began));
      return ready;
    } catch (raw) {
      this.deaths += 1;
      await this.end();
      throw raw;
    } finally {
      attempt.abort();
    }
  }

  private spawn(): ChildProcess {
    const { command, args, cwd, env, account, descriptor, ready } = this.spec;
    const fourth = ready === 'message' ? 'ipc' : (descriptor ?? 'ignore');
    const child = spawn(command, args, {
      cwd,
      detached: true,
      env,
      stdio: ['ignore', 'pipe', 'pipe', fourth],
      ...account,
    });
    this.child = child;
    this.log.follow(child.stdout, child.stderr);
    // Our own programs end when their channel closes.
    if (ready !== 'message') child.once('exit', guardSurvivor(child, this.spec.stop));
    child.on('message', (raw) => {
      const message = partMessage.safeParse(raw);
      if (message.success) for (const listener of this.listeners) listener(message.data);
    });
    if (child.pid !== undefined) this.watch.started(this.spec.name, child.pid);
    return child;
  }

  private async becomesReady(child: ChildProcess, attempt: AbortSignal): Promise<ReadyMessage> {
    const { ready, readyWithinMs } = this.spec;
    const tooLate = new Error(`it was not ready after ${readyWithinMs / 1000} s`);
    return withinTime(readyWithinMs, attempt, async (limit) => {
      if (ready === 'message') return readyMessage(child, limit, tooLate);
      while (!limit.aborted) {
        if (await ready()) return { type: 'ready', useCases: [], createdAccounts: [] };
        await delay(PROBE_MS);
      }
      throw tooLate;
    });
  }

  /** Brings back a part that died after it was ready, without a time limit. */
  private async revive(raw: unknown, ranMs: number): Promise<void> {
    this.watch.ended(this.spec.name);
    this.deaths = ranMs >= SETTLED_MS ? 1 : this.deaths + 1;
    let reason = raw;
    while (!this.stopping.signal.aborted) {
      this.tell(
        `${this.spec.title} ended unexpectedly (${text(reason)}); it is started again in ${this.pauseSeconds()} s.`,
      );
      try {
        await this.pause();
        await this.run();
        this.tell(`${this.spec.title} is back.`);
        return;
      } catch (next) {
        reason = next;
      }
    }
  }

  private async end(): Promise<void> {
    const id = this.child?.pid === undefined ? null : identify(this.child.pid);
    if (id !== null) await endProcess(id, this.spec.stop);
    this.watch.ended(this.spec.name);
  }

  private async listening<T>(listener: (message: PartMessage) => unknown, work: () => Promise<T>): Promise<T> {
    this.listeners.add(listener);
    try {
      return await work();
    } finally {
      this.listeners.delete(listener);
    }
  }

  /** @throws AbortError when the part is stopped meanwhile */
  private async pause(): Promise<void> {
    await delay(this.pauseSeconds() * 1_000, undefined, { signal: this.stopping.signal });
  }

  private pauseSeconds(): number {
    return Math.min(2 ** (this.deaths - 1), LONGEST_PAUSE_S);
  }

  private givenUp(raw: unknown): StartFailure {
    const reason = this.log.lastNotice || text(raw);
    return new StartFailure(
      `${this.spec.title} does not start (${reason}): ${this.spec.cure}; all it said is in ${this.log.path}.`,
    );
  }

  private tell(line: string): void {
    if (!this.stopping.signal.aborted) this.watch.tell(line);
  }
}

async function readyMessage(child: ChildProcess, limit: AbortSignal, tooLate: Error): Promise<ReadyMessage> {
  return new Promise((resolve, reject) => {
    limit.addEventListener('abort', () => reject(tooLate), { once: true });
    child.on('message', (raw) => {
      const { data } = partMessage.safeParse(raw);
      if (data?.type === 'ready') resolve(data);
      if (data?.type === 'failed') reject(new StartFailure(data.message));
    });
  });
}

/** Never resolves; rejects with the way the process ended, once its last words are in the log. */
async function deathOf(child: ChildProcess): Promise<never> {
  const closed = new Promise((resolve) => child.on('close', resolve));
  return new Promise((_resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      const death = new Error(code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`);
      // A grandchild may hold the output open for longer than anyone should wait.
      void Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })]).then(() => reject(death));
    });
  });
}

function text(raw: unknown): string {
  return raw instanceof Error ? raw.message : String(raw);
}
