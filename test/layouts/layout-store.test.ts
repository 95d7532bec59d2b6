import { randomUUID } from 'node:crypto';
import { listAudit } from '../../src/records/audit/audit-store.js';
import type { WrittenTemplate } from '../../src/cards/layouts/card-template.js';
import {
  addLayoutVersion,
  currentLayout,
  listLayouts,
  readLayoutVersion,
  storeShippedLayouts,
} from '../../src/cards/layouts/layout-store.js';
import { shippedLayouts } from '../../src/cards/layouts/shipped/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { front } from './people.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => database.clear());
afterAll(() => database.drop());

const store = () => database.knex.transaction((trx) => storeShippedLayouts(trx));
const add = (layout: string, template: WrittenTemplate, actor = 'ada') =>
  database.knex.transaction((trx) => addLayoutVersion(trx, actor, layout, template));
const plain = (fill: string): WrittenTemplate =>
  front({ kind: 'rectangle', box: { x: 0, y: 0, width: 10, height: 10 }, fill });
const newest = async () =>
  (await listLayouts(database.knex)).map(({ layout, version, createdBy }) => `${layout} ${version} ${createdBy}`);

test('the shipped layouts are stored once, for any number of starts', async () => {
  await store();
  await store();
  expect(await newest()).toEqual(['contractor 1 system', 'employee 1 system', 'visitor 1 system']);
  expect((await currentLayout(database.knex, 'employee'))?.template).toEqual(shippedLayouts['employee']);
  expect(
    (await listAudit(database.knex, { action: 'layout-version-added' }, 10)).map(({ objectId }) => objectId).sort(),
  ).toEqual(['contractor', 'employee', 'visitor']);
});

test('a shipped layout that changed with a release is a new version; the old one stays as it was', async () => {
  const old = await add('employee', plain('#112233'), 'system');
  await store();
  expect(await newest()).toContain('employee 2 system');
  expect((await readLayoutVersion(database.knex, old.id)).template).toEqual(plain('#112233'));
});

test('a layout that a person made is not changed by a release', async () => {
  await store();
  await add('employee', plain('#445566'));
  await store();
  expect(await newest()).toContain('employee 2 ada');
});

test('versions count on, the same again adds none, and going back is a new version', async () => {
  const first = await add('guest', plain('#000001'));
  expect(await add('guest', plain('#000001'))).toEqual(first);
  expect((await add('guest', plain('#000002'))).version).toBe(2);
  expect((await add('guest', plain('#000001'))).version).toBe(3);
});

test('of many who add a version at once, each gets one of its own', async () => {
  const added = await Promise.all(Array.from({ length: 8 }, (_, at) => add('guest', plain(`#00000${at}`))));
  expect(added.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a bad template is not stored, and a version that does not exist is reported', async () => {
  await expect(
    add('guest', front({ kind: 'text', text: '{pin}', box: { x: 0, y: 0, width: 9, height: 9 }, size: 6 })),
  ).rejects.toMatchObject({ code: 'layout-invalid' });
  expect(await newest()).toEqual([]);
  await expect(readLayoutVersion(database.knex, randomUUID())).rejects.toMatchObject({ code: 'layout-unknown' });
});

test('the database lets nobody change or remove a version', async () => {
  const { id } = await add('guest', plain('#000001'));
  await expect(database.knex('layout_version').where({ id }).update({ template: '{}' })).rejects.toThrow();
  await expect(database.knex('layout_version').where({ id }).delete()).rejects.toThrow();
});
