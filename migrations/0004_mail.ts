import type { Knex } from 'knex';

/**
 * The outbox of mails. A row is written in the transaction that causes the mail; `event_key` makes it one mail an event
 * and recipient. A row to a group is expanded into one row a person when it is sent, so that the group of that moment
 * is told. `sending` is set before the mail server is called: a row found in it after a crash is `unknown`, never sent
 * again by itself.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table mail (
      id bigint generated always as identity primary key,
      event_key text not null unique,
      to_account text,
      to_group text,
      except_accounts text[] not null default '{}',
      to_address text,
      subject text not null,
      body text not null,
      state text not null default 'pending'
        check (state in ('pending', 'expanded', 'sending', 'sent', 'failed', 'unknown')),
      attempts integer not null default 0,
      due_at timestamptz not null default now(),
      last_error text,
      created_at timestamptz not null default now(),
      ended_at timestamptz,
      check (num_nonnulls(to_account, to_group) = 1),
      check ((ended_at is null) = (state in ('pending', 'sending')))
    );
    create index mail_due on mail (due_at, id) where ended_at is null;
    create trigger mail_wakes after insert on mail
      for each statement execute function wake_listener('mail');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table mail');
}
