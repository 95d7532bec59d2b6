import type { Knex, Transaction } from './database.js';

/**
 * What the application may do with a table besides reading it; everything with those that are not named. Nothing that
 * proves anything can be changed or deleted: triggers refuse that to everyone, and only the owner can disable a trigger.
 */
export const granted: Readonly<Record<string, string>> = {
  audit: 'insert',
  audit_block: 'insert',
  audit_unsealed: 'delete',
  audit_fact: '',
  audit_alarm: 'insert, update',
  audit_anchor_place: 'insert, update',
  decision: 'insert',
  decision_approval: 'insert',
  card_snapshot: 'insert',
  layout_version: 'insert',
  photo: 'insert',
  use_case_change: 'insert',
  pending_change: 'insert, update',
  card: 'insert, update',
  card_request: 'insert, update',
  holder: 'insert, update',
  production_order: 'insert, update',
  production_result: 'insert, update',
  process_version: 'insert, update',
  deployment: 'insert, update',
  card_state: '',
  card_transition: '',
  request_state: '',
  request_transition: '',
  production_state: '',
  production_transition: '',
  knex_migrations: '',
  knex_migrations_lock: '',
};

const everything = 'insert, update, delete';

/**
 * Gives the application's role exactly what it needs, and takes away everything else that it had.
 * @param owner connected as the owner of the tables
 * @param role the application's role
 */
export async function grantApplication(owner: Knex, role: string): Promise<void> {
  await owner.transaction(async (trx) => {
    await trx.raw('revoke create on schema public from public');
    await trx.raw('grant usage on schema public to ??', [role]);
    for (const table of await tablesOf(trx)) {
      await trx.raw('revoke all on ?? from public, ??', [table, role]);
      const rights = ['select', granted[table] ?? everything].filter((each) => each !== '').join(', ');
      await trx.raw(`grant ${rights} on ?? to ??`, [table, role]);
    }
    const views = await trx('pg_views').where({ schemaname: 'public' }).pluck<string[]>('viewname');
    for (const view of views) await trx.raw('grant select on ?? to ??', [view, role]);
  });
}

async function tablesOf(trx: Transaction): Promise<string[]> {
  return trx('pg_tables').where({ schemaname: 'public' }).orderBy('tablename').pluck<string[]>('tablename');
}

/** True where the role of this connection could change the tables themselves: as their owner, or as a superuser. */
export async function ownsTables(db: Knex): Promise<boolean> {
  const {
    rows: [found],
  } = await db.raw<{ rows: { owns: boolean }[] }>(
    `select exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
       and pg_has_role(current_user, relowner, 'usage')) as owns`,
  );
  return found?.owns === true;
}
