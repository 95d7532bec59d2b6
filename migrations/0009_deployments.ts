import type { Knex } from 'knex';

/**
 * Who deployed which version of a process from where, every state that a use case was in (so that a switch can be taken
 * back and told), and migrations of running instances from one version to another.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table deployment (
      id text primary key,
      author text not null,
      origin text not null check (origin in ('product', 'modeler', 'api')),
      deployed_at timestamptz not null default now()
    );

    alter table process_version
      add column deployment_id text references deployment,
      add column shipped boolean not null default false;
    update process_version set shipped = true where deployed_by = 'card-server';

    create table use_case_change (
      use_case text not null references use_case,
      revision integer not null,
      actor text not null,
      reason text,
      enabled boolean not null,
      definition_id text references process_version,
      card_types jsonb not null default '{}',
      changed_at timestamptz not null default now(),
      primary key (use_case, revision)
    );
    insert into use_case_change (use_case, revision, actor, enabled, definition_id, card_types, changed_at)
      select u.id, u.revision, u.changed_by, u.enabled,
        (select c.definition_id from variant_choice c where c.use_case = u.id and c.card_type is null),
        (select coalesce(jsonb_object_agg(c.card_type, c.definition_id), '{}') from variant_choice c
          where c.use_case = u.id and c.card_type is not null),
        u.changed_at
      from use_case u;
    create trigger use_case_change_append_only before update or delete or truncate on use_case_change
      for each statement execute function refuse_change();

    create table process_migration (
      id uuid primary key,
      batch_id text not null unique,
      from_definition text not null references process_version,
      to_definition text not null references process_version,
      instances integer not null,
      actor text not null,
      reason text,
      started_at timestamptz not null default now(),
      ended_at timestamptz
    );
    create index process_migration_running on process_migration (started_at) where ended_at is null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table process_migration, use_case_change;
    alter table process_version drop column deployment_id, drop column shipped;
    drop table deployment;
  `);
}
