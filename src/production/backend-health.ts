import type { Knex } from '../kernel/db/database.js';
import { enqueueMail } from '../records/index.js';
import type { BackendStatus } from './backends/backend.js';
import { backendPaused } from './production-mails.js';

/** What all workers know of a backend: its circuit breaker, and whether it makes cards at present. */
export interface BackendHealth {
  readonly circuit: 'closed' | 'open' | 'half-open';
  /** Calls in a row that failed. */
  readonly failures: number;
  /** No call before this many milliseconds have passed; 0 when calls may be made. */
  readonly holdMs: number;
  readonly paused: boolean;
  /** Nobody has asked for its status lately. */
  readonly checkDue: boolean;
}

/** Failed calls in a row after which no more are made for a while. */
const failuresToOpen = 5;
/**
 * How long the circuit stays open the first time, and at most (seconds); it doubles with each failure. What is tried again then
 * is one question for the status, so a minute is no burden even to a backend in trouble, and nobody waits long for one that is back.
 */
const open = { first: 5, longest: 60 };

const checkDue = `(retry_at is null or retry_at <= now()) and (checked_at is null or checked_at < now() - make_interval(secs => :every))`;

/** Makes sure that a backend has its row. */
export async function ensureHealth(db: Knex, backend: string): Promise<void> {
  await db('backend_state').insert({ backend }).onConflict('backend').ignore();
}

/** @param everyMs how old a status may be */
export async function readHealth(db: Knex, backend: string, everyMs: number): Promise<BackendHealth> {
  const { rows } = await db.raw<{ rows: BackendHealth[] }>(
    `select circuit, failures, paused, greatest(0, ceil(extract(epoch from coalesce(retry_at, now()) - now()) * 1000))::integer as "holdMs",
       ${checkDue} as "checkDue" from backend_state where backend = :backend`,
    { backend, every: everyMs / 1_000 },
  );
  const [health] = rows;
  if (health === undefined) throw new Error(`the backend ${backend} has no state`);
  return health;
}

/**
 * Lets one worker at a time ask a backend for its status: every `everyMs`, and when an open circuit may be tried again. An
 * open circuit is half-open from here on.
 */
export async function claimStatusCheck(db: Knex, backend: string, everyMs: number): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update backend_state set checked_at = now(), circuit = case circuit when 'open' then 'half-open' else circuit end
     where backend = :backend and ${checkDue}`,
    { backend, every: everyMs / 1_000 },
  );
  return rowCount === 1;
}

/**
 * The backend reported its status. Production operators get one mail when it pauses. Failed calls keep counting until a call
 * works: a backend that answers for its status and fails at its work must not be called as if it were well.
 * @returns whether it has paused or resumed with this status
 */
export async function recordStatus(
  db: Knex,
  backend: string,
  { condition, message, supplies }: BackendStatus,
): Promise<'paused' | 'resumed' | null> {
  const paused = condition === 'paused';
  return db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { before: boolean; name: string; at: string }[] }>(
      `with known as (select paused, message from backend_state where backend = :backend for update)
       update backend_state s set circuit = 'closed', retry_at = null, paused = :paused, message = :message,
         supplies = cast(:supplies as jsonb),
         changed_at = case when k.paused = :paused and k.message is not distinct from :message then s.changed_at else now() end
       from known k, backend b where s.backend = :backend and b.id = s.backend
       returning k.paused as before, b.name, now()::text as at`,
      { backend, paused, message, supplies: JSON.stringify(supplies) },
    );
    const [row] = rows;
    if (row === undefined || row.before === paused) return null;
    if (paused) await enqueueMail(trx, [backendPaused(backend, row.name, message ?? 'It has stopped.', row.at)]);
    return paused ? 'paused' : 'resumed';
  });
}

/**
 * A call was not answered, or not taken. Enough of them in a row open the circuit; before that, the status is asked for:
 * a printer that has stopped says so there.
 * @param atWork false where it was the status that was asked for
 * @returns true when the circuit has opened just now
 */
export async function recordFailedCall(db: Knex, backend: string, reason: string, atWork: boolean): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { opened: boolean }[] }>(
    `with known as (
       select circuit, failures + 1 as failures, failures + 1 >= :most or circuit <> 'closed' as opens
       from backend_state where backend = :backend for update),
     failed as (
       update backend_state s set failures = k.failures, message = :reason, changed_at = now(),
         checked_at = case when :atWork or k.opens then null else s.checked_at end,
         circuit = case when k.opens then 'open' else s.circuit end,
         retry_at = case when k.opens
           then now() + make_interval(secs => least(:longest, :first * power(2, least(greatest(k.failures - :most, 0), 16)))) else s.retry_at end
       from known k where s.backend = :backend)
     select circuit = 'closed' and opens as opened from known`,
    { backend, reason: reason.slice(0, 500), atWork, most: failuresToOpen, ...open },
  );
  return rows[0]?.opened ?? false;
}

/** A call worked: the failures before it count no more. */
export async function recordWorkingCall(db: Knex, backend: string): Promise<void> {
  await db('backend_state')
    .where({ backend })
    .where('failures', '>', 0)
    .update({ failures: 0, message: null, changed_at: db.fn.now() });
}

/** The backend asked not to be called for a while. */
export async function holdCalls(db: Knex, backend: string, ms: number): Promise<void> {
  await db('backend_state')
    .where({ backend })
    .update({ retry_at: db.raw('now() + make_interval(secs => ?)', [ms / 1_000]) });
}
