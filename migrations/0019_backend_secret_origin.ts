import type { Knex } from 'knex';

/** What the secret of a deleted backend was for: adding a backend of that id again does not send its secret elsewhere. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table backend_secret_origin (
      -- Not a reference: it outlives the backend.
      backend text primary key,
      origins text[] not null
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table backend_secret_origin');
}
