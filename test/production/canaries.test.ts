import { CanaryWatch, makeCanary } from '../../bench/lib/canaries.js';
import { searchDatabase } from '../../bench/lib/canary-search.js';
import { createTestDatabase } from '../support/database.js';

const canary = makeCanary();
const watch = () => new CanaryWatch(() => new Set([canary]));

test.each<readonly [string, string]>([
  ['as it is', canary],
  ['in hexadecimal', Buffer.from(`x${canary}`).toString('hex')],
  ...[0, 1, 2].map((before): [string, string] => [
    `in base64 after ${before} bytes`,
    Buffer.from('x'.repeat(before) + canary).toString('base64'),
  ]),
])('a canary is seen %s', (_how, text) => {
  const looking = watch();
  looking.look('a log', `before ${text} after`);
  expect(looking.found).toHaveLength(1);
});

test('what only looks like one is none', () => {
  const looking = watch();
  looking.look('a log', `${makeCanary()} 907831 ${Buffer.from('harmless').toString('base64')}`);
  expect(looking.found).toEqual([]);
});

test('a canary is found in any column of any table', async () => {
  const database = await createTestDatabase();
  try {
    await database.knex.raw('create table planted (a text, b jsonb, c bytea)');
    await database
      .knex('planted')
      .insert([{ a: canary }, { b: JSON.stringify({ pin: canary }) }, { c: Buffer.from(canary) }, { a: 'harmless' }]);
    const looking = watch();
    await searchDatabase(looking, 'database', database.url);
    expect(looking.found).toEqual(Array.from({ length: 3 }, () => 'database: public.planted'));
    expect(looking.looked).toBeGreaterThan(3 * canary.length);
  } finally {
    await database.drop();
  }
}, 60_000);
