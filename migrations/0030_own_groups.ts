import type { Knex } from 'knex';

/** Groups of the organisation's own, beside those of the product's roles; who is in them the process engine knows. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table own_group (
      id text primary key check (id ~ '^[a-z][a-z0-9-]*$' and length(id) <= 60),
      name text not null check (length(name) between 1 and 100),
      description text not null default '' check (length(description) <= 1000),
      may_approve boolean not null default false,
      retired boolean not null default false
    );
    create unique index own_group_name on own_group (lower(name));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table own_group');
}
