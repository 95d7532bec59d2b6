import type { Knex } from 'knex';

/** Workers that run, as they last said; shown by the server's health report. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table worker (
      id text primary key,
      ready boolean not null,
      problems text[] not null default '{}',
      started_at timestamptz not null default now(),
      seen_at timestamptz not null default now()
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table worker');
}
