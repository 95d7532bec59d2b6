/** Every committed row is sealed once, at any time and in any order in which transactions end. */
import { appendAudit, type AuditRow } from '../../src/records/audit/audit-store.js';
import { readHead, sealAudit } from '../../src/records/audit/sealing/audit-sealer.js';
import { nothingOutside, verifyAudit } from '../../src/records/audit/verification/verify-audit.js';
import { openDatabase, type Knex } from '../../src/kernel/db/database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
afterAll(() => database.drop());
beforeEach(() => database.clear());

const row = (objectId: string): AuditRow => ({ actor: 'admin', action: 'option-set', objectType: 'option', objectId });

/** Ids in the order in which blocks hold them. */
async function sealedIds(): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    'select unnest(ids) as id from audit_block order by number',
  );
  return rows.map(({ id }) => id);
}

test('a transaction that ends late is sealed when it ends, and holds nobody up', async () => {
  const late = await db.transaction();
  await appendAudit(late, [row('late')]);
  const rolledBack = await db.transaction();
  await appendAudit(rolledBack, [row('never')]);
  await appendAudit(db, [row('in time')]);
  expect(await sealAudit(db)).toBe(1);
  expect(await sealedIds()).toEqual(['3']);
  await rolledBack.rollback();
  expect(await sealAudit(db)).toBe(0);
  await late.commit();
  expect(await sealAudit(db)).toBe(1);
  expect(await sealedIds()).toEqual(['3', '1']);
  expect(await verifyAudit(db)).toMatchObject({
    intact: true,
    rows: 2,
    blocks: 2,
    unsealed: { rows: 0, oldestAt: null },
  });
});

test('rows of a savepoint that is taken back are not sealed, those around it are', async () => {
  await db.transaction(async (trx) => {
    await appendAudit(trx, [row('before')]);
    await trx
      .transaction(async (inner) => {
        await appendAudit(inner, [row('taken back')]);
        await inner.rollback(new Error('taken back'));
      })
      .catch(() => undefined);
    await appendAudit(trx, [row('after')]);
  });
  expect(await sealAudit(db)).toBe(2);
  expect(await sealedIds()).toEqual(['1', '3']);
});

test('servers that seal while others write, commit late and roll back miss nothing and take nothing twice', async () => {
  const pools = Array.from({ length: 3 }, () => openDatabase(database.url, 2));
  let writing = true;
  const sealing = pools.map(async (pool) => {
    while (writing) await sealAudit(pool, { blockRows: 5 });
  });
  const write = async (writer: number) => {
    for (let turn = 0; turn < 40; turn += 1) {
      const trx = await db.transaction();
      await appendAudit(trx, [row(`${writer}-${turn}`), row(`${writer}-${turn}-again`)]);
      // Keeps some open across a few blocks.
      if (turn % 4 === writer % 4) await trx.raw('select pg_sleep(0.02)');
      await (turn % 5 === 0 ? trx.rollback() : trx.commit());
    }
  };
  await Promise.all([0, 1, 2, 3, 4, 5].map(write));
  writing = false;
  await Promise.all(sealing);
  await sealAudit(db, { blockRows: 5 });
  const committed = await db('audit').orderBy('id').pluck<string[]>('id');
  expect(committed).toHaveLength(6 * 32 * 2);
  expect((await sealedIds()).sort((a, b) => Number(a) - Number(b))).toEqual(committed);
  expect(await verifyAudit(db)).toMatchObject({ intact: true, rows: committed.length });
  await Promise.all(pools.map((pool) => pool.destroy()));
}, 120_000);

test('a sealer that dies in the middle leaves its rows to the next one', async () => {
  await appendAudit(db, [row('one')]);
  await db.raw(`create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`);
  await db.raw('create trigger die before insert on audit_block for each row execute function die()');
  await expect(sealAudit(db)).rejects.toThrow('killed');
  await db.raw('drop trigger die on audit_block; drop function die()');
  expect(await sealAudit(db)).toBe(1);
  expect(await sealAudit(db)).toBe(0);
});

test('a row that someone removed before it was sealed is reported', async () => {
  await appendAudit(db, [row('one'), row('two'), row('three')]);
  const remove = (id: number) =>
    db.transaction(async (trx) => {
      await trx.raw(`set local session_replication_role = 'replica'`);
      await trx('audit').where({ id }).delete();
    });
  await remove(2);
  expect((await verifyAudit(db)).findings).toMatchObject([{ kind: 'row-deleted', row: '2', block: null }]);
  await sealAudit(db);
  expect((await verifyAudit(db)).findings).toMatchObject([{ kind: 'row-deleted', row: '2', block: '1' }]);
});

test('what is not sealed yet is counted, with its age', async () => {
  await appendAudit(db, [row('one')]);
  await sealAudit(db);
  await appendAudit(db, [row('two'), row('three')]);
  const { at } = await db('audit').where({ id: 2 }).first<{ at: Date }>('at');
  expect(await verifyAudit(db)).toMatchObject({
    intact: true,
    rows: 1,
    unsealed: { rows: 2, oldestAt: at.toISOString() },
    head: await readHead(db),
    anchors: null,
  });
});

test('blocks cannot be changed or removed', async () => {
  await appendAudit(db, [row('one')]);
  await sealAudit(db);
  for (const sql of ['update audit_block set number = 2', 'delete from audit_block', 'truncate audit_block']) {
    await expect(db.raw(sql)).rejects.toThrow('append-only');
  }
});

test('a log that is upgraded is sealed from its beginning', async () => {
  await appendAudit(db, [row('one'), row('two')]);
  await db.raw('truncate audit_unsealed; insert into audit_unsealed select id from audit');
  expect(await sealAudit(db, { blockRows: 1 })).toBe(2);
  expect(await verifyAudit(db)).toMatchObject({ intact: true, blocks: 2 });
});

test('a long log is looked at a few blocks at a time', async () => {
  await db.raw(`insert into audit (actor, action, object_type, object_id, details)
    select 'admin', 'option-set', 'option', 'o' || g, jsonb_build_object('text', repeat('x', 300), 'reason', 'r' || g) from generate_series(1, 25000) g`);
  await sealAudit(db);
  const seen: [number, number][] = [];
  const report = await verifyAudit(db, nothingOutside, ({ blocks, ofBlocks }) => seen.push([blocks, ofBlocks]));
  expect(report).toMatchObject({ intact: true, rows: 25_000, blocks: 25 });
  expect(seen).toEqual([
    [10, 25],
    [20, 25],
    [25, 25],
  ]);
}, 120_000);
