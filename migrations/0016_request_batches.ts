import type { Knex } from 'knex';

/**
 * Batch orders that request cards. Their requests have no process instance of their own: the batch order's carries all of
 * them, so a request belongs to an instance or to a batch order, never to both.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table card_request add column batch_id uuid references batch_order,
      add constraint card_request_one_process check (batch_id is null or process_instance_id is null);
    create index card_request_of_batch on card_request (batch_id) where batch_id is not null;

    alter table batch_order add column card_type text references card_type,
      -- Where its requests come from.
      add column source text check (source in ('tasklist', 'api')),
      add constraint batch_order_of_requests check ((kind = 'request') = (card_type is not null) and (kind = 'request') = (source is not null));

    alter table batch_row add column request_id uuid unique references card_request,
      -- Fingerprint of what the approvers are shown of the row.
      add column seen text,
      drop constraint batch_row_check1,
      add constraint batch_row_went_on check (state in ('chosen', 'skipped') or number is not null or request_id is not null or card_id is null);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table batch_row drop constraint batch_row_went_on, drop column seen, drop column request_id,
      add constraint batch_row_check1 check (state in ('chosen', 'skipped') or number is not null or card_id is null);
    alter table batch_order drop column source, drop column card_type;
    alter table card_request drop column batch_id;
  `);
}
