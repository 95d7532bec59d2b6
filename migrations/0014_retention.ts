import type { Knex } from 'knex';

/**
 * What the daily erasing of personal data needs: its runs on record, indexes that find what is due, and a list of what the
 * process engine may still remember. The engine has a database of its own, so nothing can be erased in both at once:
 * whatever was erased here stays on the list until the engine knows nothing of it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table erasure_to_finish (
      kind text not null check (kind in ('card-request', 'card', 'holder')),
      id uuid not null,
      due_at timestamptz not null default now(),
      primary key (kind, id)
    );
    create index erasure_to_finish_due on erasure_to_finish (due_at);

    create table retention_run (
      id bigint generated always as identity primary key,
      actor text not null,
      started_at timestamptz not null default now(),
      ended_at timestamptz,
      requests integer not null default 0,
      cards integer not null default 0,
      photos integer not null default 0
    );
    create index retention_run_by_time on retention_run (started_at);

    create index card_request_to_erase on card_request (ended_at) where erased_at is null and ended_at is not null;
    create index card_to_erase on card (changed_at)
      where erased_at is null and state in ('aborted', 'rejected', 'cancelled', 'locked', 'expired');
    create index photo_by_time on photo (created_at);
    create index holder_by_photo on holder (photo_id) where photo_id is not null;
    create index card_snapshot_by_photo on card_snapshot (photo_id) where photo_id is not null;
    create index card_request_by_holder on card_request (holder_id);
    -- The request or the card that a mail is about.
    create index mail_by_subject on mail ("left"(split_part(event_key, ':', 2), 36));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index mail_by_subject, card_request_by_holder, card_snapshot_by_photo, holder_by_photo, photo_by_time, card_to_erase, card_request_to_erase;
    drop table retention_run, erasure_to_finish;
  `);
}
