import type { Knex } from 'knex';

/**
 * When each account signed in last, and indexes for lists and figures over a hundred thousand cards: lists are read
 * backwards by time and id, and rows that came in one statement have one time.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table account_sign_in (account text primary key, at timestamptz not null);
    insert into account_sign_in select account, max(created_at) from session group by account;
    create function note_sign_in() returns trigger language plpgsql as $$
    begin
      insert into account_sign_in values (new.account, new.created_at) on conflict (account) do update set at = excluded.at;
      return null;
    end $$;
    create trigger session_notes_sign_in after insert on session for each row execute function note_sign_in();

    create index card_by_time on card (created_at, id);
    drop index card_request_by_time;
    create index card_request_by_time on card_request (created_at, id);
    drop index card_request_by_requester;
    create index card_request_by_requester on card_request (requester, created_at, id);
    create index card_request_by_state on card_request (state, created_at, id);
    create index production_order_by_end on production_order (ended_at) where ended_at is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index production_order_by_end, card_request_by_state, card_request_by_requester, card_request_by_time, card_by_time;
    create index card_request_by_requester on card_request (requester, created_at desc);
    create index card_request_by_time on card_request (created_at desc, id);
    drop trigger session_notes_sign_in on session;
    drop function note_sign_in();
    drop table account_sign_in;
  `);
}
