import type { Knex } from 'knex';

/** Indexes for searches that find few or nothing: mails by any part of recipient or subject, audit rows by what was done. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table mail add column search text not null generated always as (
      lower(coalesce(to_account, '') || ' ' || coalesce(to_group, '') || ' ' || coalesce(to_address, '') || ' ' || subject)) stored;
    create index mail_search on mail using gin (search gin_trgm_ops);
    create index audit_by_action on audit (action, id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index audit_by_action;
    alter table mail drop column search;
  `);
}
