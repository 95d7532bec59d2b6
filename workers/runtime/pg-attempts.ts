import type { AttemptStore } from './attempts.js';
import { describeError, type Log } from './log.js';

/** As much of a `pg` pool as is needed. */
export interface Queryable {
  query(text: string, values: readonly unknown[]): Promise<{ rows: unknown[] }>;
}

/*
 * Not waiting for the disk (`synchronous_commit`) makes these writes nearly free. It risks only what PostgreSQL wrote in
 * the last moments before it crashed itself; a crash of the worker, which is what is counted, loses nothing.
 */
const withoutWaitingForTheDisk = `set_config('synchronous_commit', 'off', true)`;

const beginSql = `
  with mine as (
    insert into task_attempt (task_id, worker_id)
    select unnest($1::text[]), $2 from ${withoutWaitingForTheDisk}
    on conflict do nothing
  )
  select task_id, count(*)::int as crashes from task_attempt
  where task_id = any($1::text[]) and worker_id <> $2
  group by task_id`;

const settleSql = `
  delete from task_attempt using ${withoutWaitingForTheDisk}
  where task_id = any($1::text[])`;

const withdrawSql = `
  delete from task_attempt using ${withoutWaitingForTheDisk}
  where (task_id, worker_id) in (select * from unnest($1::text[], $2::text[]))`;

/** A killed worker leaves rows of tasks that had just ended: nobody asks for them again, and here they end. */
const sweepSql = `
  delete from task_attempt using ${withoutWaitingForTheDisk}
  where started_at < now() - interval '30 days'`;

/**
 * Keeps starts in the table `task_attempt` (migrations/0002_task_attempts.ts). One statement a fetch, and one for all the
 * tasks that ended within `writeEveryMs`.
 */
export class PgAttemptStore implements AttemptStore {
  private settled: string[] = [];
  private withdrawn: { taskId: string; workerId: string }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private swept: Promise<void> | undefined;

  constructor(
    private readonly pool: Queryable,
    private readonly log: Log,
    private readonly writeEveryMs = 100,
  ) {}

  /** @throws the driver's error */
  async begin(taskIds: readonly string[], workerId: string): Promise<ReadonlyMap<string, number>> {
    this.swept ??= this.sweep();
    const { rows } = await this.pool.query(beginSql, [taskIds, workerId]);
    return new Map((rows as { task_id: string; crashes: number }[]).map((row) => [row.task_id, row.crashes]));
  }

  settle(taskId: string): void {
    this.settled.push(taskId);
    this.timer ??= setTimeout(() => void this.flush(), this.writeEveryMs);
  }

  withdraw(taskId: string, workerId: string): void {
    this.withdrawn.push({ taskId, workerId });
    this.timer ??= setTimeout(() => void this.flush(), this.writeEveryMs);
  }

  /** Never fails: what could not be written is logged and tried again with the next write. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    await this.writing;
  }

  private async sweep(): Promise<void> {
    try {
      await this.pool.query(sweepSql, []);
    } catch (error) {
      this.log.warn({ err: describeError(error) }, 'old attempts could not be cleared away');
    }
  }

  private async write(): Promise<void> {
    const { settled, withdrawn } = this;
    this.settled = [];
    this.withdrawn = [];
    try {
      if (settled.length > 0) await this.pool.query(settleSql, [settled]);
      if (withdrawn.length > 0) {
        const columns = [withdrawn.map((start) => start.taskId), withdrawn.map((start) => start.workerId)];
        await this.pool.query(withdrawSql, columns);
      }
    } catch (error) {
      this.settled.unshift(...settled);
      this.withdrawn.unshift(...withdrawn);
      this.log.warn(
        { err: describeError(error) },
        'ended attempts could not be written; they will be with the next write',
      );
    }
  }
}
