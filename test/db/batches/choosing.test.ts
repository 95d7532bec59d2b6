import {
  chooseMatching,
  countChoosable,
  departmentsToChoose,
  leaveMatching,
  listChoosable,
  tickCards,
} from '../../../src/batches/batch-choosing.js';
import { prepareDraft } from '../../../src/batches/batch-draft.js';
import { beginRound } from '../../../src/batches/batch-ordering.js';
import { getBatch } from '../../../src/batch-rows/batch-reading.js';
import { judgeFilter } from '../../../src/batches/batch-selection.js';
import { largestBatch, type IssueFilter } from '../../../src/batch-rows/batch-types.js';
import type { Knex } from '../../../src/kernel/db/database.js';
import { draftOf } from '../../fixtures/batches.js';
import { issuing } from '../../fixtures/installation.js';
import { approvedCards } from '../../fixtures/requests.js';
import { codeOf } from '../../support/refusals.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await issuing(db);
});

const rowsOf = (id: string) => db('batch_row').where({ batch_id: id }).orderBy('ordinal').pluck('card_id');
const tick = (id: string, chosen: readonly string[], left: readonly string[] = []) =>
  db.transaction((trx) => tickCards(trx, id, { chosen, left }));
const choose = (id: string, filter: IssueFilter) => db.transaction((trx) => chooseMatching(trx, id, filter));
const leave = (id: string, filter: IssueFilter) => db.transaction((trx) => leaveMatching(trx, id, filter));
const chosenOf = async (id: string) => (await getBatch(db, id)).counts.chosen;

describe('ticking', () => {
  it('adds and removes rows at once, behind those that are there, and counts them', async () => {
    const cards = (await approvedCards(db, 5)) as [string, string, string, string, string];
    const id = await draftOf(db, cards.slice(3));
    await tick(id, [cards[1], cards[0]], [cards[3]]);
    expect(await rowsOf(id)).toEqual([cards[4], cards[0], cards[1]]);
    expect(await chosenOf(id)).toBe(3);
  });

  it('changes nothing the second time, and takes no card that cannot be issued', async () => {
    const [first, second, gone] = (await approvedCards(db, 3)) as [string, string, string];
    await db('card').where({ id: gone }).update({ state: 'cancelled' });
    const id = await draftOf(db, [first]);
    for (let time = 0; time < 2; time += 1)
      await tick(id, [first, second, gone, '00000000-0000-4000-8000-000000000000'], [gone]);
    expect(await rowsOf(id)).toEqual([first, second]);
  });

  it('forgets the filter, which no longer describes the choice', async () => {
    const [first] = (await approvedCards(db, 2)) as [string];
    const id = await draftOf(db, []);
    await db('batch_order').where({ id }).update({ filter: '{}' });
    await tick(id, [first]);
    expect(await getBatch(db, id)).toMatchObject({ filter: null });
  });

  it('of two people at once loses nothing', async () => {
    const cards = await approvedCards(db, 20);
    const id = await draftOf(db, []);
    await Promise.all(cards.map((card) => tick(id, [card])));
    expect((await rowsOf(id)).sort()).toEqual([...cards].sort());
    expect(await chosenOf(id)).toBe(20);
  });

  it('is refused once the batch order is ordered', async () => {
    const [first, second] = (await approvedCards(db, 2)) as [string, string];
    const id = await draftOf(db, [first]);
    await db.transaction((trx) => beginRound(trx, { batchId: id, afterRound: 0, orderedBy: 'producer' }));
    expect([await codeOf(tick(id, [second])), await codeOf(choose(id, {})), await codeOf(leave(id, {}))]).toEqual([
      'batch-state',
      'batch-state',
      'batch-state',
    ]);
    expect(await rowsOf(id)).toEqual([first]);
  });
});

