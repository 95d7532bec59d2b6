import type { Knex } from 'knex';

/**
 * Changes of administrators that wait for a second one. What was asked for never changes, and what is settled stays so; nobody
 * confirms a change of their own.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table pending_change (
      id bigint generated always as identity primary key,
      -- Method and path of the operation, such as "PUT /accounts/:id/roles", and what it was called with.
      operation text not null,
      input jsonb not null,
      -- What it would change, as a sentence.
      what text not null,
      requested_by text not null,
      requested_at timestamptz not null default now(),
      expires_at timestamptz not null,
      outcome text check (outcome in ('confirmed', 'rejected', 'expired')),
      settled_by text,
      settled_at timestamptz,
      check (num_nonnulls(outcome, settled_by, settled_at) in (0, 3)),
      constraint pending_change_confirmed_by_another
        check (outcome is distinct from 'confirmed' or canonical_account(settled_by) <> canonical_account(requested_by))
    );
    create index pending_change_waiting on pending_change (expires_at) where outcome is null;

    create function settle_once() returns trigger language plpgsql as $$
    begin
      if old.outcome is not null or to_jsonb(new) - array['outcome', 'settled_by', 'settled_at'] <> to_jsonb(old) - array['outcome', 'settled_by', 'settled_at'] then
        raise exception 'a pending change is settled once, and never changed' using errcode = 'restrict_violation';
      end if;
      return new;
    end $$;
    create trigger pending_change_settled_once before update on pending_change for each row execute function settle_once();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table pending_change;
    drop function settle_once();
  `);
}
