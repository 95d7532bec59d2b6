import type { Knex } from 'knex';

/**
 * What became of a row, in words for both kinds of batch orders: a row `succeeded` when its card is produced or its request
 * approved, and is `withdrawn` when its card is cancelled or its request aborted. One statement renames all rows.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table batch_order rename column produced to succeeded;
    alter table batch_order rename column cancelled to withdrawn;
    alter table batch_row drop constraint batch_row_state_check;
    update batch_row set state = case state when 'produced' then 'succeeded' else 'withdrawn' end where state in ('produced', 'cancelled');
    alter table batch_row add constraint batch_row_state_check
      check (state in ('chosen', 'skipped', 'ordered', 'succeeded', 'failed', 'withdrawn'));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table batch_row drop constraint batch_row_state_check;
    update batch_row set state = case state when 'succeeded' then 'produced' else 'cancelled' end where state in ('succeeded', 'withdrawn');
    alter table batch_row add constraint batch_row_state_check
      check (state in ('chosen', 'skipped', 'ordered', 'produced', 'failed', 'cancelled'));
    alter table batch_order rename column withdrawn to cancelled;
    alter table batch_order rename column succeeded to produced;
  `);
}
