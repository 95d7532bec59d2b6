/** Limits on failed tries, in a real database: time passes by moving what is stored into the past. */
import { isProductError } from '../../src/kernel/errors.js';
import { networkOf, type Caller } from '../../src/web/sign-in/caller.js';
import { KnownPlaces } from '../../src/web/sign-in/known-places.js';
import { SignInThrottle } from '../../src/web/sign-in/throttle.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let places: KnownPlaces;
let throttle: SignInThrottle;

beforeAll(async () => {
  database = await createTestDatabase();
  places = new KnownPlaces(database.knex);
  throttle = new SignInThrottle(database.knex, places);
});
beforeEach(() => database.clear());
afterAll(() => database.drop());

const caller = (address: string, more: Partial<Caller> = {}): Caller => ({
  address,
  program: 'Test',
  device: null,
  session: null,
  basic: false,
  requestId: '',
  ...more,
});

async function pass(seconds: number): Promise<void> {
  const ago = `interval '${seconds} seconds'`;
  await database.knex.raw(
    `update failed_sign_in set last_at = last_at - ${ago}, blocked_until = blocked_until - ${ago}`,
  );
  await database.knex.raw(`update known_place set failed_at = failed_at - ${ago}`);
}

/** Seconds to wait before the next try, or 0 when it is let through (and counted as failed). */
async function tryAgain(account: string, from: Caller | string = '192.0.2.1', of = throttle): Promise<number> {
  try {
    await of.begin(account, typeof from === 'string' ? caller(from) : from);
    return 0;
  } catch (raw) {
    if (!isProductError(raw, 'too-many-attempts')) throw raw;
    return Number(raw.extra['retryAfterSeconds']);
  }
}

async function tries(count: number, each: (at: number) => Promise<number>): Promise<number> {
  let waits = 0;
  for (let at = 0; at < count; at += 1) waits += (await each(at)) > 0 ? 1 : 0;
  return waits;
}

test('waits double from one second to a quarter of an hour', async () => {
  expect(await tries(5, () => tryAgain('ada'))).toBe(0);
  const waits: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    const seconds = await tryAgain('ada');
    waits.push(seconds);
    await pass(seconds);
    expect(await tryAgain('ada')).toBe(0);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
});

test('other accounts and other addresses are not slowed down', async () => {
  await tries(5, () => tryAgain('ada'));
  expect(await tryAgain('ada')).toBe(1);
  expect(await tryAgain('bob')).toBe(0);
  expect(await tryAgain('ada', '192.0.2.2')).toBe(0);
});

test('one password tried on everybody is slowed down by its address', async () => {
  expect(await tries(50, (at) => tryAgain(`person ${at}`))).toBe(0);
  expect(await tryAgain('person 51')).toBeGreaterThan(0);
});

test('many addresses are slowed down by the account that they try', async () => {
  expect(await tries(30, (at) => tryAgain('ada', `192.0.2.${at}`))).toBe(0);
  expect(await tries(50, (at) => tryAgain('ada', `198.51.100.${at}`))).toBe(50);
  expect(await tryAgain('bob', '198.51.100.1')).toBe(0);
});

test('an IPv6 network of one customer is one address', async () => {
  expect(await tries(5, (at) => tryAgain('ada', `2001:db8:0:1::${at}`))).toBe(0);
  expect(await tryAgain('ada', '2001:db8:0:1:ffff::1')).toBeGreaterThan(0);
  expect(await tryAgain('ada', '2001:db8:0:2::1')).toBe(0);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::1', '0:0:0:0::/64'],
  ['2001:DB8::1', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('tries sent at once count one by one, on several servers too', async () => {
  const other = new SignInThrottle(database.knex, places);
  const waits = await Promise.all(
    Array.from({ length: 20 }, (_, at) => tryAgain('ada', '192.0.2.1', at % 2 === 0 ? throttle : other)),
  );
  expect(waits.filter((seconds) => seconds === 0)).toHaveLength(5);
});

test('a right try takes back what it counted, an hour of peace everything', async () => {
  await tries(4, () => tryAgain('ada'));
  for (let at = 0; at < 20; at += 1) await (await throttle.begin('ada', caller('192.0.2.1'))).withdraw();
  expect(await tryAgain('ada')).toBe(0);
  expect(await tryAgain('ada')).toBe(1);
  await pass(3_601);
  expect(await tries(5, () => tryAgain('ada'))).toBe(0);
  expect(await tryAgain('ada')).toBe(1);
});

describe('where the password was right before', () => {
  const program = caller('192.0.2.9', { basic: true });
  const browser = async (account: string, device: string | null = null): Promise<Caller> =>
    caller('192.0.2.9', { device: await places.remember(account, caller('192.0.2.9', { device })) });
  const attack = () => tries(200, (at) => tryAgain('ada', `198.51.${at % 4}.${at % 250}`));

  test.each([
    ['a browser', () => browser('ada')],
    ['a program', () => places.remember('ada', program).then(() => program)],
  ])('%s is not shut out by others, wherever they are', async (_what, known) => {
    const place = await known();
    expect(await attack()).toBeGreaterThan(100);
    expect(await tryAgain('ada', 'not known')).toBeGreaterThan(0);
    expect(await tryAgain('ada', place)).toBe(0);
    // Not even by somebody with the same address.
    await tries(60, (at) => tryAgain(`person ${at}`, '192.0.2.9'));
    expect(await tryAgain('ada', place)).toBe(0);
  });

  test('has patience for a hundred tries an hour, then is as strange as any other', async () => {
    const place = await browser('ada');
    expect(await tries(100, () => tryAgain('ada', place))).toBe(0);
    expect(await tries(5, () => tryAgain('ada', place))).toBe(0);
    expect(await tries(5, () => tryAgain('ada', place))).toBe(5);
    await pass(3_601);
    expect(await tryAgain('ada', place)).toBe(0);
  });

  test('is known for its own account only, by a token that is of no use after the next sign-in', async () => {
    const first = await browser('ada');
    const second = await browser('bob', first.device);
    await attack();
    expect(await tryAgain('ada', second)).toBe(0);
    expect(await tryAgain('ada', first)).toBeGreaterThan(0);
    await tries(30, (at) => tryAgain('eve', `192.0.2.${at}`));
    expect(await tryAgain('eve', second)).toBeGreaterThan(0);
  });

  test('is forgotten with the account’s former password', async () => {
    const place = await browser('ada');
    await attack();
    await places.forget('ada');
    expect(await tryAgain('ada', place)).toBeGreaterThan(0);
  });
});

test('what is an hour old is cleared away by whoever comes next, and nothing tells what was tried', async () => {
  await tries(20, (at) => tryAgain(`a secret ${at}`, `192.0.2.${at}`));
  await pass(3_601);
  await tries(8, (at) => tryAgain(`person ${at}`, '198.51.100.1'));
  const old = database.knex.raw("last_at < now() - interval '1 hour'");
  expect(await database.knex('failed_sign_in').where(old).select()).toEqual([]);
  await tryAgain('a secret', '192.0.2.1');
  const { rows: text } = await database.knex.raw('select f::text from failed_sign_in f');
  expect(JSON.stringify(text)).not.toContain('secret');
});
