import { randomBytes } from 'node:crypto';
import type { Knex } from '../../src/kernel/db/database.js';
import { CardSecrets } from '../../src/production/secrets/card-secrets.js';
import { KeyRing } from '../../src/kernel/key-ring.js';
import { rotateSecrets } from '../../src/production/secrets/secret-rotation.js';
import { KnownPlaces } from '../../src/web/sign-in/known-places.js';
import { SecondFactors } from '../../src/web/sign-in/second-factors.js';
import { SignInThrottle } from '../../src/web/sign-in/throttle.js';
import { canaries, orderedCard, pin, puk } from '../fixtures/card-secrets.js';
import { installed } from '../fixtures/installation.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
beforeEach(async () => {
  await database.clear();
  await installed(db);
});
afterAll(() => database.drop());

const key = (id: string) => ({ id, key: randomBytes(32) });
const [old, current] = [key('old'), key('current')];
const before = new KeyRing([old]);
const ring = new KeyRing([current, old]);

async function sealedCards(count: number, keys: KeyRing) {
  const secrets = new CardSecrets(keys, canaries);
  const orders = [];
  for (let card = 0; card < count; card += 1) {
    const order = await orderedCard(db);
    await db.transaction((trx) => secrets.makeSecrets(trx, [{ ...order, chip: true }]));
    orders.push(order);
  }
  return orders;
}

const keysInUse = async () => await db('card_secret').distinct('key_id').orderBy('key_id').pluck<string[]>('key_id');

test('seals everything again, set by set, and names the keys that are no longer needed', async () => {
  const orders = await sealedCards(260, before);
  const [young] = await sealedCards(1, ring);
  const sealed = await db('card_secret').where({ card_id: young?.cardId }).pluck('sealed');
  expect(await rotateSecrets(db, ring, 'admin')).toEqual({
    currentKey: 'current',
    resealed: 520,
    unneededKeys: ['old'],
    unreadable: [],
  });
  expect(await keysInUse()).toEqual(['current']);
  const withoutOld = new CardSecrets(new KeyRing([current]));
  for (const order of [...orders.slice(0, 3), ...orders.slice(-3)])
    expect([...(await withoutOld.openSecrets(db, [order])).values()]).toEqual([{ pin, puk }]);
  expect(await db('card_secret').where({ card_id: young?.cardId }).pluck('sealed')).toEqual(sealed);
  expect(await db('audit').where({ action: 'secrets-rotated' })).toMatchObject([
    { actor: 'admin', object_id: 'current', details: { resealed: 520 } },
  ]);
});

test('a second time has nothing to do', async () => {
  await sealedCards(2, before);
  await rotateSecrets(db, ring, 'admin');
  expect(await rotateSecrets(db, ring, 'admin')).toMatchObject({ resealed: 0, unneededKeys: ['old'] });
});

test('two at once seal each secret once', async () => {
  await sealedCards(30, before);
  const done = await Promise.all([rotateSecrets(db, ring, 'admin'), rotateSecrets(db, ring, 'admin2')]);
  expect(done[0].resealed + done[1].resealed).toBe(60);
  expect(await keysInUse()).toEqual(['current']);
});

test('reports secrets whose key this server does not have, and leaves them alone', async () => {
  await sealedCards(2, new KeyRing([key('lost')]));
  await sealedCards(1, before);
  expect(await rotateSecrets(db, ring, 'admin')).toMatchObject({
    resealed: 2,
    unneededKeys: ['old'],
    unreadable: [{ key: 'lost', secrets: 4 }],
  });
  expect(await keysInUse()).toEqual(['current', 'lost']);
});

test('a key stays needed as long as something is sealed with it', async () => {
  const [order] = await sealedCards(1, before);
  await db('card_secret')
    .where({ kind: 'puk' })
    .update({ sealed: Buffer.alloc(40) });
  await expect(rotateSecrets(db, ring, 'admin')).rejects.toMatchObject({
    code: 'secret-unreadable',
    message: expect.stringContaining(
      `The sealed PUK of card ${order?.cardId}, production 1, cannot be opened with the key "old"`,
    ),
  });
  expect(await keysInUse()).toEqual(['old']);
});

test('secrets of second factors are sealed again as well, or their key would be called unneeded', async () => {
  const at = (keys: KeyRing) => {
    const places = new KnownPlaces(db);
    return new SecondFactors(db, keys, new SignInThrottle(db, places));
  };
  const secret = await at(before).begin('ada');
  expect(await rotateSecrets(db, ring, 'admin')).toMatchObject({ resealed: 1, unneededKeys: ['old'], unreadable: [] });
  expect(await at(new KeyRing([current])).begin('ada')).toBe(secret);
  expect(await rotateSecrets(db, new KeyRing([key('new')]), 'admin')).toMatchObject({
    unreadable: [{ key: 'current', secrets: 1 }],
  });
});
