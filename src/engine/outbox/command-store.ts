import type { Knex } from '../../kernel/db/database.js';

/** A variable as the engine's REST interface takes it. */
export interface EngineVariable {
  readonly value: unknown;
  readonly type: string;
}

/** One process instance, by its id or by a business key that no other instance has. */
export type InstanceAddress = { readonly processInstanceId: string } | { readonly businessKey: string };

/** What the outbox can ask of the engine; written in the transaction of the change that causes it. */
export type CommandPayload =
  | {
      readonly kind: 'start';
      readonly message: string;
      readonly businessKey: string;
      /** In whose name the process starts. */
      readonly user: string;
      readonly variables: Readonly<Record<string, EngineVariable>>;
    }
  | ({
      readonly kind: 'correlate';
      readonly message: string;
      readonly variables?: Readonly<Record<string, EngineVariable>>;
      /** Set: an instance that does not come to wait for the message is ended, with this reason. */
      readonly elseEnd?: string;
    } & InstanceAddress)
  | ({ readonly kind: 'end'; readonly reason: string } & InstanceAddress);

export interface NewCommand {
  /** The request it is about, or null. */
  readonly requestId: string | null;
  /** The card whose production it is about. */
  readonly cardId?: string;
  /** The batch order it is about. */
  readonly batchId?: string;
  readonly payload: CommandPayload;
  /** Not before this moment; at once by default. */
  readonly dueAt?: Date;
}

export interface Command {
  readonly id: string;
  readonly requestId: string | null;
  readonly cardId: string | null;
  readonly batchId: string | null;
  readonly attempts: number;
  readonly payload: CommandPayload;
}

/** How long a claimed command is left alone before another server takes it to be lost (seconds). */
const leaseSeconds = 15;

/** Puts commands into the outbox; the commit wakes the dispatcher. */
export async function enqueueCommands(db: Knex, commands: readonly NewCommand[]): Promise<void> {
  if (commands.length === 0) return;
  await db('engine_command').insert(
    commands.map((command) => ({
      kind: command.payload.kind,
      request_id: command.requestId,
      card_id: command.cardId ?? null,
      batch_id: command.batchId ?? null,
      payload: JSON.stringify(command.payload),
      ...(command.dueAt === undefined ? {} : { due_at: command.dueAt }),
    })),
  );
}

/** Takes up to `limit` due commands for this server; a server that dies with them gives them back by the lease. */
export async function claimCommands(db: Knex, limit: number): Promise<Command[]> {
  const result = await db.raw<{ rows: Command[] }>(
    // Materialized: some plans would run a plain subquery again for each row, and take more than the limit.
    `with due as materialized (
       select id from engine_command where state = 'pending' and due_at <= now()
       order by due_at, id limit :limit for update skip locked)
     update engine_command c set attempts = attempts + 1, due_at = now() + make_interval(secs => :lease)
     from due where c.id = due.id
     returning c.id, request_id as "requestId", card_id as "cardId", batch_id as "batchId", attempts, payload`,
    { lease: leaseSeconds, limit },
  );
  return result.rows;
}

/** Ends commands that were taken (`done`) or that nobody waits for any more (`obsolete`). */
export async function endCommands(db: Knex, ids: readonly string[], state: 'done' | 'obsolete'): Promise<void> {
  if (ids.length === 0) return;
  await db('engine_command')
    .whereIn('id', [...ids])
    .where({ state: 'pending' })
    .update({ state, ended_at: db.fn.now() });
}

/** Gives a command another try after `delayMs` milliseconds. */
export async function postponeCommand(db: Knex, id: string, delayMs: number, error: string): Promise<void> {
  await db('engine_command')
    .where({ id })
    .update({
      due_at: db.raw(`now() + make_interval(secs => ?)`, [delayMs / 1_000]),
      last_error: error.slice(0, 500),
    });
}

/** Nobody waits any more for commands that correlate `message` for this request or batch order. */
export async function obsoleteMessages(
  db: Knex,
  about: { readonly request_id: string } | { readonly batch_id: string },
  message: string,
): Promise<void> {
  await db('engine_command')
    .where({ ...about, kind: 'correlate', state: 'pending' })
    .whereRaw(`payload->>'message' = ?`, [message])
    .update({ state: 'obsolete', ended_at: db.fn.now() });
}

/** Milliseconds until the next command is due; Infinity where there is none. */
export async function nextDueMs(db: Knex): Promise<number> {
  const result = await db.raw<{ rows: { ms: number | null }[] }>(
    `select ceil(extract(epoch from min(due_at) - now()) * 1000)::int as ms from engine_command where state = 'pending'`,
  );
  return Math.max(0, result.rows[0]?.ms ?? Infinity);
}
