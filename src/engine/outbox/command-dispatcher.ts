import { backoffMs, type Backoff } from '../../kernel/backoff.js';
import type { Knex } from '../../kernel/db/database.js';
import type { Job } from '../../kernel/job.js';
import type { Logger } from '../../kernel/log.js';
import {
  claimCommands,
  endCommands,
  nextDueMs,
  postponeCommand,
  type Command,
  type CommandPayload,
} from './command-store.js';
import { recordStuck, type FollowedKind } from '../stuck-store.js';
import type { CommandResult } from './engine-carrier.js';

/** What carries commands to the engine. */
export interface CommandCarrier {
  execute(payload: CommandPayload, attempts: number): Promise<CommandResult>;
}

export interface DispatcherOptions {
  readonly db: Knex;
  readonly carrier: CommandCarrier;
  readonly log: Logger;
  /** Called when a request may not be started in the name of its requester, before the command is marked obsolete. */
  readonly onForbidden: (requestId: string) => Promise<void>;
  /** Commands carried out at the same time. */
  readonly concurrency?: number;
}

const pauses: Backoff = { firstDelayMs: 250, longestDelayMs: 60_000 };
/** From this attempt on a command that is still not taken is a warning: someone should look. */
const warnAttempts = 8;

/** Takes due commands from the outbox and carries them to the engine until each is taken or obsolete. */
export class CommandDispatcher implements Job {
  readonly name = 'carry engine commands';
  /** For commands without a notification: those that another server has claimed and left. */
  readonly everyMs = 2_000;
  readonly wokenBy = ['engine_command'];

  constructor(private readonly options: DispatcherOptions) {}

  async round(): Promise<number> {
    const { db, concurrency = 8 } = this.options;
    const commands = await claimCommands(db, concurrency * 4);
    if (commands.length === 0) return nextDueMs(db);
    await this.carryAll(commands, concurrency);
    return 0;
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
    const { db, carrier, log, onForbidden } = this.options;
    const result = await carrier.execute(command.payload, command.attempts);
    if (result.state === 'forbidden') {
      if (command.requestId !== null) await onForbidden(command.requestId);
      return 'obsolete';
    }
    if (result.state === 'impossible') {
      await this.giveUp(command, result.error);
      return 'obsolete';
    }
    if (result.state !== 'retry') return result.state;
    const delay = backoffMs(command.attempts, pauses);
    const level = command.attempts >= warnAttempts ? 'warn' : 'debug';
    log[level](
      { command: command.id, kind: command.payload.kind, attempts: command.attempts, error: result.error },
      'engine command not taken yet',
    );
    await postponeCommand(db, command.id, delay, result.error);
    return null;
  }

  /** Nobody tries again by himself; what it is about is stuck until an administrator has looked. */
  private async giveUp({ id, requestId, batchId, cardId }: Command, error: string): Promise<void> {
    const { db, log } = this.options;
    const subjects = { 'card-request': requestId, 'batch-order': batchId, card: cardId };
    for (const [kind, about] of Object.entries(subjects) as [FollowedKind, string | null][])
      if (about !== null) await recordStuck(db, { kind, id: about, cause: 'start-refused', message: error });
    log.error(
      { command: id, ...subjects, error },
      'the process engine cannot start the process: an administrator decides',
    );
  }
}
