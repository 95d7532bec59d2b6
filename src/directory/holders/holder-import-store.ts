import type { Knex, Transaction } from '../../kernel/db/database.js';
import type { ImportRow, RowProblem } from './holder-csv.js';

/** Nobody but readers gets at holders until the transaction ends, so that what was checked stays true. */
export async function lockHolders(trx: Transaction): Promise<void> {
  await trx.raw('lock table holder in share row exclusive mode');
}

/**
 * Puts the rows beside the holders that they mean, in a table of this transaction: `id` of the holder (a new one for
 * someone not known yet) and `changed`, the columns in which the file differs.
 * @param hasAccount whether the file says anything about accounts
 */
export async function stageRows(trx: Transaction, rows: readonly ImportRow[], hasAccount: boolean): Promise<void> {
  await trx.raw(`
    drop table if exists pg_temp.holder_import;
    create temporary table holder_import (
      "row" integer, employee_number text, given_name text, family_name text, email text, upn text, department text,
      state text, account text, id uuid, is_new boolean, old_state text, old_account text, changed text[]) on commit drop`);
  await trx.raw(
    `insert into holder_import
     select i."row", i.employee_number, i.given_name, i.family_name, i.email, i.upn, i.department, i.state,
       case when :hasAccount then i.account else h.account end,
       coalesce(h.id, gen_random_uuid()), h.id is null, h.state, h.account,
       array_remove(array[
         case when h.employee_number <> i.employee_number then 'employee_number' end,
         case when h.given_name <> i.given_name then 'given_name' end,
         case when h.family_name <> i.family_name then 'family_name' end,
         case when h.email <> i.email then 'email' end,
         case when h.upn <> i.upn then 'upn' end,
         case when h.department <> i.department then 'department' end,
         case when h.state <> i.state then 'state' end,
         case when h.id is not null and :hasAccount and h.account is distinct from i.account then 'account' end], null)
     from json_to_recordset(cast(:rows as json)) as i("row" integer, employee_number text, given_name text, family_name text,
       email text, upn text, department text, state text, account text)
     left join holder h on lower(h.employee_number) = lower(i.employee_number)`,
    { rows: JSON.stringify(rows), hasAccount },
  );
  await trx.raw('create index on holder_import (id); analyze holder_import');
}

const repeated = (field: string) => `
  select "row", '${field}' as field, 'is the same as in row ' || first_row as message
  from (select "row", min("row") over (partition by lower(${field})) as first_row from holder_import where ${field} is not null) r
  where "row" <> first_row`;

/** A value may go from one holder of the file to another; only someone who is not in the file keeps theirs. */
const taken = (field: string) => `
  select i."row", '${field}' as field, 'belongs to the holder with employee number ' || h.employee_number as message
  from holder_import i join holder h on lower(h.${field}) = lower(i.${field}) and h.id <> i.id
  where not exists (select from holder_import o where o.id = h.id)`;

/** An account that the file gives to a holder; one that a holder has already is not asked about. */
const unknownAccount = `
  select "row", 'account' as field, 'names no account: there is no "' || account || '"' as message
  from holder_import where account is not null and (is_new or 'account' = any(changed)) and account <> all(cast(:known as text[]))`;

const conflictsSql = `
  select "row", field, message, count(*) over () as total from (
    ${[unknownAccount, ...['employee_number', 'upn', 'email', 'account'].map(repeated), ...['upn', 'email', 'account'].map(taken)].join(' union all ')}
  ) c order by "row", field limit :limit`;

/**
 * What prevents the staged rows: values that must be unique and are not, in the file or among other holders, and accounts
 * that do not exist.
 */
export async function findConflicts(
  trx: Transaction,
  known: readonly string[],
  limit: number,
): Promise<{ problems: RowProblem[]; total: number }> {
  const { rows } = await trx.raw<{ rows: (RowProblem & { total: string })[] }>(conflictsSql, {
    known: [...known],
    limit,
  });
  return {
    problems: rows.map(({ row, field, message }) => ({ row, field, message })),
    total: Number(rows[0]?.total ?? 0),
  };
}

export interface ImportCounts {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
}

export async function countStaged(trx: Transaction): Promise<ImportCounts> {
  const { rows } = await trx.raw<{ rows: ImportCounts[] }>(`
    select count(*) filter (where is_new)::int as created,
      count(*) filter (where cardinality(changed) > 0)::int as changed,
      count(*) filter (where not is_new and cardinality(changed) = 0)::int as unchanged
    from holder_import`);
  return rows[0] ?? { created: 0, changed: 0, unchanged: 0 };
}

/**
 * Requests that wait while the account of their holder changes. Locked before the holder, as a decision does.
 * @returns each with the account before and after
 */
export async function lockWaitingRequests(
  trx: Transaction,
): Promise<{ requestId: string; from: string | null; to: string | null }[]> {
  const { rows } = await trx.raw<{ rows: { requestId: string; from: string | null; to: string | null }[] }>(`
    select r.id as "requestId", i.old_account as "from", i.account as "to"
    from card_request r join holder_import i on i.id = r.holder_id
    where r.ended_at is null and 'account' = any(i.changed) order by r.id for update of r`);
  return rows;
}

/** Writes the staged rows to the holders. */
export async function applyStaged(trx: Transaction): Promise<void> {
  // Unique indexes look at each row as it is written. Holders who swap an e-mail give up theirs first.
  await trx.raw(`
    update holder h set upn = h.id::text, email = h.id::text from holder_import i
    where i.id = h.id and i.changed && array['upn', 'email']`);
  await trx.raw(`
    update holder h set employee_number = i.employee_number, given_name = i.given_name, family_name = i.family_name,
      email = i.email, upn = i.upn, department = i.department, state = i.state, account = i.account, updated_at = now()
    from holder_import i where i.id = h.id and cardinality(i.changed) > 0`);
  await trx.raw(`
    insert into holder (id, employee_number, given_name, family_name, email, upn, department, state, account)
    select id, employee_number, given_name, family_name, email, upn, department, state, account
    from holder_import where is_new order by "row"`);
}

/**
 * One audit row a holder that the import creates or changes. Names the columns, not their values: the log is append-only,
 * and personal data in it could never be erased. An account is no such value: it says who may approve.
 */
export async function auditStaged(db: Knex, actor: string, importId: string): Promise<void> {
  await db.raw(
    `insert into audit (actor, action, object_type, object_id, from_state, to_state, details)
     select :actor, case when is_new then 'holder-created' else 'holder-changed' end, 'holder', id::text,
       case when 'state' = any(changed) then old_state end, case when is_new or 'state' = any(changed) then state end,
       jsonb_build_object('importId', cast(:importId as text)) ||
         case when is_new then '{}' else jsonb_build_object('columns', changed) end ||
         case when account is distinct from old_account
           then jsonb_build_object('account', jsonb_build_object('from', old_account, 'to', account)) else '{}' end
     from holder_import where is_new or cardinality(changed) > 0 order by "row"`,
    { actor, importId },
  );
}
