import { normalisePhoto } from '../../src/directory/holders/photo.js';
import { seedReferenceData, seedSampleData } from '../../src/sample-data/seed.js';
import { listCardTypes } from '../../src/directory/card-types/card-type-store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => database.clear());
afterAll(() => database.drop());

test('fills an empty installation, quickly and once', async () => {
  const started = performance.now();
  const created = await seedSampleData(database.knex);
  expect(performance.now() - started).toBeLessThan(15_000);
  expect(created).toBe(266);
  expect(await seedSampleData(database.knex)).toBe(0);
  const { rows } = await database.knex.raw<{ rows: unknown[] }>(`
    select count(*)::int as holders, count(*) filter (where state = 'inactive')::int as inactive,
      count(*) filter (where photo_id is null)::int as "withoutPhoto",
      count(*) filter (where state = 'active' and photo_id is not null)::int as ready,
      count(distinct department)::int as departments, count(distinct photo_id)::int as photos,
      (select count(distinct sha256)::int from photo) as drawings
    from holder`);
  expect(rows).toEqual([
    { holders: 266, inactive: 22, withoutPhoto: 26, ready: 222, departments: 10, photos: 240, drawings: 240 },
  ]);
});

test('two servers that start at once fill it in once', async () => {
  const { knex } = database;
  let seeding: Promise<number[]> = Promise.resolve([]);
  await knex.transaction(async (trx) => {
    await trx.raw('lock table holder in share row exclusive mode');
    seeding = Promise.all([seedSampleData(knex), seedSampleData(knex)]);
    await eventually('both wait to write holders', 20_000, async () => {
      const { rows } = await knex.raw<{ rows: unknown[] }>(
        `select from pg_locks where relation = 'holder'::regclass and not granted`,
      );
      return rows.length === 2;
    });
  });
  expect((await seeding).sort()).toEqual([0, 266]);
});

test('approver and operator are holders too, active and with a photo', async () => {
  await seedSampleData(database.knex);
  const rows = await database
    .knex('holder')
    .whereNotNull('account')
    .orderBy('account')
    .select('account', 'state', 'given_name', 'photo_id');
  expect(rows).toEqual([
    { account: 'approver', state: 'active', given_name: 'Anna', photo_id: expect.any(String) },
    { account: 'operator', state: 'active', given_name: 'Olga', photo_id: expect.any(String) },
  ]);
});

test('every person leaves an audit row, and each drawing would pass as an upload', async () => {
  await seedSampleData(database.knex);
  expect(await database.knex('audit').where({ actor: 'system', action: 'holder-created' })).toHaveLength(266);
  const photo = await database.knex('photo').first<{ bytes: Buffer }>('bytes');
  await expect(normalisePhoto(photo.bytes)).resolves.toMatchObject({ contentType: 'image/jpeg' });
});

test('card types are there with or without sample data, and stay as an administrator left them', async () => {
  await seedReferenceData(database.knex);
  const shipped = { backend: null, separateProducer: false };
  expect(await listCardTypes(database.knex)).toEqual([
    {
      ...shipped,
      id: 'employee',
      name: 'Employee card',
      photoRequired: true,
      chip: true,
      validityMonths: 60,
      layout: 'employee',
      numberRange: 'employee',
      position: 1,
    },
    {
      ...shipped,
      id: 'contractor',
      name: 'Contractor card',
      photoRequired: true,
      chip: true,
      validityMonths: 12,
      layout: 'contractor',
      numberRange: 'contractor',
      position: 2,
    },
    {
      ...shipped,
      id: 'visitor',
      name: 'Visitor card',
      photoRequired: false,
      chip: false,
      validityMonths: 1,
      layout: 'visitor',
      numberRange: 'visitor',
      position: 3,
    },
  ]);
  await database.knex('card_type').where({ id: 'visitor' }).update({ name: 'Guest card' });
  await seedReferenceData(database.knex);
  expect((await listCardTypes(database.knex)).map((type) => type.name)).toContain('Guest card');
  expect(await database.knex('audit').where({ action: 'card-type-created' })).toHaveLength(3);
});

test('card types of an installation from before production get once what production needs', async () => {
  const { knex } = database;
  await knex('card_type').insert([
    { id: 'employee', name: 'Staff', photo_required: true, position: 7 },
    { id: 'robot', name: 'Robot', photo_required: false, position: 8 },
  ]);
  await seedReferenceData(knex);
  const readTypes = async () => new Map((await listCardTypes(knex)).map((type) => [type.id, type]));
  const types = await readTypes();
  expect(types.get('employee')).toMatchObject({
    name: 'Staff',
    chip: true,
    validityMonths: 60,
    numberRange: 'employee',
    layout: 'employee',
    position: 7,
  });
  expect(types.get('robot')).toMatchObject({ chip: false, numberRange: null, layout: null });
  await knex('card_type').where({ id: 'employee' }).update({ number_range: null, layout: null, chip: false });
  await seedReferenceData(knex);
  expect((await readTypes()).get('employee')).toMatchObject({ chip: false, numberRange: null, layout: null });
});