describe('all that a filter means', () => {
  it('are chosen or left together; the others stay as they are', async () => {
    const days = await approvedCards(db, 3, { department: 'Day Shift' });
    const nights = await approvedCards(db, 2, { department: 'Night Shift', cardType: 'employee' });
    const id = await draftOf(db, days.slice(0, 1));
    await choose(id, { department: 'night shift' });
    expect(await rowsOf(id)).toEqual([...days.slice(0, 1), ...nights]);
    await choose(id, {});
    expect(await chosenOf(id)).toBe(5);
    await leave(id, { cardType: 'employee' });
    expect((await rowsOf(id)).sort()).toEqual([...days].sort());
    await leave(id, {});
    expect([await rowsOf(id), await chosenOf(id)]).toEqual([[], 0]);
  });

  it('may be found by words about the holders', async () => {
    const [first] = (await approvedCards(db, 12)) as [string];
    const { employee_number: number } = await db('holder')
      .whereIn('id', db('card').where({ id: first }).select('holder_id'))
      .first('employee_number');
    const id = await draftOf(db, []);
    expect(await countChoosable(db, id, { search: 'sample person' })).toEqual({ matching: 12, chosen: 0 });
    await db('holder').where({ employee_number: number }).update({ family_name: 'Unmistakable' });
    await choose(id, { search: 'unmistak' });
    expect(await rowsOf(id)).toEqual([first]);
  });

  it('are refused where they are too many, and none of them is chosen', async () => {
    const many = await approvedCards(db, largestBatch + 1);
    const id = await draftOf(db, many.slice(0, 2));
    expect(await codeOf(choose(id, {}))).toBe('batch-too-large');
    expect(await codeOf(choose(id, { cardType: 'nobody' }))).toBe('card-type-unknown');
    expect([(await rowsOf(id)).length, await chosenOf(id)]).toEqual([2, 2]);
  });

  it('leave a draft also when they are not approved any more', async () => {
    const [first, second] = (await approvedCards(db, 2)) as [string, string];
    const id = await draftOf(db, [first, second]);
    await db('card').where({ id: first }).update({ state: 'cancelled' });
    await leave(id, {});
    expect(await rowsOf(id)).toEqual([]);
  });
});

it('a filter is judged without using up a number', async () => {
  const judge = (filter: IssueFilter) => codeOf(judgeFilter(db, filter));
  expect(await judge({})).toBe('batch-empty');
  const cards = await approvedCards(db, 1);
  expect([await judge({}), await judge({ cardType: 'nobody' }), await judge({ department: 'Nobody' })]).toEqual([
    'done',
    'card-type-unknown',
    'batch-empty',
  ]);
  expect((await getBatch(db, await draftOf(db, cards))).number).toBe(1);
  await approvedCards(db, largestBatch);
  expect(await judge({})).toBe('batch-too-large');
});

describe('the list', () => {
  it('continues where the previous page ended, in the order of approval, also when rows are ticked in between', async () => {
    const cards = await approvedCards(db, 7);
    const id = await draftOf(db, cards.slice(0, 2));
    const listed: string[] = [];
    for (let after, more = true; more;) {
      const page = await listChoosable(db, id, { choice: 'all' }, 3, after);
      listed.push(...page.map(({ item }) => item.id));
      await tick(id, cards.slice(3));
      after = page.at(-1)?.position;
      more = page.length === 3;
    }
    expect(listed).toEqual(cards);
  });

  it('shows what is chosen, and is narrowed to it or to the rest', async () => {
    const cards = (await approvedCards(db, 3)) as [string, string, string];
    const id = await draftOf(db, [cards[1]]);
    const idsOf = async (choice: 'all' | 'chosen' | 'left') =>
      (await listChoosable(db, id, { choice }, 10)).map(({ item }) => [item.id, item.chosen]);
    expect(await idsOf('all')).toEqual([
      [cards[0], false],
      [cards[1], true],
      [cards[2], false],
    ]);
    expect(await idsOf('chosen')).toEqual([[cards[1], true]]);
    expect(await idsOf('left')).toEqual([
      [cards[0], false],
      [cards[2], false],
    ]);
    expect(await countChoosable(db, id, {})).toEqual({ matching: 3, chosen: 1 });
  });

  it('knows nothing of the choice of another draft', async () => {
    const cards = await approvedCards(db, 2);
    await draftOf(db, cards);
    const id = await draftOf(db, []);
    expect(await countChoosable(db, id, {})).toEqual({ matching: 2, chosen: 0 });
    expect(await listChoosable(db, id, { choice: 'all' }, 10)).toHaveLength(2);
  });

  it('offers the departments of approved cards', async () => {
    await approvedCards(db, 2, { department: 'Day Shift' });
    await approvedCards(db, 1, { department: '' });
    expect(await departmentsToChoose(db)).toEqual(['Day Shift']);
  });
});

it('a choice by hand outlives a refused order; choosing by a filter replaces it', async () => {
  const cards = (await approvedCards(db, 3)) as [string, string, string];
  const madeIn = {
    processInstanceId: 'instance',
    definitionId: (await db('process_version').first('definition_id')).definition_id as string,
  };
  const prepare = (keep: boolean) =>
    db.transaction((trx) => prepareDraft(trx, { owner: 'producer', label: 'May', madeIn, filter: {}, keep }));
  const { id } = await prepare(false);
  await tick(id, [], cards.slice(1));
  expect(await prepare(true)).toEqual({ id, chosen: 1 });
  expect(await rowsOf(id)).toEqual([cards[0]]);
  expect(await prepare(false)).toEqual({ id, chosen: 3 });
});
