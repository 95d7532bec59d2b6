import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as batchRowWords from '../../migrations/0026_batch_row_words.js';
import { migrations } from '../../migrations/index.js';
import { batchRowStates } from '../../src/domain/batch-states.js';
import { openDatabase } from '../../src/kernel/db/database.js';
import { migrateToLatest, rollbackAll } from '../../src/kernel/db/migrate.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { dumpSchema } from '../support/schema-dump.js';

const names = migrations.map((migration) => migration.name);

let database: TestDatabase;

beforeEach(async () => {
  database = await createEmptyDatabase();
});

afterEach(() => database.drop());

test('migrations are numbered without gaps or repeats', () => {
  expect(names).toEqual([...names].sort());
  expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1));
});

test('an empty database becomes what schema.sql says', async () => {
  expect(await migrateToLatest(database.knex)).toEqual(names);
  const committed = await readFile(new URL('../../migrations/schema.sql', import.meta.url), 'utf8');
  expect(await dumpSchema(database.knex)).toBe(committed);
});

test('a second run has nothing to do', async () => {
  await migrateToLatest(database.knex);
  expect(await migrateToLatest(database.knex)).toEqual([]);
});

test('of several that start at once, one migrates and the others find it done', async () => {
  const pools = Array.from({ length: 4 }, () => openDatabase(database.url, 2));
  try {
    const ran = await Promise.all(pools.map(migrateToLatest));
    expect(ran.filter((list) => list.length > 0)).toEqual([names]);
  } finally {
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
});

test('every migration can be taken back and made again', async () => {
  await database.knex.raw('create extension pg_trgm');
  const empty = await dumpSchema(database.knex);
  await migrateToLatest(database.knex);
  const full = await dumpSchema(database.knex);
  await rollbackAll(database.knex);
  expect(await dumpSchema(database.knex)).toBe(empty);
  expect(await migrateToLatest(database.knex)).toEqual(names);
  expect(await dumpSchema(database.knex)).toBe(full);
});

test('a migration that fails leaves nothing behind, and the next run continues', async () => {
  await database.knex.raw('create table mail (id int)');
  await expect(migrateToLatest(database.knex)).rejects.toThrow(/"mail" already exists/);
  await database.knex.raw('drop table mail');
  await migrateToLatest(database.knex);
  const { rows } = await database.knex.raw<{ rows: { name: string }[] }>(
    'select name from knex_migrations order by id',
  );
  expect(rows.map((row) => row.name)).toEqual(names);
});

test('rows of batch orders that have ended keep their meaning under the words for both kinds', async () => {
  const { knex } = database;
  await migrateToLatest(knex);
  await batchRowWords.down(knex);
  const [{ id }] = await knex('batch_order')
    .insert({
      ...{ id: randomUUID(), kind: 'issue', owner: 'producer', state: 'running', round: 1, ordered_by: 'producer' },
      ...{ round_began_at: new Date(), chosen: 6, skipped: 1, ordered: 4, produced: 1, failed: 1, cancelled: 1 },
    })
    .returning('id');
  const before = ['chosen', 'skipped', 'ordered', 'produced', 'failed', 'cancelled'];
  await knex('batch_row').insert(
    before.map((state, index) => ({ batch_id: id, ordinal: index + 1, state, code: 'left-out' })),
  );
  await batchRowWords.up(knex);
  expect(await knex('batch_row').orderBy('ordinal').pluck('state')).toEqual([...batchRowStates]);
  expect(await knex('batch_order').first('succeeded', 'failed', 'withdrawn', 'open')).toEqual({
    ...{ succeeded: 1, failed: 1, withdrawn: 1, open: 1 },
  });
  await expect(knex('batch_row').update({ state: 'produced' })).rejects.toThrow(/batch_row_state_check/);
  await batchRowWords.down(knex);
  expect(await knex('batch_row').orderBy('ordinal').pluck('state')).toEqual(before);
});
