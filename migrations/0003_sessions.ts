import type { Knex } from 'knex';

/** Who is signed in. A row is found by the SHA-256 of the cookie's token: reading the table opens no session. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table session (
      token_hash bytea primary key check (length(token_hash) = 32),
      account text not null,
      created_at timestamptz not null default now(),
      last_seen_at timestamptz not null default now()
    );
    create index session_last_seen on session (last_seen_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table session');
}
