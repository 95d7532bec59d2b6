import type { Knex } from 'knex';

/**
 * A card is valid through its last day, so a month from 1 December ends on 31 December, not on 1 January. From the 30th of
 * January it ends with February, which has no 30th. Cards that have an end keep it: it is printed on them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function last_day_of_validity(first_day date, months integer) returns date language sql immutable as $$
      select case when extract(day from same_day) = extract(day from first_day) then same_day - 1 else same_day end
      from cast(first_day + make_interval(months => months) as date) as same_day $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function last_day_of_validity(date, integer)');
}
