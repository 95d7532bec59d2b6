import { TtlCache } from '../../src/web/ttl-cache.js';

function counting(cache: TtlCache<number>) {
  let loads = 0;
  return (key: string) => cache.get(key, async () => (loads += 1));
}

test('look-ups at once and after one another share a load', async () => {
  const get = counting(new TtlCache(Infinity, 10));
  expect(await Promise.all([get('a'), get('a'), get('b')])).toEqual([1, 1, 2]);
  expect(await get('a')).toBe(1);
});

test('an outcome is forgotten when its time is over', async () => {
  let now = 0;
  const get = counting(new TtlCache(20, 10, () => now));
  expect(await get('a')).toBe(1);
  now = 19;
  expect(await get('a')).toBe(1);
  now = 20;
  expect(await get('a')).toBe(2);
});

test('a failure is not kept', async () => {
  const cache = new TtlCache<number>(Infinity, 10);
  await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await cache.get('a', async () => 1)).toBe(1);
});

test('the oldest goes when there are too many', async () => {
  const get = counting(new TtlCache(Infinity, 2));
  for (const key of ['a', 'b', 'c']) await get(key);
  expect([await get('c'), await get('b'), await get('a')]).toEqual([3, 2, 4]);
});
