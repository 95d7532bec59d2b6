import type { Knex } from 'knex';

/** The kinds of card production backends are those that the server has descriptions of: a further one needs no migration. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table backend drop constraint backend_kind_check`);
}

/** Rows of later kinds are kept: only new ones are checked again. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table backend add constraint backend_kind_check check (kind in ('http', 'ipp')) not valid`);
}
