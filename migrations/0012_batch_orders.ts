import type { Knex } from 'knex';

/**
 * Batch orders: which cards or holders were chosen and what became of each. The counts of a batch order stand in its own
 * row, so that nobody counts ten thousand rows for each result; `open` reaches zero exactly once in a round, under the
 * lock of that row.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table batch_order (
      id uuid primary key,
      number bigint not null generated always as identity unique,
      kind text not null check (kind in ('issue', 'request')),
      owner text not null,
      label text not null default '' check (length(label) <= 200),
      -- How the rows were chosen; null where they were named one by one.
      filter jsonb,
      state text not null check (state in ('draft', 'ordering', 'running', 'reviewing', 'completed', 'cancelled')),
      -- Each repeat is a round of its own; 0 as long as nothing was ordered.
      round integer not null default 0 check (round >= 0),
      -- Who ordered this round.
      ordered_by text,
      definition_id text references process_version,
      -- The instance that follows it; null where it is found by its business key, the id of the batch order.
      process_instance_id text unique,
      chosen integer not null default 0,
      skipped integer not null default 0,
      ordered integer not null default 0,
      produced integer not null default 0,
      failed integer not null default 0,
      cancelled integer not null default 0,
      open integer not null generated always as (ordered - produced - failed - cancelled) stored check (open >= 0),
      -- Of the ended productions, how many had ended when this round began.
      ended_before integer not null default 0,
      created_at timestamptz not null default now(),
      round_began_at timestamptz,
      ended_at timestamptz,
      check (least(chosen, skipped, ordered, produced, failed, cancelled) >= 0),
      check (skipped + ordered <= chosen),
      check ((round = 0) = (round_began_at is null)),
      check ((round = 0) = (ordered_by is null)),
      check ((ended_at is null) = (state in ('draft', 'ordering', 'running', 'reviewing'))),
      check (open = 0 or state in ('ordering', 'running'))
    -- Every result changes the counts: with room on its page, and no index on them, that costs no new index entry.
    ) with (fillfactor = 50);
    create index batch_order_by_time on batch_order (created_at desc, id);
    create index batch_order_open on batch_order (created_at) where ended_at is null;

    create table batch_row (
      batch_id uuid not null references batch_order on delete cascade,
      -- Place in the list, from 1.
      ordinal integer not null check (ordinal >= 1),
      holder_id uuid references holder,
      card_id uuid references card,
      -- What was asked for, where it names no card or holder.
      named_as text,
      state text not null default 'chosen' check (state in ('chosen', 'skipped', 'ordered', 'produced', 'failed', 'cancelled')),
      -- Of the last production that this batch order has ordered.
      number integer,
      -- Why it was skipped, or not ordered again: a code of the table of errors, so that no name is kept here.
      code text,
      primary key (batch_id, ordinal),
      foreign key (card_id, number) references production_order,
      check (state <> 'skipped' or code is not null),
      check (state in ('chosen', 'skipped') or number is not null or card_id is null)
    );
    create unique index batch_row_by_card on batch_row (batch_id, card_id) where card_id is not null;
    create index batch_row_by_state on batch_row (batch_id, state, ordinal);
    create index batch_row_of_card on batch_row (card_id) where card_id is not null;

    alter table production_order
      add column batch_id uuid references batch_order,
      -- Place in the order that it came with: orders take turns, so that a single card never waits for ten thousand others.
      add column turn integer not null default 0 check (turn >= 0);
    create index production_order_turn on production_order (backend, turn, due_at, card_id)
      where ended_at is null and state = 'intent' and call_began_at is null;
    create index production_order_of_batch on production_order (batch_id) where batch_id is not null and ended_at is null;

    alter table engine_command add column batch_id uuid references batch_order;
    create index engine_command_by_batch on engine_command (batch_id) where batch_id is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table engine_command drop column batch_id;
    drop table batch_row;
    drop index production_order_turn, production_order_of_batch;
    alter table production_order drop column batch_id, drop column turn;
    drop table batch_order;
  `);
}
