import type { Knex } from '../../src/kernel/db/database.js';
import { canCollide, formatNumber, type NumberFormat } from '../../src/directory/number-ranges/number-format.js';
import { addNumberRange, changeNumberRange } from '../../src/directory/number-ranges/number-range-service.js';
import {
  getNumberRange,
  claimNumbers,
  type NumberRange,
} from '../../src/directory/number-ranges/number-range-store.js';
import { addHolder } from '../fixtures/holders.js';
import { installed } from '../fixtures/installation.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { lockWaits } from '../support/lock-waits.js';
import { addCard } from '../fixtures/cards.js';

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

const staff: NumberRange = { id: 'staff', name: 'Staff', prefix: 'S', digits: 4, suffix: '-X', nextNumber: 1 };
const add = (range: NumberRange) => db.transaction((trx) => addNumberRange(trx, 'admin', range));
const change = (range: NumberRange) => db.transaction((trx) => changeNumberRange(trx, 'admin', range, () => undefined));
const take = (count: number, id = 'staff') => db.transaction((trx) => claimNumbers(trx, id, count));

async function cardWith(number: string): Promise<void> {
  const holder = await addHolder(db, `H-${number}`);
  await addCard(db, { holder, number });
}

describe('taking', () => {
  it('gives the next ones, in order, as they are printed', async () => {
    await add(staff);
    expect(await take(1)).toEqual(['S0001-X']);
    expect(await take(3)).toEqual(['S0002-X', 'S0003-X', 'S0004-X']);
    expect(await getNumberRange(db, 'staff')).toEqual({ ...staff, nextNumber: 5 });
  });

  it('gives nothing twice to any number of takers at once, also when some give up', async () => {
    await add({ ...staff, digits: 6 });
    let seed = 20_260_101;
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    const takers = Array.from({ length: 60 }, () => ({ count: 1 + random(40), givesUp: random(4) === 0 }));
    const taken = await Promise.all(
      takers.map(async ({ count, givesUp }) => {
        const transaction = db.transaction(async (trx) => {
          const numbers = await claimNumbers(trx, 'staff', count);
          if (givesUp) throw new Error('gives up');
          return numbers;
        });
        return transaction.catch((): string[] => []);
      }),
    );
    const kept = taken.flat();
    expect(kept).toHaveLength(takers.filter(({ givesUp }) => !givesUp).reduce((sum, { count }) => sum + count, 0));
    expect(new Set(kept).size).toBe(kept.length);
  });

  it('ends precisely, changes nothing then, and leaves the transaction of the caller usable', async () => {
    await add({ ...staff, digits: 2, nextNumber: 98 });
    await db.transaction(async (trx) => {
      await expect(claimNumbers(trx, 'staff', 3)).rejects.toMatchObject({
        code: 'number-range-exhausted',
        message: expect.stringContaining('The number range Staff has not enough numbers left'),
      });
      expect(await claimNumbers(trx, 'staff', 2)).toEqual(['S98-X', 'S99-X']);
      await expect(claimNumbers(trx, 'staff', 1)).rejects.toMatchObject({ code: 'number-range-exhausted' });
    });
    expect(await getNumberRange(db, 'staff')).toMatchObject({ nextNumber: 100 });
  });

  it('counts as far as fifteen digits go', async () => {
    await add({ ...staff, digits: 15, nextNumber: 999_999_999_999_998 });
    expect(await take(2)).toEqual(['S999999999999998-X', 'S999999999999999-X']);
    await expect(take(1)).rejects.toMatchObject({ code: 'number-range-exhausted' });
  });

  it('knows ranges that there are', async () => {
    await expect(take(1, 'nowhere')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('adding and changing', () => {
  it('refuses an id that is taken', async () => {
    await add(staff);
    await expect(add({ ...staff, prefix: 'Z' })).rejects.toMatchObject({ code: 'exists-already' });
  });

  it('lets the next number only grow', async () => {
    await add({ ...staff, nextNumber: 10 });
    await expect(change({ ...staff, nextNumber: 9 })).rejects.toMatchObject({
      code: 'number-range-conflict',
      message: expect.stringContaining('can only grow: it is 10'),
    });
    await change({ ...staff, name: 'Everyone', nextNumber: 20 });
    expect(await getNumberRange(db, 'staff')).toMatchObject({ name: 'Everyone', nextNumber: 20 });
    expect(await db('audit').where({ object_type: 'number-range' }).orderBy('id').pluck('action')).toEqual([
      'number-range-created',
      'number-range-changed',
    ]);
  });

  it('refuses what would give a number again that a card has', async () => {
    await cardWith('S0041-X');
    await cardWith('S0900-Y');
    await cardWith('S00900-X');
    await cardWith('S09O0-X');
    await expect(add({ ...staff, nextNumber: 41 })).rejects.toMatchObject({
      code: 'number-range-conflict',
      message: 'A card has the number S0041-X already: begin at 42 or above.',
    });
    await add({ ...staff, nextNumber: 42 });
    await change({ ...staff, prefix: 'T' });
    await expect(change({ ...staff, nextNumber: 7 })).rejects.toMatchObject({ code: 'number-range-conflict' });
  });

  it('refuses a range that could meet another one, also beyond the numbers that are left', async () => {
    await add({ ...staff, prefix: 'S', digits: 4, suffix: '' });
    await expect(add({ ...staff, id: 'other', prefix: 'S1', digits: 3, suffix: '' })).rejects.toMatchObject({
      code: 'number-range-conflict',
      message: expect.stringContaining('The range Staff can give the same numbers, for example S0001'),
    });
    await add({ ...staff, id: 'other', prefix: 'S1', digits: 4, suffix: '' });
    await expect(change({ ...staff, id: 'other', prefix: 'S', digits: 3, suffix: '7' })).rejects.toMatchObject({
      code: 'number-range-conflict',
    });
  });

  it('refuses a next number that has more digits than the range', async () => {
    await expect(add({ ...staff, digits: 2, nextNumber: 101 })).rejects.toMatchObject({
      code: 'number-range-conflict',
      message: expect.stringContaining('A number of 2 digits cannot be 101'),
    });
    await add({ ...staff, digits: 2, nextNumber: 100 });
  });

  it('waits for orders that are taking numbers, and then judges by what they took', async () => {
    await add(staff);
    let changing: Promise<unknown> = Promise.resolve();
    await db.transaction(async (trx) => {
      const [number] = await claimNumbers(trx, 'staff', 50);
      changing = change({ ...staff, nextNumber: 30 });
      changing.catch(() => undefined);
      expect(number).toBe('S0001-X');
      await eventually('the change waits', 15_000, async () => (await lockWaits(db)) > 0);
    });
    await expect(changing).rejects.toMatchObject({
      code: 'number-range-conflict',
      message: expect.stringContaining('it is 51'),
    });
  });
});

describe('formats', () => {
  const small: NumberFormat[] = ['', 'A', '1', 'A1', '1A'].flatMap((prefix) =>
    ['', 'A', '1'].flatMap((suffix) => [1, 2].map((digits) => ({ prefix, digits, suffix }))),
  );
  const all = (format: NumberFormat) =>
    Array.from({ length: 10 ** format.digits }, (_, number) => formatNumber(format, number));

  it('that can meet are found, and only those', () => {
    for (const one of small) {
      for (const other of small) {
        const texts = new Set(all(one));
        expect([one, other, canCollide(one, other)]).toEqual([one, other, all(other).some((text) => texts.has(text))]);
      }
    }
  });
});
