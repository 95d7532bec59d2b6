import type { Knex } from 'knex';

/**
 * Holders, card types, requests, cards, decisions, the choice of process variants, the outbox of engine commands and
 * the audit log. Invariants live here as keys, checks and triggers, so that no code path can get round them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create extension if not exists pg_trgm;

    create table photo (
      id uuid primary key,
      content_type text not null check (content_type in ('image/jpeg', 'image/png')),
      sha256 text not null,
      bytes bytea not null,
      created_at timestamptz not null default now()
    );

    create table holder (
      id uuid primary key,
      employee_number text not null,
      given_name text not null,
      family_name text not null,
      email text not null,
      upn text not null,
      department text not null default '',
      state text not null check (state in ('active', 'inactive')),
      account text check (account = lower(account)),
      photo_id uuid references photo,
      search text not null generated always as (
        lower(employee_number || ' ' || given_name || ' ' || family_name || ' ' || email || ' ' || upn)) stored,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create unique index holder_employee_number on holder (lower(employee_number));
    create unique index holder_upn on holder (lower(upn));
    create unique index holder_email on holder (lower(email));
    create unique index holder_account on holder (account);
    create index holder_search on holder using gin (search gin_trgm_ops);
    create index holder_by_name on holder (family_name, given_name, id);

    create table card_type (
      id text primary key check (id ~ '^[a-z][a-z0-9-]*$'),
      name text not null,
      photo_required boolean not null,
      position integer not null
    );

    create table process_version (
      definition_id text primary key,
      process_key text not null,
      version integer not null,
      use_case text,
      variant text,
      name text not null,
      source_hash text not null,
      deployed_by text not null,
      deployed_at timestamptz not null default now(),
      unique (process_key, version),
      check ((use_case is null) = (variant is null))
    );
    create index process_version_by_variant on process_version (use_case, variant, version desc);

    create table use_case (
      id text primary key,
      enabled boolean not null default false,
      revision integer not null default 1,
      changed_by text not null default 'system',
      changed_at timestamptz not null default now()
    );

    create table variant_choice (
      id uuid primary key,
      use_case text not null references use_case,
      card_type text references card_type,
      definition_id text not null references process_version,
      unique nulls not distinct (use_case, card_type)
    );

    create table product_option (
      name text primary key,
      value jsonb not null,
      changed_by text not null,
      changed_at timestamptz not null default now()
    );

    create table card_state (state text primary key);
    create table card_transition (
      from_state text not null references card_state,
      to_state text not null references card_state,
      primary key (from_state, to_state)
    );
    insert into card_state values ('registered'), ('requested'), ('aborted'), ('approved'), ('rejected'), ('ordered'),
      ('failed'), ('cancelled'), ('issued'), ('active'), ('inactive'), ('locked'), ('expired');
    insert into card_transition values
      ('registered', 'requested'), ('registered', 'approved'), ('registered', 'ordered'),
      ('requested', 'approved'), ('requested', 'rejected'), ('requested', 'aborted'),
      ('approved', 'ordered'), ('approved', 'cancelled'),
      ('ordered', 'issued'), ('ordered', 'failed'), ('ordered', 'cancelled'),
      ('failed', 'ordered'), ('failed', 'cancelled'),
      ('issued', 'failed'), ('issued', 'active'), ('issued', 'locked'), ('issued', 'expired'),
      ('active', 'inactive'), ('active', 'locked'), ('active', 'expired'),
      ('inactive', 'active'), ('inactive', 'locked'), ('inactive', 'expired');

    create table request_state (state text primary key);
    create table request_transition (
      from_state text not null references request_state,
      to_state text not null references request_state,
      primary key (from_state, to_state)
    );
    insert into request_state values ('registered'), ('requested'), ('approved'), ('rejected'), ('aborted'), ('refused');
    insert into request_transition values
      ('registered', 'requested'), ('registered', 'approved'), ('registered', 'refused'),
      ('requested', 'approved'), ('requested', 'rejected'), ('requested', 'aborted');

    create table card (
      id uuid primary key,
      holder_id uuid not null references holder,
      card_type text not null references card_type,
      state text not null references card_state,
      number text unique,
      created_at timestamptz not null default now(),
      changed_at timestamptz not null default now()
    );
    create index card_by_state on card (state, created_at, id);
    create index card_by_holder on card (holder_id);

    create table card_request (
      id uuid primary key,
      holder_id uuid not null references holder,
      card_type text not null references card_type,
      requester text not null,
      source text not null check (source in ('tasklist', 'api')),
      state text not null references request_state,
      reason text,
      definition_id text not null references process_version,
      process_instance_id text unique,
      card_id uuid unique references card,
      decide_within text,
      decide_before timestamptz,
      created_at timestamptz not null default now(),
      registered_at timestamptz,
      ended_at timestamptz,
      check ((card_id is null) = (state in ('registered', 'refused'))),
      check ((ended_at is null) = (state in ('registered', 'requested')))
    );
    create unique index card_request_one_open on card_request (holder_id, card_type) where ended_at is null;
    create index card_request_by_time on card_request (created_at desc, id);
    create index card_request_by_requester on card_request (requester, created_at desc);
    create index card_request_open on card_request (created_at) where ended_at is null;

    create table decision (
      request_id uuid primary key references card_request,
      decision text not null check (decision in ('approve', 'reject')),
      cause text not null check (cause in ('approver', 'time-limit')),
      reason text,
      approver text,
      requester text not null,
      holder_account text,
      task_id text,
      operation_id text,
      completed_at timestamptz,
      decided_at timestamptz not null default now(),
      constraint decision_reject_has_reason check (decision = 'approve' or length(trim(reason)) > 0),
      constraint decision_has_proof check (cause = 'time-limit' or
        (approver is not null and task_id is not null and operation_id is not null and completed_at is not null)),
      constraint decision_time_limit_rejects check (cause = 'approver' or (decision = 'reject' and approver is null)),
      constraint decision_not_by_requester check (lower(approver) <> lower(requester)),
      constraint decision_not_by_holder check (lower(approver) <> lower(holder_account))
    );

    create table engine_command (
      id bigint generated always as identity primary key,
      kind text not null check (kind in ('start', 'correlate', 'end')),
      request_id uuid references card_request,
      payload jsonb not null,
      state text not null default 'pending' check (state in ('pending', 'done', 'obsolete')),
      attempts integer not null default 0,
      due_at timestamptz not null default now(),
      last_error text,
      created_at timestamptz not null default now(),
      ended_at timestamptz,
      check ((ended_at is null) = (state = 'pending'))
    );
    create index engine_command_due on engine_command (due_at, id) where state = 'pending';
    create index engine_command_by_request on engine_command (request_id);

    create table idempotency_key (
      account text not null,
      key text not null,
      request_hash text not null,
      resource_id uuid not null,
      created_at timestamptz not null default now(),
      primary key (account, key)
    );

    create table audit (
      id bigint generated always as identity primary key,
      at timestamptz not null default clock_timestamp(),
      actor text not null,
      action text not null,
      object_type text not null,
      object_id text not null,
      from_state text,
      to_state text,
      process_key text,
      process_version integer,
      details jsonb not null default '{}'
    );
    create index audit_by_object on audit (object_type, object_id, id);
    create index audit_by_actor on audit (actor, id);

    create function refuse_transition() returns trigger language plpgsql as $$
    declare allowed boolean;
    begin
      if tg_op = 'INSERT' then
        if new.state <> 'registered' then
          raise exception 'a new % begins as registered, not as %', tg_table_name, new.state
            using errcode = 'check_violation', constraint = tg_argv[0];
        end if;
        return new;
      end if;
      if old.state = new.state then return new; end if;
      execute format('select exists (select from %I where from_state = $1 and to_state = $2)', tg_argv[0])
        into allowed using old.state, new.state;
      if not allowed then
        raise exception 'a % that is % cannot become %', tg_table_name, old.state, new.state
          using errcode = 'check_violation', constraint = tg_argv[0];
      end if;
      return new;
    end $$;
    create trigger card_transition before insert or update of state on card
      for each row execute function refuse_transition('card_transition');
    create trigger request_transition before insert or update of state on card_request
      for each row execute function refuse_transition('request_transition');

    create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
    end $$;
    create trigger audit_append_only before update or delete or truncate on audit
      for each statement execute function refuse_change();
    create trigger decision_append_only before update or delete or truncate on decision
      for each statement execute function refuse_change();
    create trigger photo_immutable before update on photo
      for each statement execute function refuse_change();

    create function wake_listener() returns trigger language plpgsql as $$
    begin
      perform pg_notify(tg_argv[0], '');
      return null;
    end $$;
    create trigger engine_command_wakes after insert on engine_command
      for each statement execute function wake_listener('engine_command');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table audit, idempotency_key, engine_command, decision, card_request, card, request_transition, request_state,
      card_transition, card_state, product_option, variant_choice, use_case, process_version, card_type, holder, photo;
    drop function refuse_transition, refuse_change, wake_listener;
  `);
}
