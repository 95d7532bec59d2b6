import type { Knex } from 'knex';

/**
 * The chain of blocks that seals the audit log, and the erasure of personal data that leaves it whole.
 *
 * A writer's row is put on the list of what is not sealed yet by a trigger, in the writer's own transaction: both become
 * visible at the same moment, however late and in whatever order writers commit, so the sealer can neither miss a row nor
 * take one twice. What was approved, decided and logged stays immutable but for one thing: `erase_personal_data` may
 * replace personal data by the fact that it was erased.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table audit add column salt bytea default uuid_send(gen_random_uuid());
    -- Rows come nearly in the order of their times: this costs writers next to nothing.
    create index audit_by_time on audit using brin (at);

    -- Stands for the reason of a row in its seal: nobody can tell the reason from it once the salt is gone.
    create function audit_reason_digest(details jsonb, salt bytea) returns text language sql immutable as $$
      select case jsonb_typeof(details -> 'reason')
        when 'object' then concat(details -> 'reason' ->> 'digest', encode(salt, 'hex'))
        else encode(sha256(coalesce(salt, '') || convert_to(coalesce((details -> 'reason')::text, ''), 'UTF8')), 'hex') end
    $$;

    create table audit_block (
      number bigint primary key check (number >= 1),
      ids bigint[] not null check (cardinality(ids) > 0),
      -- SHA-256 of what each row said, 32 bytes each, in the order of ids.
      leaves bytea not null check (length(leaves) = 32 * cardinality(ids)),
      -- Hash of the block before; zeros in the first one.
      previous bytea not null check (length(previous) = 32),
      hash bytea not null check (length(hash) = 32),
      sealed_at timestamptz not null
    );
    create trigger audit_block_append_only before update or delete or truncate on audit_block
      for each statement execute function refuse_change();

    create table audit_unsealed (id bigint not null)
      with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
    insert into audit_unsealed select id from audit;
    create function list_unsealed() returns trigger language plpgsql as $$
    begin
      insert into audit_unsealed select id from appended;
      return null;
    end $$;
    create trigger audit_to_seal after insert on audit referencing new table as appended
      for each statement execute function list_unsealed();

    alter table card_request add column erased_at timestamptz;
    alter table card add column erased_at timestamptz;
    alter table holder add column erased_at timestamptz, add constraint holder_erased
      check (erased_at is null or (state = 'inactive' and account is null and photo_id is null and family_name = '(erased)'));

    create function erasing() returns boolean language sql stable as $$
      select coalesce(current_setting('cards.erasing', true), '') = 'on'
    $$;
    create function erased(anything text) returns text language sql immutable as $$
      select case when anything is not null then '(erased)' end
    $$;
    -- The elements of a card, without what they said of a person.
    create function erased_elements(elements jsonb) returns jsonb language sql immutable as $$
      select coalesce(jsonb_object_agg(key, case key when 'cardTypeName' then value else to_jsonb('(erased)'::text) end), '{}')
      from jsonb_each(elements)
    $$;

    create function refuse_unless_erasing() returns trigger language plpgsql as $$
    begin
      if erasing() then return null; end if;
      raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
    end $$;
    -- Even while erasing, a row becomes its erased form and nothing else.
    create function refuse_all_but_erasing() returns trigger language plpgsql as $$
    declare expected record := old;
    begin
      if tg_table_name = 'audit' then
        expected.salt := null;
        expected.details := jsonb_set(old.details, '{reason}', jsonb_build_object(
          'digest', audit_reason_digest(old.details, old.salt), 'erasedBy', new.details -> 'reason' -> 'erasedBy'));
      elsif tg_table_name = 'decision' then
        expected.reason := erased(old.reason);
        expected.holder_account := null;
      elsif tg_table_name = 'card_snapshot' then
        expected.data := erased_elements(old.data);
        expected.photo_id := null;
      end if;
      if new is distinct from expected then
        raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $$;

    drop trigger audit_append_only on audit;
    drop trigger decision_append_only on decision;
    drop trigger card_snapshot_immutable on card_snapshot;
    create trigger audit_append_only before delete or truncate on audit for each statement execute function refuse_change();
    create trigger audit_only_erased before update on audit for each statement execute function refuse_unless_erasing();
    create trigger audit_erased_form before update on audit for each row execute function refuse_all_but_erasing();
    create trigger decision_append_only before delete or truncate on decision for each statement execute function refuse_change();
    create trigger decision_only_erased before update on decision for each statement execute function refuse_unless_erasing();
    create trigger decision_erased_form before update on decision for each row execute function refuse_all_but_erasing();
    create trigger card_snapshot_immutable before delete or truncate on card_snapshot for each statement execute function refuse_change();
    create trigger card_snapshot_only_erased before update on card_snapshot for each statement execute function refuse_unless_erasing();
    create trigger card_snapshot_erased_form before update on card_snapshot for each row execute function refuse_all_but_erasing();
    create trigger photo_only_erased before delete or truncate on photo for each statement execute function refuse_unless_erasing();
    ${eraseRequestsAndCards}
    ${erasePhotos}
    ${eraseHolder}
  `);
}

/**
 * Of requests: reasons, the holder's account beside the decision, mails, commands to the engine. Of cards: what was
 * approved, reasons about their production, mails. Each gets an audit row that names the rows whose reason it erased.
 */
