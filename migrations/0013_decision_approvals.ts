import type { Knex } from 'knex';

/**
 * The approvals that a decision rests on, where a variant asks more than one person. Requester and holder are those of
 * the decision, so that no copy of them has to be erased one day.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table decision_approval (
      request_id uuid not null references decision,
      task text not null,
      approver text not null,
      task_id text not null,
      operation_id text not null,
      completed_at timestamptz not null,
      primary key (request_id, task)
    );
    create unique index decision_approval_by_different_people on decision_approval (request_id, lower(approver));

    create function refuse_self_approval() returns trigger language plpgsql as $$
    declare
      decided decision;
    begin
      select * into decided from decision where request_id = new.request_id;
      if decided.decision <> 'approve' or lower(new.approver) in (lower(decided.requester), lower(decided.holder_account)) then
        raise exception 'this approval does not count for the request'
          using errcode = 'check_violation', constraint = 'decision_approval_counts';
      end if;
      return new;
    end $$;
    create trigger decision_approval_counts before insert on decision_approval
      for each row execute function refuse_self_approval();
    create trigger decision_approval_append_only before update or delete or truncate on decision_approval
      for each statement execute function refuse_change();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table decision_approval; drop function refuse_self_approval()');
}
