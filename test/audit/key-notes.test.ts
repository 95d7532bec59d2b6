/** Another key in the settings is found at the next start, and nobody learns a key from the note. */
import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Knex } from '../../src/kernel/db/database.js';
import { KeyRing } from '../../src/kernel/key-ring.js';
import { SecurityEvents } from '../../src/kernel/security-events.js';
import { secretsOfServer, secretsOfWorker } from '../../src/records/keys/held-secrets.js';
import { noteKeys } from '../../src/records/keys/key-notes.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const [old, next] = ['old', 'next'].map((id) => ({ id, key: randomBytes(32) })) as [
  { id: string; key: Buffer },
  { id: string; key: Buffer },
];

const config = {
  DOOR_SECRET: 'door'.repeat(8),
  CLI_SECRET: 'line'.repeat(8),
  BACKEND_SECRETS_FILE: { bureau: { token: 'a-token', webhookKey: 'whsec_first' } },
};

let database: TestDatabase;
let db: Knex;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
beforeEach(() => database.clear());
afterAll(() => database.drop());

/** Starts with these settings. @returns the lines of security events, and the rows that were written */
async function start(settings: Parameters<typeof secretsOfServer>[0] = config, keys = new KeyRing([old])) {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString('utf8')) as Record<string, unknown>);
      done();
    },
  });
  const before = await db('audit').pluck<string[]>('id');
  const security = new SecurityEvents({ log: pino(sink) });
  await noteKeys({ db, keys, security }, secretsOfServer(settings, keys));
  const rows = await db('audit').whereNotIn('id', before).orderBy('id');
  const told = lines.filter(({ event }) => event === 'keys-changed').map(({ details }) => details);
  return { told, rows: rows as { action: string; object_id: string; details: { secret: string } }[] };
}

test('the first start notes every key, the next one nothing', async () => {
  const first = await start();
  expect(first.told).toEqual([]);
  expect(first.rows.map(({ action, object_id, details }) => `${action} ${object_id} ${details.secret}`)).toEqual([
    'key-noted settings DOOR_SECRET',
    'key-noted settings CLI_SECRET',
    'key-noted settings SECRETS_KEYS',
    'key-noted bureau token',
    'key-noted bureau webhookKey',
  ]);
  expect(await start()).toEqual({ told: [], rows: [] });
});

test.each([
  ['the door', { ...config, DOOR_SECRET: 'x'.repeat(32) }, 'secrets settings', 'DOOR_SECRET'],
  ['the command line', { ...config, CLI_SECRET: 'x'.repeat(32) }, 'secrets settings', 'CLI_SECRET'],
  [
    'the webhooks of a backend',
    { ...config, BACKEND_SECRETS_FILE: { bureau: { token: 'a-token', webhookKey: 'whsec_other' } } },
    'backend bureau',
    'webhookKey',
  ],
  [
    'a backend’s token',
    { ...config, BACKEND_SECRETS_FILE: { bureau: { token: 'another', webhookKey: 'whsec_first' } } },
    'backend bureau',
    'token',
  ],
])('another key of %s is a row and an event, once', async (_whose, settings, what, secret) => {
  await start();
  const found = await start(settings);
  expect(found.told).toEqual([{ what, secret }]);
  expect(found.rows).toMatchObject([{ action: 'key-changed', actor: 'system', details: { secret } }]);
  expect(await start(settings)).toEqual({ told: [], rows: [] });
  // A key that comes back is a change again.
  expect((await start()).told).toEqual([{ what, secret }]);
});

test('another key that seals is told, and the others stay what they are', async () => {
  await start();
  const found = await start(config, new KeyRing([next, old]));
  expect(found.told).toEqual([{ what: 'secrets settings', secret: 'SECRETS_KEYS' }]);
  expect(found.rows.filter(({ action }) => action === 'key-changed')).toHaveLength(1);
  expect(await start(config, new KeyRing([next]))).toEqual({ told: [], rows: [] });
});

test('a key that took the place of another under the same id is told', async () => {
  await start();
  const { told } = await start(config, new KeyRing([{ id: 'old', key: randomBytes(32) }]));
  expect(told).toContainEqual({ what: 'secrets settings', secret: 'SECRETS_KEYS' });
});

test('of several workers that start at once with another key, one tells', async () => {
  const keys = new KeyRing([old]);
  const events: unknown[] = [];
  const security = { record: async (name: string) => void events.push(name) } as unknown as SecurityEvents;
  const begin = (WORKER_SECRET: string) => noteKeys({ db, keys, security }, secretsOfWorker({ WORKER_SECRET }));
  await begin('w'.repeat(32));
  await Promise.all([1, 2, 3].map(() => begin('v'.repeat(32))));
  expect(events).toEqual(['keys-changed']);
  expect(await db('audit').where({ action: 'key-changed' }).pluck('object_id')).toEqual(['settings']);
});

test('a note tells no key, and is of no use without the key that seals', async () => {
  const { rows } = await start();
  const text = JSON.stringify(rows);
  for (const secret of [config.DOOR_SECRET, config.CLI_SECRET, 'a-token', 'whsec_first'])
    expect(text).not.toContain(secret);
  const [one, other] = [new KeyRing([old]), new KeyRing([{ id: 'old', key: randomBytes(32) }])];
  expect(one.fingerprint('a-token', 'p', 'old')).not.toBe(other.fingerprint('a-token', 'p', 'old'));
  expect(one.fingerprint('a-token', 'p', 'old')).not.toBe(one.fingerprint('a-token', 'q', 'old'));
});
