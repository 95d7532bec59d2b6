import type { Knex } from 'knex';

/** A request whose first step never succeeds can be aborted: no card has come to be of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    insert into request_transition values ('registered', 'aborted');
    alter table card_request drop constraint card_request_check,
      add constraint card_request_has_card check (
        state = 'aborted' or (card_id is null) = (state in ('registered', 'refused')));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table card_request drop constraint card_request_has_card,
      add constraint card_request_check check ((card_id is null) = (state in ('registered', 'refused')));
    delete from request_transition where from_state = 'registered' and to_state = 'aborted';
  `);
}
