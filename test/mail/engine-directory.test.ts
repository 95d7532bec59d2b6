import { randomBytes } from 'node:crypto';
import { technicalAccounts } from '../../src/domain/roles.js';
import { EngineClient } from '../../src/engine/client.js';
import { ensureGroup } from '../../src/engine/identity.js';
import { engineDirectory } from '../../src/records/mail/engine-directory.js';
import type { MailDirectory } from '../../src/records/mail/mail-types.js';
import { lentEngine } from '../support/engine.js';
import { addAccount } from '../fixtures/accounts.js';

const user = technicalAccounts.server;
const suffix = randomBytes(4).toString('hex');
const group = `tellgroup${suffix}`;
const accounts = [
  { id: `one${suffix}`, email: 'one@example.org' },
  { id: `two${suffix}`, email: '' },
];

let engine: EngineClient;
let directory: MailDirectory;

beforeAll(async () => {
  const connection = await lentEngine();
  engine = new EngineClient(new URL(connection.engineUrl).origin, connection.door);
  directory = engineDirectory(engine, user);
  await ensureGroup(engine, user, group, 'People to notify');
  for (const { id, email } of accounts)
    await addAccount(engine, id, { email, groups: [group], password: randomBytes(12).toString('hex') });
}, 150_000);
afterAll(() => engine.close());

test('finds the address of an account, if there is one', async () => {
  expect(await directory.emailOf(`one${suffix}`)).toBe('one@example.org');
  expect(await directory.emailOf(`two${suffix}`)).toBeNull();
  expect(await directory.emailOf(`no body/${suffix}`)).toBeNull();
});

test('finds the members of a group', async () => {
  expect(await directory.membersOf(group)).toEqual([
    { account: `one${suffix}`, email: 'one@example.org' },
    { account: `two${suffix}`, email: null },
  ]);
  expect(await directory.membersOf('nobodies')).toEqual([]);
});

test('an engine that is not there is no empty answer', async () => {
  const nowhere = new EngineClient('http://127.0.0.1:9', { id: 'door', secret: 'x'.repeat(32) });
  await expect(engineDirectory(nowhere, user).emailOf('one')).rejects.toMatchObject({ code: 'engine-unavailable' });
  await nowhere.close();
});
