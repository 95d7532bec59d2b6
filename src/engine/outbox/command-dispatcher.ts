import type { Knex } from '../../kernel/db/database.js';
import type { Logger } from '../../kernel/log.js';
import { claimCommands, endCommands, nextDueMs, postponeCommand, type Command, type CommandPayload } from './command-store.js';
import type { CommandResult } from './engine-carrier.js';

/** What carries commands to the engine. */
export interface CommandCarrier {
  execute(payload: CommandPayload, attempts: number): Promise<CommandResult>;
}

export interface DispatcherOptions {
  readonly db: Knex;
  readonly carrier: CommandCarrier;
  readonly log: Logger;
  /** Told when the engine refuses a command for good, before it is marked obsolete. */
  readonly onRefused: (requestId: string, reason: string) => Promise<void>;
  /** Commands carried out at the same time. */
  readonly concurrency?: number;
}

/** Longest pause between two looks into the outbox (ms): commands of other servers wake nobody here. */
const idleMs = 2_000;
const firstDelayMs = 250;
const maxDelayMs = 60_000;
/** From this attempt on a command that is still not taken is a warning: someone should look. */
const warnAttempts = 8;

/** Takes due commands from the outbox and carries them to the engine until each is taken or obsolete. */
export class CommandDispatcher {
  private stopped = false;
  private running: Promise<void> | null = null;
  private wake: () => void = () => undefined;

  constructor(private readonly options: DispatcherOptions) {}

  start(): void {
    this.running ??= this.loop();
  }

  /** Looks at once; call it when a command was put in. */
  notify(): void {
    this.wake();
  }

  /** Ends after the commands that are under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  private async loop(): Promise<void> {
    const { db, log, concurrency = 8 } = this.options;
    let down = false;
    while (!this.stopped) {
      const woken = new Promise<void>((resolve) => (this.wake = resolve));
      try {
        const commands = await claimCommands(db, concurrency * 4);
        if (commands.length > 0) {
          await this.carryAll(commands, concurrency);
          continue;
        }
        if (down) log.info('the outbox of engine commands is read again');
        down = false;
        await Promise.race([woken, pause(await nextDueMs(db, idleMs))]);
      } catch (error) {
        if (!down) log.error({ err: error }, 'the outbox of engine commands cannot be read');
        down = true;
        await Promise.race([woken, pause(idleMs)]);
      }
    }
  }

  private async carryAll(commands: readonly Command[], concurrency: number): Promise<void> {
    const queue = [...commands];
    const ended = { done: [] as string[], obsolete: [] as string[] };
    const carry = async (): Promise<void> => {
      for (let command = queue.shift(); command !== undefined; command = queue.shift()) {
        const state = await this.carry(command);
        if (state !== null) ended[state].push(command.id);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, carry));
    await endCommands(this.options.db, ended.done, 'done');
    await endCommands(this.options.db, ended.obsolete, 'obsolete');
  }

  private async carry(command: Command): Promise<'done' | 'obsolete' | null> {
    const { db, carrier, log, onRefused } = this.options;
    const result = await carrier.execute(command.payload, command.attempts);
    if (result.state === 'refused') {
      if (command.requestId !== null) await onRefused(command.requestId, result.reason);
      return 'obsolete';
    }
    if (result.state !== 'retry') return result.state;
    const delay = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(command.attempts - 1, 10)) * (0.5 + Math.random() / 2);
    const level = command.attempts >= warnAttempts ? 'warn' : 'debug';
    log[level]({ command: command.id, kind: command.payload.kind, attempts: command.attempts, error: result.error }, 'engine command not taken yet');
    await postponeCommand(db, command.id, delay, result.error);
    return null;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
