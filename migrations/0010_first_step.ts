import type { Knex } from 'knex';

/**
 * A card or request may be inserted together with its first step: one row version instead of two. The statements that
 * look up a step are static, so that PostgreSQL keeps their plans.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create or replace function refuse_transition() returns trigger language plpgsql as $$
    declare
      before text := case tg_op when 'INSERT' then 'registered' else old.state end;
      allowed boolean;
    begin
      if new.state = before then return new; end if;
      if tg_argv[0] = 'card_transition' then
        allowed := exists (select from card_transition where from_state = before and to_state = new.state);
      else
        allowed := exists (select from request_transition where from_state = before and to_state = new.state);
      end if;
      if not allowed then
        raise exception 'a % that is % cannot become %', tg_table_name, before, new.state
          using errcode = 'check_violation', constraint = tg_argv[0];
      end if;
      return new;
    end $$`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    create or replace function refuse_transition() returns trigger language plpgsql as $$
    declare allowed boolean;
    begin
      if tg_op = 'INSERT' then
        if new.state <> 'registered' then
          raise exception 'a new % begins as registered, not as %', tg_table_name, new.state
            using errcode = 'check_violation', constraint = tg_argv[0];
        end if;
        return new;
      end if;
      if old.state = new.state then return new; end if;
      execute format('select exists (select from %I where from_state = $1 and to_state = $2)', tg_argv[0])
        into allowed using old.state, new.state;
      if not allowed then
        raise exception 'a % that is % cannot become %', tg_table_name, old.state, new.state
          using errcode = 'check_violation', constraint = tg_argv[0];
      end if;
      return new;
    end $$`);
}
