import type { Knex } from 'knex';

/** Whose fault the last try of a mail was, and that an administrator may have failed mails sent again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table mail
      add column blame text check (blame in ('recipient', 'mailbox', 'sender', 'server')),
      add column tried_at timestamptz,
      -- From here on, not from created_at, a mail is tried for a day.
      add column sent_again_at timestamptz;
    create index mail_tried on mail (tried_at) where tried_at is not null;
    create index mail_failed on mail (id) where state = 'failed';
    create trigger mail_sent_again_wakes after update of sent_again_at on mail
      for each statement execute function wake_listener('mail');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger mail_sent_again_wakes on mail;
    drop index mail_failed, mail_tried;
    alter table mail drop column blame, drop column tried_at, drop column sent_again_at;
  `);
}
