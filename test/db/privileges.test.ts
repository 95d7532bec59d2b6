/** What the application's role may do: PostgreSQL refuses everything that would change or hide what is on record. */
import { openDatabase, type Knex } from '../../src/kernel/db/database.js';
import { granted, grantApplication, ownsTables } from '../../src/kernel/db/grants.js';
import { migrateAsOwner, prepareSchema } from '../../src/kernel/db/migrate.js';
import { appendAudit } from '../../src/records/audit/audit-store.js';
import { sealAudit } from '../../src/records/audit/sealing/audit-sealer.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let application: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  application = openDatabase(database.applicationUrl, 2);
  await appendAudit(application, [{ actor: 'ada', action: 'tried', objectType: 'option', objectId: 'one' }]);
  await sealAudit(application);
  await appendAudit(application, [{ actor: 'ada', action: 'tried', objectType: 'option', objectId: 'two' }]);
});
afterAll(async () => {
  await application.destroy();
  await database.drop();
});

const refused = /permission denied|must be owner|must be able to SET ROLE/;

describe('as the role of the application', () => {
  test.each([
    `update audit set actor = 'nobody'`,
    'delete from audit',
    'truncate audit',
    'update audit_block set hash = previous',
    'delete from audit_block',
    'insert into audit_unsealed values (1)',
    `update decision set approver = 'nobody'`,
    'delete from decision',
    'delete from decision_approval',
    'update card_snapshot set data = data',
    'delete from photo',
    'update layout_version set version = 2',
    'update use_case_change set actor = actor',
    'delete from card',
    'delete from card_request',
    'delete from production_order',
    'delete from production_result',
    'delete from card_transition',
    `insert into card_transition values ('issued', 'approved')`,
    'delete from knex_migrations',
    'alter table audit disable trigger all',
    'drop trigger audit_append_only on audit',
    'drop table audit',
    'alter table audit owner to current_user',
    `create or replace function refuse_change() returns trigger language plpgsql as 'begin return null; end'`,
    'create table more (id integer)',
    'create function mine() returns integer language sql as $$ select 1 $$',
    `set session_replication_role = 'replica'`,
    'drop function erase_holder(text, text, uuid)',
    'grant all on audit to current_user',
  ])('%s is refused by PostgreSQL', async (sql) => {
    const granting = sql.startsWith('grant');
    // A grant by one who may not is a warning in PostgreSQL, and changes nothing.
    if (granting) await application.raw(sql);
    await expect(application.raw(granting ? 'delete from audit' : sql)).rejects.toThrow(refused);
  });

  test('every table of the list exists, and what is not on it can be worked with', async () => {
    const tables = await database.knex('pg_tables').where({ schemaname: 'public' }).pluck<string[]>('tablename');
    expect(tables).toEqual(expect.arrayContaining(Object.keys(granted)));
    for (const table of tables) await application(table).limit(1);
  });

  test('no append-only table has a right to update or delete', async () => {
    const { rows } = await database.knex.raw<{ rows: { name: string }[] }>(
      `select distinct c.relname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
       where p.proname in ('refuse_change', 'refuse_unless_erasing', 'refuse_all_but_erasing')`,
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const { name } of rows) expect(['', 'insert']).toContain(granted[name]);
  });

  test('the tables are not its own, and a superuser is distinguished', async () => {
    expect(await ownsTables(application)).toBe(false);
    expect(await ownsTables(database.knex)).toBe(true);
  });
});

describe('migrating', () => {
  let empty: TestDatabase;
  beforeEach(async () => {
    empty = await createEmptyDatabase();
  });
  afterEach(() => empty.drop());

  test('as the owner leaves the application nothing but its rights, and is done once', async () => {
    expect((await migrateAsOwner(empty.url, 'cards_application')).length).toBeGreaterThan(0);
    expect(await migrateAsOwner(empty.url, 'cards_application')).toEqual([]);
    const app = openDatabase(empty.applicationUrl, 1);
    await expect(app.raw('delete from audit')).rejects.toThrow(refused);
    await prepareSchema(app, undefined);
    await empty.knex('knex_migrations').where({ name: '0017_search_indexes' }).delete();
    await expect(prepareSchema(app, undefined)).rejects.toThrow('lacks 1 migrations (0017_search_indexes first)');
    await app.destroy();
  });

  test('takes over the tables of an installation that ran as one role, with all that is in them', async () => {
    await empty.knex.raw('grant create on schema public to cards_application; create extension pg_trgm');
    const app = openDatabase(empty.applicationUrl, 2);
    await prepareSchema(app, undefined);
    await appendAudit(app, [{ actor: 'ada', action: 'tried', objectType: 'option', objectId: 'before' }]);
    expect(await ownsTables(app)).toBe(true);
    await prepareSchema(app, empty.url);
    expect(await ownsTables(app)).toBe(false);
    expect(await app('audit').pluck('object_id')).toEqual(['before']);
    await expect(app.raw('alter table audit disable trigger all')).rejects.toThrow(refused);
    await appendAudit(app, [{ actor: 'ada', action: 'tried', objectType: 'option', objectId: 'after' }]);
    await app.destroy();
  });

  test('as the application, with the address of the application as the owner’s, is refused', async () => {
    await expect(migrateAsOwner(empty.applicationUrl, 'cards_application')).rejects.toThrow('name the same role');
  });
});

test('rights are given anew at each migration, so that more of them do not stay', async () => {
  await database.knex.raw('grant delete on audit to cards_application');
  await grantApplication(database.knex, 'cards_application');
  await expect(application.raw('delete from audit')).rejects.toThrow('permission denied');
});

/** Columns of sealed tables that change, or say nothing, after the end. */
const unsealed: Readonly<Record<string, readonly string[]>> = {
  decision: ['request_id'],
  decision_approval: ['request_id', 'task'],
  production_order: [
    ...['card_id', 'number', 'process_instance_id', 'task_id', 'body', 'call_began_at', 'in_doubt_since', 'claimed_by'],
    ...['claimed_until', 'due_at', 'attempts', 'cancel_sent_at', 'turn'],
  ],
};

test.each(Object.keys(unsealed))('every column of %s is sealed, erasable, or named here', async (table) => {
  const columns = await database
    .knex('information_schema.columns')
    .where({ table_schema: 'public', table_name: table })
    .pluck<string[]>('column_name');
  const { rows } = await database.knex.raw<{ rows: { sealed: string[] }[] }>(
    `select array(select jsonb_object_keys(sealed_of(null::${table}))
       union select jsonb_object_keys(${table === 'decision_approval' ? `'{}'::jsonb` : `erasable_of(null::${table})`})) as sealed`,
  );
  expect([...(rows[0]?.sealed ?? []), ...(unsealed[table] ?? [])].sort()).toEqual(columns.sort());
});
