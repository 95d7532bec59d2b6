import type { Knex } from 'knex';

/** What has lost its process and gets no other by itself: a person looks, and decides what becomes of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table stuck_process (
      kind text not null check (kind in ('card-request', 'batch-order', 'card')),
      id uuid not null,
      cause text not null check (cause in ('process-ended', 'start-refused')),
      message text not null,
      found_at timestamptz not null default now(),
      primary key (kind, id)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table stuck_process');
}