const eraseRequestsAndCards = `
  create function erase_personal_data(by_actor text, cause jsonb, requests uuid[], cards uuid[]) returns void language plpgsql as $$
  begin
    perform set_config('cards.erasing', 'on', true);
    with object as (
      select 'card-request' as type, r.id::text as id, r.card_id::text as card from card_request r where r.id = any(requests)
      union all select 'card', c.id::text, c.id::text from card c where c.id = any(cards)),
    told as (
      select o.type, o.id, a.id as row from object o join audit a on jsonb_typeof(a.details -> 'reason') = 'string' and (
        (a.object_type = o.type and a.object_id = o.id)
        -- The story of a card repeats the reason of its request.
        or (a.object_type = 'card' and a.object_id = o.card and a.action in ('card-approved', 'card-rejected', 'card-aborted')))),
    recorded as (
      insert into audit (actor, action, object_type, object_id, details)
      select by_actor, 'personal-data-erased', o.type, o.id, cause || jsonb_build_object('auditRows',
        (select coalesce(jsonb_agg(t.row order by t.row), '[]') from told t where t.type = o.type and t.id = o.id))
      from object o order by o.type, o.id returning id, object_type, object_id)
    update audit a set salt = null, details = jsonb_set(a.details, '{reason}', jsonb_build_object(
        'digest', audit_reason_digest(a.details, a.salt), 'erasedBy', r.id))
      from told t join recorded r on r.object_type = t.type and r.object_id = t.id where a.id = t.row;

    update card_request set reason = erased(reason), erased_at = now() where id = any(requests);
    update decision set reason = erased(reason), holder_account = null where request_id = any(requests);
    update card_snapshot set data = erased_elements(data), photo_id = null where card_id = any(cards);
    update production_order set reason = erased(reason), cancel_reason = erased(cancel_reason), spoilt_reason = erased(spoilt_reason)
      where card_id = any(cards);
    update production_result set details = details - 'reason' where card_id = any(cards);
    update card set erased_at = now() where id = any(cards);
    delete from engine_command where (request_id = any(requests) or card_id = any(cards)) and state <> 'pending';
    delete from mail where state <> 'sending' and (
      (split_part(event_key, ':', 1) in ('request-waiting', 'request-decided') and split_part(event_key, ':', 2) = any(requests::text[]))
      or (split_part(event_key, ':', 1) in ('card-secret', 'production-contradicted') and left(split_part(event_key, ':', 2), 36) = any(cards::text[])));
    perform set_config('cards.erasing', '', true);
  end $$;`;

/** Photos that neither a holder nor an approval refers to any more. */
const erasePhotos = `
  create function erase_photos(by_actor text, cause jsonb, photos uuid[]) returns integer language plpgsql as $$
  declare gone uuid[];
  begin
    perform set_config('cards.erasing', 'on', true);
    with deleted as (
      delete from photo p where p.id = any(photos)
        and not exists (select from holder h where h.photo_id = p.id)
        and not exists (select from card_snapshot s where s.photo_id = p.id)
      returning p.id)
    select array_agg(id order by id) from deleted into gone;
    perform set_config('cards.erasing', '', true);
    insert into audit (actor, action, object_type, object_id, details)
      select by_actor, 'personal-data-erased', 'photo', unnest(gone)::text, cause;
    return coalesce(cardinality(gone), 0);
  end $$;`;

/** A holder with everything that belongs to them. The caller has made sure that nothing of it is live. */
const eraseHolder = `
  create function erase_holder(by_actor text, why text, holder_to_erase uuid) returns void language plpgsql as $$
  declare
    cause jsonb := jsonb_build_object('cause', 'holder', 'holder', holder_to_erase);
    requests uuid[] := array(select id from card_request where holder_id = holder_to_erase);
    cards uuid[] := array(select id from card where holder_id = holder_to_erase);
    photos uuid[] := array(
      select photo_id from holder where id = holder_to_erase and photo_id is not null
      union select s.photo_id from card_snapshot s join card c on c.id = s.card_id where c.holder_id = holder_to_erase and s.photo_id is not null
      union select (a.details ->> 'photo')::uuid from audit a
        where a.object_type = 'holder' and a.object_id = holder_to_erase::text and a.action = 'photo-changed');
  begin
    perform erase_personal_data(by_actor, cause, requests, cards);
    update holder set employee_number = 'erased-' || id, given_name = '(erased)', family_name = '(erased)', email = 'erased-' || id,
      upn = 'erased-' || id, department = '', account = null, photo_id = null, erased_at = now(), updated_at = now()
      where id = holder_to_erase;
    perform erase_photos(by_actor, cause, photos);
    insert into audit (actor, action, object_type, object_id, details) values (by_actor, 'holder-erased', 'holder', holder_to_erase::text,
      jsonb_build_object('reason', why, 'requests', cardinality(requests), 'cards', cardinality(cards)));
  end $$;`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function erase_holder(text, text, uuid), erase_photos(text, jsonb, uuid[]), erase_personal_data(text, jsonb, uuid[], uuid[]);
    drop trigger photo_only_erased on photo;
    drop trigger card_snapshot_immutable on card_snapshot;
    drop trigger decision_append_only on decision;
    drop trigger audit_append_only on audit;
    drop function refuse_all_but_erasing, refuse_unless_erasing cascade;
    create trigger audit_append_only before update or delete or truncate on audit
      for each statement execute function refuse_change();
    create trigger decision_append_only before update or delete or truncate on decision
      for each statement execute function refuse_change();
    create trigger card_snapshot_immutable before update or delete or truncate on card_snapshot
      for each statement execute function refuse_change();
    drop function erased_elements(jsonb), erased(text), erasing();
    alter table holder drop constraint holder_erased, drop column erased_at;
    alter table card drop column erased_at;
    alter table card_request drop column erased_at;
    drop trigger audit_to_seal on audit;
    drop function list_unsealed();
    drop table audit_unsealed, audit_block;
    drop function audit_reason_digest(jsonb, bytea);
    drop index audit_by_time;
    alter table audit drop column salt;
  `);
}
