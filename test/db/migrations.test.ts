import { readFile } from 'node:fs/promises';
import { migrations } from '../../migrations/index.js';
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

test('a migration that fails leaves nothing behind, and the next run goes on', async () => {
  await database.knex.raw('create table mail (id int)');
  await expect(migrateToLatest(database.knex)).rejects.toThrow(/"mail" already exists/);
  await database.knex.raw('drop table mail');
  await migrateToLatest(database.knex);
  const { rows } = await database.knex.raw<{ rows: { name: string }[] }>(
    'select name from knex_migrations order by id',
  );
  expect(rows.map((row) => row.name)).toEqual(names);
});
