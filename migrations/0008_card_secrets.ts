import type { Knex } from 'knex';

/**
 * Card numbers taken from their range in one statement, PIN letters on their way to the backend that prints them, and
 * mails whose secret part is sealed elsewhere. A mail that was sent, or may have been, erases its secret in the same
 * transaction, whichever way it came to its end.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function take_numbers(range_id text, how_many integer) returns setof text language plpgsql as $$
    declare taken record;
    begin
      update number_range set next_number = next_number + how_many
        where id = range_id and next_number + how_many <= power(10::numeric, digits)
        returning prefix, digits, suffix, next_number - how_many as first into taken;
      if not found then
        raise exception 'the number range % has not % numbers left', range_id, how_many
          using errcode = 'check_violation', constraint = 'number_range_exhausted';
      end if;
      return query select taken.prefix || lpad(n::text, taken.digits, '0') || taken.suffix
        from generate_series(taken.first, taken.first + how_many - 1) as n;
    end $$;

    create table secret_letter (
      card_id uuid not null,
      number integer not null,
      due_at timestamptz not null default now(),
      attempts integer not null default 0,
      last_error text,
      created_at timestamptz not null default now(),
      primary key (card_id, number),
      foreign key (card_id, number) references production_order
    );
    create index secret_letter_due on secret_letter (due_at);
    create trigger secret_letter_wakes after insert on secret_letter
      for each statement execute function wake_listener('secret_letter');

    alter table mail drop constraint mail_check;
    alter table mail add constraint mail_has_recipient
      check (num_nonnulls(to_account, to_group) = 1 or (to_account is null and to_group is null and to_address is not null));
    alter table mail add column secret_card_id uuid;
    alter table mail add column secret_number integer;
    alter table mail add constraint mail_secret foreign key (secret_card_id, secret_number) references production_order match full;
    create index mail_by_secret on mail (secret_card_id, secret_number) where secret_card_id is not null;

    create function erase_mailed_secret() returns trigger language plpgsql as $$
    begin
      delete from card_secret where card_id = new.secret_card_id and number = new.secret_number and delivery = 'e-mail';
      return null;
    end $$;
    create trigger mail_erases_secret after update of state on mail
      for each row when (new.secret_card_id is not null and new.state in ('sent', 'unknown'))
      execute function erase_mailed_secret();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger mail_erases_secret on mail;
    drop function erase_mailed_secret();
    delete from mail where num_nonnulls(to_account, to_group) <> 1;
    alter table mail drop constraint mail_secret, drop column secret_card_id, drop column secret_number,
      drop constraint mail_has_recipient, add constraint mail_check check (num_nonnulls(to_account, to_group) = 1);
    drop table secret_letter;
    drop function take_numbers(text, integer);
  `);
}
