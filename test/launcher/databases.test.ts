import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../src/kernel/db/database.js';
import { ownsTables } from '../../src/kernel/db/grants.js';
import { migrateAsOwner, migrateToLatest } from '../../src/kernel/db/migrate.js';
import { createDatabases } from '../../launcher/databases.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';

let server: TestDatabase;
let name: string;

beforeEach(async () => {
  server = await createEmptyDatabase();
  name = `t_${randomBytes(4).toString('hex')}`;
});
afterEach(async () => {
  await server.knex.raw('drop database if exists ??', [name]);
  for (const role of [name, `${name}_owner`]) await server.knex.raw('drop role if exists ??', [role]);
  await server.drop();
});

function addressOf(user: string): string {
  return Object.assign(new URL(server.url), { username: user, password: 'secret', pathname: `/${name}` }).href;
}

const withOwner = () => [{ name, owner: `${name}_owner`, roles: { [`${name}_owner`]: 'secret', [name]: 'secret' } }];

test('makes an owner and an application, of which only the owner owns the tables', async () => {
  await createDatabases(server.url, withOwner());
  await migrateAsOwner(addressOf(`${name}_owner`), name);
  await createDatabases(server.url, withOwner());
  const application = openDatabase(addressOf(name), 2);
  expect(await ownsTables(application)).toBe(false);
  await expect(application.raw('delete from audit')).rejects.toThrow('permission denied');
  await application.destroy();
});

test('gives the tables of an earlier installation to the owner, with what is in them', async () => {
  await createDatabases(server.url, [{ name, owner: name, roles: { [name]: 'secret' } }]);
  const before = openDatabase(addressOf(name), 2);
  await migrateToLatest(before);
  await before.raw(
    `insert into audit (actor, action, object_type, object_id) values ('ada', 'tried', 'option', 'one')`,
  );
  await before.destroy();
  await createDatabases(server.url, withOwner());
  expect(await migrateAsOwner(addressOf(`${name}_owner`), name)).toEqual([]);
  const after = openDatabase(addressOf(name), 2);
  expect(await ownsTables(after)).toBe(false);
  expect(await after('audit').pluck('object_id')).toEqual(['one']);
  await expect(after.raw('drop table audit')).rejects.toThrow('must be owner');
  await after.destroy();
});

test('lets nobody else connect', async () => {
  await createDatabases(server.url, withOwner());
  const stranger = openDatabase(Object.assign(new URL(server.applicationUrl), { pathname: `/${name}` }).href, 1);
  await expect(stranger.raw('select 1')).rejects.toThrow('permission denied for database');
  await stranger.destroy();
});
