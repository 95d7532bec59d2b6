import type { Knex } from 'knex';

/**
 * Card layouts, number ranges, production backends, the snapshot of what was approved, sealed PINs and PUKs, and the
 * print ledger. Two cards for one order are made impossible here: one row per card and production number, one live row
 * per card, states that only move forward.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table number_range (
      id text primary key check (id ~ '^[a-z][a-z0-9-]*$'),
      name text not null,
      prefix text not null default '' check (length(prefix) <= 16),
      digits integer not null check (digits between 1 and 15),
      suffix text not null default '' check (length(suffix) <= 16),
      next_number bigint not null default 1 check (next_number >= 1),
      unique (prefix, digits, suffix),
      constraint number_range_exhausted check (next_number <= power(10::numeric, digits))
    );

    create table layout_version (
      id uuid primary key,
      layout text not null check (layout ~ '^[a-z][a-z0-9-]*$'),
      version integer not null check (version >= 1),
      template jsonb not null,
      created_by text not null,
      created_at timestamptz not null default now(),
      unique (layout, version)
    );
    create trigger layout_version_immutable before update or delete or truncate on layout_version
      for each statement execute function refuse_change();

    create table backend (
      id text primary key check (id ~ '^[a-z][a-z0-9-]*$'),
      name text not null,
      kind text not null check (kind in ('http', 'ipp')),
      settings jsonb not null,
      simulated boolean not null default false,
      created_at timestamptz not null default now(),
      changed_at timestamptz not null default now()
    );

    create table backend_state (
      backend text primary key references backend on delete cascade,
      circuit text not null default 'closed' check (circuit in ('closed', 'open', 'half-open')),
      failures integer not null default 0,
      retry_at timestamptz,
      paused boolean not null default false,
      message text,
      supplies jsonb not null default '{}',
      checked_at timestamptz,
      changed_at timestamptz not null default now()
    );

    alter table card_type
      add column chip boolean not null default false,
      add column validity_months integer check (validity_months between 1 and 240),
      add column number_range text references number_range,
      add column layout text,
      add column backend text references backend,
      add column separate_producer boolean not null default false;

    alter table card add column valid_until date;

    create table card_snapshot (
      card_id uuid primary key references card,
      data jsonb not null,
      photo_id uuid references photo,
      layout_version_id uuid references layout_version,
      taken_at timestamptz not null default now()
    );
    create trigger card_snapshot_immutable before update or delete or truncate on card_snapshot
      for each statement execute function refuse_change();

    create table production_state (state text primary key);
    create table production_transition (
      from_state text not null references production_state,
      to_state text not null references production_state,
      primary key (from_state, to_state)
    );
    insert into production_state values ('intent'), ('submitted'), ('unknown'), ('produced'), ('failed'), ('cancelled');
    insert into production_transition values
      ('intent', 'submitted'), ('intent', 'unknown'), ('intent', 'produced'), ('intent', 'failed'), ('intent', 'cancelled'),
      ('unknown', 'intent'), ('unknown', 'submitted'), ('unknown', 'produced'), ('unknown', 'failed'), ('unknown', 'cancelled'),
      ('submitted', 'produced'), ('submitted', 'failed'), ('submitted', 'cancelled');

    create table production_order (
      card_id uuid not null references card,
      number integer not null check (number >= 1),
      backend text not null references backend,
      state text not null default 'intent' references production_state,
      ordered_by text not null,
      ordered_at timestamptz not null default now(),
      definition_id text references process_version,
      -- The instance that waits for the end of this order; null where it is found by its business key (card id and number).
      process_instance_id text,
      -- The task of the engine that ordered, so that its repeat orders nothing.
      task_id text,
      -- What is sent, byte for byte, with the backend's encrypted field in it; erased once the order has ended.
      body bytea,
      -- Set and committed before the backend is called: from then on it must be asked before it is called again.
      call_began_at timestamptz,
      -- Since when nobody can tell whether the backend has the order.
      in_doubt_since timestamptz,
      claimed_by text,
      claimed_until timestamptz,
      due_at timestamptz not null default now(),
      attempts integer not null default 0,
      order_id text,
      submitted_at timestamptz,
      cancel_requested_by text,
      cancel_reason text,
      cancel_sent_at timestamptz,
      ended_at timestamptz,
      reason_code text,
      reason text,
      evidence jsonb not null default '{}',
      spoilt_by text,
      spoilt_at timestamptz,
      spoilt_reason text check (length(trim(spoilt_reason)) > 0),
      primary key (card_id, number),
      check ((ended_at is null) = (state in ('intent', 'submitted', 'unknown'))),
      check (ended_at is null or body is null),
      check (state <> 'submitted' or order_id is not null),
      check (state <> 'intent' or call_began_at is null or body is not null),
      check (state <> 'unknown' or (call_began_at is not null and in_doubt_since is not null)),
      check (num_nonnulls(cancel_requested_by, cancel_reason) in (0, 2)),
      check (num_nonnulls(spoilt_by, spoilt_at, spoilt_reason) in (0, 3)),
      check (spoilt_at is null or state = 'produced')
    );
    create unique index production_order_one_live on production_order (card_id) where ended_at is null;
    create index production_order_due on production_order (backend, due_at) where ended_at is null;
    create index production_order_by_backend on production_order (backend, order_id) where order_id is not null;
    create index production_order_by_task on production_order (task_id) where task_id is not null;
    create index production_order_by_instance on production_order (process_instance_id) where process_instance_id is not null;

    -- Commands about a card's production, as request_id is for those about a request.
    alter table engine_command add column card_id uuid references card;
    create index engine_command_by_card on engine_command (card_id) where card_id is not null;

    create function refuse_production_transition() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        if new.state <> 'intent' then
          raise exception 'a new production order begins as intent, not as %', new.state
            using errcode = 'check_violation', constraint = 'production_transition';
        end if;
      elsif old.state <> new.state and not exists (
        select from production_transition where from_state = old.state and to_state = new.state
      ) then
        raise exception 'a production order that is % cannot become %', old.state, new.state
          using errcode = 'check_violation', constraint = 'production_transition';
      end if;
      return new;
    end $$;
    create trigger production_transition before insert or update of state on production_order
      for each row execute function refuse_production_transition();
    create trigger production_order_wakes after insert or update of cancel_requested_by on production_order
      for each statement execute function wake_listener('production_order');

    -- One row per message of a backend, so that a repeat of it changes nothing.
    create table production_result (
      backend text not null references backend,
      event_id text not null,
      card_id uuid not null,
      number integer not null,
      outcome text not null,
      -- False where the order had ended before: a repeat, or news that contradicts what is on record.
      applied boolean not null,
      details jsonb not null default '{}',
      received_at timestamptz not null default now(),
      primary key (backend, event_id)
    );

    -- Sealed with AES-256-GCM; the row is deleted once the secret has been delivered.
    create table card_secret (
      card_id uuid not null,
      number integer not null,
      kind text not null check (kind in ('pin', 'puk')),
      sealed bytea not null,
      key_id text not null,
      delivery text not null check (delivery in ('print', 'e-mail', 'none')),
      created_at timestamptz not null default now(),
      primary key (card_id, number, kind),
      foreign key (card_id, number) references production_order
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table engine_command drop column card_id;
    drop table card_secret, production_result, production_order, production_transition, production_state, card_snapshot;
    drop function refuse_production_transition();
    alter table card drop column valid_until;
    alter table card_type drop column chip, drop column validity_months, drop column number_range, drop column layout,
      drop column backend, drop column separate_producer;
    drop table backend_state, backend, layout_version, number_range;
  `);
}
