import type { Knex } from 'knex';

/**
 * Starts of external tasks that have not ended yet, one row per task and worker process. A worker that is killed leaves
 * its row behind: that is how the next one knows that the task may be what killed it.
 *
 * A logged table although its rows live for milliseconds: an unlogged one is emptied after a crash of the database, and
 * a task that exhausts the machine's memory may well bring both down. Its writes do not wait for the disk instead
 * (`synchronous_commit`, set by the statements that write).
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table task_attempt (
      task_id text not null,
      worker_id text not null,
      started_at timestamptz not null default now(),
      primary key (task_id, worker_id)
    ) with (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table task_attempt');
}
