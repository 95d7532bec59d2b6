import type { Knex } from 'knex';

/**
 * Sign-in: passwords of our own, limits on failed tries that all servers share, places where an account is known,
 * second factors, and what its owner is shown of a session.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table account_password (
      account text primary key,
      hash text not null check (hash like '$argon2id$%'),
      engine_replaced boolean not null,
      changed_at timestamptz not null default now()
    );
    create index account_password_to_replace on account_password (account) where not engine_replaced;

    create table failed_sign_in (
      key bytea primary key check (length(key) = 32),
      free integer not null check (free > 1),
      failed integer not null,
      last_at timestamptz not null,
      blocked_until timestamptz not null
    );
    create index failed_sign_in_by_time on failed_sign_in (last_at);

    create table known_place (
      account text not null,
      place bytea not null check (length(place) = 32),
      failed integer not null default 0,
      failed_at timestamptz not null default now(),
      last_right_at timestamptz not null default now(),
      primary key (account, place)
    );
    create index known_place_by_time on known_place (last_right_at);

    create table second_factor (
      account text primary key,
      sealed bytea not null,
      key_id text not null,
      confirmed boolean not null default false,
      last_step bigint not null default 0
    );
    create table recovery_code (
      account text not null references second_factor on delete cascade,
      code_hash bytea not null check (length(code_hash) = 32),
      primary key (account, code_hash)
    );
    create table second_factor_rule (
      account text unique,
      role text unique,
      check (num_nonnulls(account, role) = 1)
    );

    alter table session add column id uuid not null default gen_random_uuid(),
      add column stage text not null default 'open' check (stage in ('open', 'code', 'enrolment')),
      add column second_factor boolean not null default false,
      add column address text,
      add column program text;
    create unique index session_id on session (id);
    create index session_by_account on session (account);
    drop trigger session_notes_sign_in on session;
    create trigger session_notes_sign_in after insert on session
      for each row when (new.stage = 'open') execute function note_sign_in();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from session where stage <> 'open';
    drop trigger session_notes_sign_in on session;
    create trigger session_notes_sign_in after insert on session for each row execute function note_sign_in();
    drop index session_id, session_by_account;
    alter table session drop column id, drop column stage, drop column second_factor, drop column address, drop column program;
    drop table second_factor_rule, recovery_code, second_factor, known_place, failed_sign_in, account_password;
  `);
}
