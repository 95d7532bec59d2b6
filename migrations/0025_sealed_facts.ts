import type { Knex } from 'knex';

/**
 * What the seals of the audit log cover besides its rows: decisions, approvals and the ends of productions. A trigger
 * writes a fact for each, in the same transaction; a fact is sealed like a row and has its id from the same sequence. What
 * can be erased counts by a salted digest, as a reason does in a row of the log. Moves of cards are rows of the log
 * already. Blocks are signed, alarms are kept until someone acknowledges them, and so is how far each place of anchors is.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table audit_block
      add column key_id text,
      add column signature bytea check (length(signature) = 64),
      add constraint audit_block_signed_by check ((key_id is null) = (signature is null));

    create table audit_alarm (
      id bigint generated always as identity primary key,
      raised_at timestamptz not null default now(),
      -- What is wrong, the first of them.
      findings jsonb not null,
      finding_count integer not null,
      acknowledged_at timestamptz,
      acknowledged_by text,
      reason text,
      check (num_nonnulls(acknowledged_at, acknowledged_by, reason) in (0, 3))
    );
    create unique index audit_alarm_one_open on audit_alarm ((true)) where acknowledged_at is null;

    -- The newest anchor that a place outside the database took.
    create table audit_anchor_place (
      place text primary key,
      block bigint not null,
      hash text not null,
      anchored_at timestamptz not null
    );

    create table audit_fact (
      id bigint primary key default nextval('audit_id_seq'),
      kind text not null check (kind in ('decision', 'approval', 'production')),
      object_id text not null,
      content jsonb not null,
      -- SHA-256 of salt, name and value of what can be erased, by name.
      digests jsonb not null,
      salt bytea default uuid_send(gen_random_uuid())
    );
    create index audit_fact_by_object on audit_fact (kind, object_id, id);
    create trigger audit_fact_append_only before delete or truncate on audit_fact
      for each statement execute function refuse_change();
    create trigger audit_fact_only_erased before update on audit_fact
      for each statement execute function refuse_unless_erasing();
    create trigger audit_fact_to_seal after insert on audit_fact referencing new table as appended
      for each statement execute function list_unsealed();

    create function fact_digests(erasable jsonb, salt bytea) returns jsonb language sql immutable as $$
      select coalesce(jsonb_object_agg(key, encode(sha256(salt || convert_to(key || ' ' || value::text, 'UTF8')), 'hex')), '{}')
      from jsonb_each(erasable)
    $$;

    -- Times as text in UTC, whatever the session's zone; nested JSON as text, because facts are compared by what they hold.
    create function sealed_of(d decision) returns jsonb language sql stable set timezone = 'UTC' as $$
      select jsonb_build_object('decision', d.decision, 'cause', d.cause, 'approver', d.approver, 'requester', d.requester,
        'task_id', d.task_id, 'operation_id', d.operation_id, 'completed_at', d.completed_at, 'decided_at', d.decided_at)
    $$;
    create function erasable_of(d decision) returns jsonb language sql immutable as $$
      select jsonb_build_object('reason', d.reason, 'holder_account', d.holder_account, 'holder_accounts', to_jsonb(d.holder_accounts))
    $$;
    create function sealed_of(a decision_approval) returns jsonb language sql stable set timezone = 'UTC' as $$
      select jsonb_build_object('approver', a.approver, 'task_id', a.task_id, 'operation_id', a.operation_id, 'completed_at', a.completed_at)
    $$;
    create function sealed_of(o production_order) returns jsonb language sql stable set timezone = 'UTC' as $$
      select jsonb_build_object('backend', o.backend, 'state', o.state, 'ordered_by', o.ordered_by, 'ordered_at', o.ordered_at,
        'definition_id', o.definition_id, 'order_id', o.order_id, 'submitted_at', o.submitted_at, 'cancel_requested_by', o.cancel_requested_by,
        'ended_at', o.ended_at, 'reason_code', o.reason_code, 'batch_id', o.batch_id, 'evidence', o.evidence::text,
        'spoilt_by', o.spoilt_by, 'spoilt_at', o.spoilt_at)
    $$;
    create function erasable_of(o production_order) returns jsonb language sql immutable as $$
      select jsonb_build_object('reason', o.reason, 'cancel_reason', o.cancel_reason, 'spoilt_reason', o.spoilt_reason)
    $$;

    -- Everything that has to have a fact.
    create view provable as
      select 'decision' as kind, d.request_id::text as object_id, sealed_of(d) as content, erasable_of(d) as erasable from decision d
      union all select 'approval', a.request_id || ' ' || a.task, sealed_of(a), '{}' from decision_approval a
      union all select 'production', o.card_id || '/' || o.number, sealed_of(o), erasable_of(o) from production_order o where o.ended_at is not null;

    create function add_fact(kind text, object_id text, content jsonb, erasable jsonb) returns void
    language sql security definer set search_path = public, pg_temp as $$
      insert into audit_fact (kind, object_id, content, digests, salt)
      select kind, object_id, content, fact_digests(erasable, salt), salt from (select uuid_send(gen_random_uuid()) as salt) s
    $$;
    revoke execute on function add_fact(text, text, jsonb, jsonb) from public;

    create function note_fact() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
    begin
      if tg_table_name = 'decision' then
        perform add_fact('decision', new.request_id::text, sealed_of(new), erasable_of(new));
      elsif tg_table_name = 'decision_approval' then
        perform add_fact('approval', new.request_id || ' ' || new.task, sealed_of(new), '{}');
      else
        perform add_fact('production', new.card_id || '/' || new.number, sealed_of(new), erasable_of(new));
      end if;
      return null;
    end $$;
    create trigger decision_fact after insert on decision for each row execute function note_fact();
    create trigger decision_approval_fact after insert on decision_approval for each row execute function note_fact();
    create trigger production_fact after update on production_order for each row
      when (new.ended_at is not null and sealed_of(old) is distinct from sealed_of(new)) execute function note_fact();

    -- What is erased can be proven no longer; that it was erased is told by a row of the log.
    create function forget_salt() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
    begin
      if tg_table_name = 'decision' then
        update audit_fact set salt = null where kind = 'decision' and object_id = new.request_id::text;
      else
        update audit_fact set salt = null where kind = 'production' and object_id = new.card_id || '/' || new.number;
      end if;
      return null;
    end $$;
    create trigger decision_erased after update on decision for each row execute function forget_salt();
    create trigger production_erased after update on production_order for each row
      when (new.ended_at is not null and erasing()) execute function forget_salt();

    -- An order that has ended can still be declared spoilt, and gain evidence; nothing else about it changes.
    create function refuse_change_of_end() returns trigger language plpgsql as $$
    declare
      free text[] := array['evidence', 'spoilt_by', 'spoilt_at'];
    begin
      if sealed_of(old) - free <> sealed_of(new) - free or not new.evidence @> old.evidence or (old.spoilt_at is not null and
        (old.spoilt_by, old.spoilt_at) is distinct from (new.spoilt_by, new.spoilt_at)) or (not erasing() and
        (old.reason, old.cancel_reason) is distinct from (new.reason, new.cancel_reason)) then
        raise exception 'a production order that has ended is final' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $$;
    -- After the trigger of transitions, by its name: a move that is not allowed is refused as such.
    create trigger production_unchanged_after_end before update on production_order for each row
      when (old.ended_at is not null) execute function refuse_change_of_end();

    insert into audit_fact (kind, object_id, content, digests, salt)
      select kind, object_id, content, fact_digests(erasable, salt), salt
      from (select p.*, case when erased_at is null then uuid_send(gen_random_uuid()) end as salt from provable p
        left join lateral (select r.erased_at from card_request r where p.kind <> 'production' and r.id::text = split_part(p.object_id, ' ', 1)
          union all select c.erased_at from card c where p.kind = 'production' and c.id::text = split_part(p.object_id, '/', 1)) e on true) known;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger production_unchanged_after_end on production_order;
    drop trigger production_erased on production_order;
    drop trigger production_fact on production_order;
    drop trigger decision_erased on decision;
    drop trigger decision_approval_fact on decision_approval;
    drop trigger decision_fact on decision;
    drop function refuse_change_of_end(), forget_salt(), note_fact(), add_fact(text, text, jsonb, jsonb);
    drop view provable;
    drop function sealed_of(decision), sealed_of(decision_approval), sealed_of(production_order),
      erasable_of(decision), erasable_of(production_order), fact_digests(jsonb, bytea);
    delete from audit_unsealed u using audit_fact f where f.id = u.id;
    drop table audit_fact, audit_anchor_place, audit_alarm;
    alter table audit_block drop constraint audit_block_signed_by, drop column key_id, drop column signature;
  `);
}
