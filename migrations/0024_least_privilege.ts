import type { Knex } from 'knex';

/** What changes append-only tables by the product's own rules. */
const ofTheOwner = [
  'list_unsealed()',
  'erase_personal_data(text, jsonb, uuid[], uuid[])',
  'erase_photos(text, jsonb, uuid[])',
  'erase_holder(text, text, uuid)',
];

/**
 * The application's role does not own the tables and may not change append-only ones. What changes them by the product's
 * own rules (erasing personal data, noting rows to seal) runs as the owner, whoever calls it.
 */
export async function up(knex: Knex): Promise<void> {
  for (const name of ofTheOwner)
    await knex.raw(`alter function ${name} security definer set search_path = public, pg_temp`);
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ofTheOwner) await knex.raw(`alter function ${name} security invoker reset search_path`);
}
