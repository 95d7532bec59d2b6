import type { Knex } from 'knex';

/**
 * Where a mail leads to. Kept apart from the text as a path, because the address of the installation belongs to the
 * server that sends the mail, not to the worker whose transaction causes it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table mail add link_path text check (link_path like '/%')`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table mail drop link_path');
}
