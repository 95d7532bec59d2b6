import type { Knex } from 'knex';

/**
 * A request keeps every account that its holder has had since it was made, in their order: the first is the one when it was
 * registered, the last the one when it is decided; null stands for none. None of them may approve it, whatever an import does
 * meanwhile. Triggers keep the list, so that no way of writing a holder goes past it. Accounts are compared in one form, which
 * is that of `canonicalAccount` in `src/domain/identities.ts`; a test compares the two.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function canonical_reference(name text) returns text language sql immutable strict return trim(regexp_replace(normalize(regexp_replace(normalize(name, NFKC),
        '[\\u00ad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890-\\u0891\\u08e2\\u115f-\\u1160\\u17b4-\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e' ||
        '\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\U000110bd\\U000110cd\\U00013430-\\U0001343f\\U0001bca0-\\U0001bca3' ||
        '\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff]', '', 'g'), NFKC), '\\s+', ' ', 'g'));
    create function canonical_account(name text) returns text language sql immutable strict
      return canonical_reference(lower(canonical_reference(name)));

    -- An account that another holder has in its one form is not theirs: it goes, and an administrator gives the right one.
    update holder h set account = case when c.turn = 1 then c.account end
    from (
      select id, canonical_account(account) as account,
        row_number() over (partition by canonical_account(account) order by account <> canonical_account(account), id) as turn
      from holder where account is not null) c
    where h.id = c.id and h.account is distinct from case when c.turn = 1 then c.account end;
    -- Looked at when a statement ends: holders who swap their accounts have none in between.
    drop index holder_account;
    alter table holder add constraint holder_account unique (account) deferrable initially immediate;
    alter table holder drop constraint holder_account_check,
      add constraint holder_account_canonical check (account = canonical_account(account) and account <> '');

    alter table card_request add column holder_accounts text[] not null default '{}';
    alter table decision add column holder_accounts text[];
    update card_request r set holder_accounts = array[h.account] from holder h where h.id = r.holder_id and r.erased_at is null;

    create function begin_holder_accounts() returns trigger language plpgsql as $$
    begin
      new.holder_accounts := array[(select account from holder where id = new.holder_id)];
      return new;
    end $$;
    create trigger card_request_holder_accounts before insert on card_request
      for each row execute function begin_holder_accounts();
    create function add_holder_account() returns trigger language plpgsql as $$
    begin
      update card_request set holder_accounts = holder_accounts || new.account where holder_id = new.id and ended_at is null;
      return null;
    end $$;
    create trigger holder_account_added after update of account on holder
      for each row when (old.account is distinct from new.account) execute function add_holder_account();
    create function forget_holder_accounts() returns trigger language plpgsql as $$
    begin
      new.holder_accounts := '{}';
      return new;
    end $$;
    create trigger card_request_accounts_erased before update of erased_at on card_request
      for each row when (new.erased_at is not null) execute function forget_holder_accounts();

    create function decided_holder_accounts() returns trigger language plpgsql as $$
    begin
      new.holder_accounts := (select holder_accounts from card_request where id = new.request_id);
      return new;
    end $$;
    create trigger decision_holder_accounts before insert on decision for each row execute function decided_holder_accounts();
    alter table decision drop constraint decision_not_by_requester, drop constraint decision_not_by_holder,
      add constraint decision_not_by_requester check (canonical_account(approver) <> canonical_account(requester)) not valid,
      add constraint decision_not_by_holder check (
        canonical_account(approver) <> holder_account and not canonical_account(approver) = any (holder_accounts)) not valid;

    create or replace function refuse_self_approval() returns trigger language plpgsql as $$
    declare
      decided decision;
    begin
      select * into decided from decision where request_id = new.request_id;
      if decided.decision <> 'approve' or canonical_account(new.approver) in (canonical_account(decided.requester), decided.holder_account)
        or canonical_account(new.approver) = any (decided.holder_accounts) then
        raise exception 'this approval does not count for the request'
          using errcode = 'check_violation', constraint = 'decision_approval_counts';
      end if;
      return new;
    end $$;
    drop index decision_approval_by_different_people;
    create unique index decision_approval_by_different_people on decision_approval (request_id, canonical_account(approver));

    create function erase_decided_accounts() returns trigger language plpgsql as $$
    begin
      new.holder_accounts := null;
      return new;
    end $$;
    -- By its name it comes after decision_erased_form, which looks at everything else.
    create trigger decision_holder_accounts_erased before update on decision for each row execute function erase_decided_accounts();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger decision_holder_accounts_erased on decision;
    drop trigger decision_holder_accounts on decision;
    drop trigger card_request_accounts_erased on card_request;
    drop trigger card_request_holder_accounts on card_request;
    drop trigger holder_account_added on holder;
    drop function erase_decided_accounts, decided_holder_accounts, forget_holder_accounts, add_holder_account, begin_holder_accounts;
    drop index decision_approval_by_different_people;
    create unique index decision_approval_by_different_people on decision_approval (request_id, lower(approver));
    create or replace function refuse_self_approval() returns trigger language plpgsql as $$
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
    alter table decision drop constraint decision_not_by_requester, drop constraint decision_not_by_holder, drop column holder_accounts,
      add constraint decision_not_by_requester check (lower(approver) <> lower(requester)),
      add constraint decision_not_by_holder check (lower(approver) <> lower(holder_account));
    alter table card_request drop column holder_accounts;
    alter table holder drop constraint holder_account_canonical, drop constraint holder_account,
      add constraint holder_account_check check (account = lower(account));
    create unique index holder_account on holder (account);
    drop function canonical_account, canonical_reference;
  `);
}
