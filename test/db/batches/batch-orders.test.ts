import { randomUUID } from 'node:crypto';
import { cancelBatch, completeBatch } from '../../../src/batches/batch-closing.js';
import { beginRound, placeRound } from '../../../src/batches/batch-ordering.js';
import { getBatch, listRows } from '../../../src/batch-rows/batch-reading.js';
import { assertChosen, chooseAgain, draftIssue } from '../../../src/batches/batch-selection.js';
import type { Knex } from '../../../src/kernel/db/database.js';
import { orderFromApproved, repeatProduction } from '../../../src/production/production-service.js';
import { declareSpoilt } from '../../../src/production/production-withdrawal.js';
import { draftOf, repeated, running, countedBatch } from '../../fixtures/batches.js';
import { issuing, switchUseCase } from '../../fixtures/installation.js';
import { say } from '../../fixtures/productions.js';
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

const closing = (batchId: string) => ({ batchId, by: 'producer', runningIn: null });
const states = async (cardIds: readonly string[]) =>
  [
    ...new Set<string>(
      await db('card')
        .whereIn('id', [...cardIds])
        .pluck('state'),
    ),
  ].sort();
const rowOf = async (batchId: string, cardId: string) =>
  db('batch_row').where({ batch_id: batchId, card_id: cardId }).first();

describe('choosing', () => {
  const chosen = async (filter: object) => {
    const { id } = await db.transaction(async (trx) => {
      const draft = await draftIssue(trx, { owner: 'producer', label: '', madeIn: null }, filter);
      assertChosen(draft);
      return draft;
    });
    return db('batch_row').where({ batch_id: id }).orderBy('ordinal').pluck('card_id');
  };

  it('takes all approved cards, or those of a card type, a department, or approved before a moment, but for exceptions', async () => {
    const visitors = await approvedCards(db, 3);
    const employees = await approvedCards(db, 2, { cardType: 'employee', department: 'Night Shift' });
    const { ended_at: second } = await db('card_request').where({ card_id: visitors[1] }).first('ended_at');
    expect(await chosen({})).toEqual([...visitors, ...employees]);
    expect(await chosen({ cardType: 'employee' })).toEqual(employees);
    expect(await chosen({ department: 'night shift' })).toEqual(employees);
    expect(await chosen({ except: [visitors[0], employees[1]] })).toEqual([visitors[1], visitors[2], employees[0]]);
    const before = await db.raw(
      `select to_char(ended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at from card_request where card_id = ?`,
      [visitors[1] ?? ''],
    );
    expect(second).toBeInstanceOf(Date);
    expect(await chosen({ approvedBefore: before.rows[0].at })).toEqual([visitors[0]]);
  });

  it('refuses a choice of nothing and an unknown card type, and leaves nothing behind', async () => {
    expect(await codeOf(chosen({}))).toBe('batch-empty');
    expect(await codeOf(chosen({ cardType: 'nobody' }))).toBe('card-type-unknown');
    expect(await db('batch_order')).toEqual([]);
  });

  it('can be done again as long as nothing is ordered', async () => {
    const [first] = await approvedCards(db, 2);
    const id = await draftOf(db, [first ?? '']);
    await db.transaction((trx) => chooseAgain(trx, id, 'All', {}));
    expect(await getBatch(db, id)).toMatchObject({ label: 'All', filter: {}, counts: { chosen: 2, skipped: 0 } });
  });
});

describe('a round', () => {
  it('orders all cards in the order of the list and ends by itself with the last result', async () => {
    const cards = await approvedCards(db, 12);
    const id = await running(db, cards);
    expect(await countedBatch(db, id)).toMatchObject({
      state: 'running',
      round: 1,
      counts: { chosen: 12, skipped: 0, ordered: 12, succeeded: 0 },
    });
    expect(await db('card').whereIn('id', cards).orderBy('number').pluck('id')).toEqual(cards);
    expect(await db('production_order').orderBy('turn').select('card_id', 'batch_id', 'turn')).toEqual(
      cards.map((card, index) => ({ card_id: card, batch_id: id, turn: index + 1 })),
    );
    await say(db, cards.slice(0, 11), 'produced');
    expect(await countedBatch(db, id)).toMatchObject({ state: 'running', counts: { succeeded: 11 }, messages: 0 });
    await say(db, cards.slice(11), 'produced');
    const end = await countedBatch(db, id);
    expect(end).toMatchObject({ state: 'completed', counts: { succeeded: 12, failed: 0 }, messages: 1 });
    expect(end.counts).toEqual(end.counted);
    expect(await states(cards)).toEqual(['issued']);
    // One message for the batch order, none for each card.
    expect(await db('engine_command').whereNotNull('card_id')).toEqual([]);
  });

  it('skips and names what cannot be ordered: the others are ordered', async () => {
    const cards = await approvedCards(db, 6);
    const [inactive, elsewhere, rejected, excepted, ...good] = cards as [string, string, string, string, ...string[]];
    const stranger = randomUUID();
    const batchId = await draftOf(db, [...cards, stranger]);
    await db('holder')
      .whereIn('id', db('card').where({ id: inactive }).select('holder_id'))
      .update({ state: 'inactive' });
    await db.transaction((trx) =>
      orderFromApproved(trx, { cardId: elsewhere, orderedBy: 'producer', runningIn: null }),
    );
    await db('card').where({ id: rejected }).update({ state: 'cancelled' });
    await db.transaction((trx) =>
      beginRound(trx, { batchId, afterRound: 0, orderedBy: 'producer', except: [excepted] }),
    );
    await placeRound(db, batchId, 1);
    const rows = await listRows(db, batchId, { state: 'skipped', limit: 10 });
    expect(rows.map(({ cardId, namedAs, code }) => [cardId ?? namedAs, code])).toEqual([
      [inactive, 'holder-inactive'],
      [elsewhere, 'order-live'],
      [rejected, 'transition-refused'],
      [excepted, 'left-out'],
      [stranger, 'not-found'],
    ]);
    expect(rows[0]).toMatchObject({
      ordinal: 1,
      reason: 'The card holder is inactive',
      holder: { name: 'Sample Person 1' },
    });
    await say(db, good, 'produced');
    expect(await countedBatch(db, batchId)).toMatchObject({
      state: 'completed',
      counts: { chosen: 7, skipped: 5, ordered: 2, succeeded: 2 },
    });
  });

  it('ends at once, with everything skipped, when the use case is disabled meanwhile', async () => {
    const cards = await approvedCards(db, 2);
    const batchId = await draftOf(db, cards);
    await db.transaction((trx) => beginRound(trx, { batchId, afterRound: 0, orderedBy: 'producer' }));
    await db('use_case').where({ id: 'issue-multiple-cards' }).update({ enabled: false });
    await placeRound(db, batchId, 1);
    expect(await countedBatch(db, batchId)).toMatchObject({
      state: 'completed',
      counts: { skipped: 2, ordered: 0 },
      messages: 1,
    });
    expect((await rowOf(batchId, cards[0] ?? '')).code).toBe('use-case-disabled');
    expect(await states(cards)).toEqual(['approved']);
  });

  it('does not need Issue card: that is for single cards', async () => {
    await switchUseCase(db, 'issue-card', false);
    expect(await countedBatch(db, await running(db, await approvedCards(db, 1)))).toMatchObject({ state: 'running' });
  });

  it('uses up the numbers that a range has left, and skips the rest', async () => {
    await db('number_range').update({ digits: 1, next_number: 4 });
    const cards = await approvedCards(db, 9);
    const id = await running(db, cards);
    expect(await db('card').whereNotNull('number').orderBy('number').pluck('id')).toEqual(cards.slice(0, 6));
    expect(await countedBatch(db, id)).toMatchObject({ counts: { ordered: 6, skipped: 3 } });
    expect((await rowOf(id, cards[8] ?? '')).code).toBe('number-range-exhausted');
  });

  it('is begun once, for any number of calls', async () => {
    const cards = await approvedCards(db, 1_200);
    const batchId = await draftOf(db, cards);
    const begin = () => db.transaction((trx) => beginRound(trx, { batchId, afterRound: 0, orderedBy: 'producer' }));
    await Promise.all([begin(), begin(), begin()]);
    await Promise.all([placeRound(db, batchId, 1), placeRound(db, batchId, 1), placeRound(db, batchId, 1)]);
    await begin();
    await placeRound(db, batchId, 1);
    expect(await countedBatch(db, batchId)).toMatchObject({ state: 'running', round: 1, counts: { ordered: 1_200 } });
    expect(await db('production_order').count()).toEqual([{ count: '1200' }]);
    expect(
      await db('audit').where({ action: 'batch-ordered' }).select('actor', 'object_id', 'from_state', 'details'),
    ).toEqual([{ actor: 'producer', object_id: batchId, from_state: 'draft', details: { round: 1, cards: 1_200 } }]);
  });

  it('continues where a transaction was lost', async () => {
    const cards = await approvedCards(db, 700);
    const batchId = await draftOf(db, cards);
    await db.transaction((trx) => beginRound(trx, { batchId, afterRound: 0, orderedBy: 'producer' }));
    let transactions = 0;
    const mortal = new Proxy(db, {
      get: (target, name) =>
        name === 'transaction'
          ? (work: (trx: never) => Promise<unknown>) =>
              target.transaction(async (trx) => {
                const answer = await work(trx as never);
                if (++transactions === 2) throw new Error('killed');
                return answer;
              })
          : Reflect.get(target, name),
    });
    await expect(placeRound(mortal, batchId, 1)).rejects.toThrow('killed');
    expect(await countedBatch(db, batchId)).toMatchObject({ state: 'ordering', counts: { ordered: 500 } });
    await say(db, cards.slice(0, 500), 'produced');
    expect(await countedBatch(db, batchId)).toMatchObject({ state: 'ordering', messages: 0 });
    await placeRound(db, batchId, 1);
    await say(db, cards.slice(500), 'produced');
    expect(await countedBatch(db, batchId)).toMatchObject({
      state: 'completed',
      counts: { succeeded: 700 },
      messages: 1,
    });
  });
});

describe('a review', () => {
  const jammed = async () => {
    const cards = await approvedCards(db, 5);
    const id = await running(db, cards);
    await say(db, cards.slice(0, 2), 'failed');
    await say(db, cards.slice(2), 'produced');
    return { id, cards };
  };

  it('waits where cards have failed, and shows the first failure', async () => {
    const { id, cards } = await jammed();
    expect(await getBatch(db, id)).toMatchObject({
      state: 'reviewing',
      counts: { succeeded: 3, failed: 2 },
      firstFailure: { ordinal: 1, cardId: cards[0], code: 'jam', reason: 'Card jam', productionNumber: 1 },
    });
    const { payload } = await db('engine_command').where({ batch_id: id }).first();
    expect(payload).toMatchObject({
      businessKey: id,
      message: 'batch-round-ended',
      variables: { batchState: { value: 'reviewing' }, round: { value: 1 } },
    });
    expect(JSON.parse(payload.variables.batch.value)).toMatchObject({
      failed: 2,
      rows: [{ card: cards[0], reason: 'Card jam' }, { card: cards[1] }],
    });
  });

  it('repeats what has failed, with badly printed cards, under the next number and in a round of its own', async () => {
    const { id, cards } = await jammed();
    const [first, second, spoilt] = cards as [string, string, string];
    await db.transaction((trx) => declareSpoilt(trx, { cardId: spoilt, number: 1, by: 'producer', reason: 'Stripes' }));
    expect(await listRows(db, id, { state: 'failed', limit: 5 })).toMatchObject([
      { cardId: first },
      { cardId: second },
      { cardId: spoilt, code: 'spoilt', reason: 'Stripes' },
    ]);
    await repeated(db, id);
    expect(await countedBatch(db, id)).toMatchObject({
      state: 'running',
      round: 2,
      counts: { ordered: 5, succeeded: 2, failed: 0 },
    });
    expect(await db('production_order').where({ number: 2 }).orderBy('turn').pluck('turn')).toEqual([1, 2, 3]);
    await say(db, [first, second, spoilt], 'produced');
    expect(await countedBatch(db, id)).toMatchObject({
      state: 'completed',
      counts: { succeeded: 5, failed: 0 },
      messages: 2,
    });
  });

  it('repeats the picked ones alone; the others are still there to look at', async () => {
    const { id, cards } = await jammed();
    await repeated(db, id, 1, cards.slice(0, 1));
    await say(db, cards.slice(0, 1), 'produced');
    expect(await countedBatch(db, id)).toMatchObject({
      state: 'reviewing',
      round: 2,
      counts: { succeeded: 4, failed: 1 },
      messages: 2,
    });
    expect(await codeOf(repeated(db, id, 2, cards.slice(0, 1)))).toBe('batch-empty');
  });

  it('leaves alone what was ordered again elsewhere, and says so', async () => {
    const { id, cards } = await jammed();
    const [first, second] = cards as [string, string];
    await db.transaction((trx) => repeatProduction(trx, { cardId: first, orderedBy: 'producer', runningIn: null }));
    await repeated(db, id);
    await say(db, [second], 'produced');
    expect(await countedBatch(db, id)).toMatchObject({ state: 'reviewing', counts: { succeeded: 4, failed: 1 } });
    expect(await getBatch(db, id)).toMatchObject({ firstFailure: { cardId: first, code: 'order-live' } });
    await db.transaction((trx) => cancelBatch(trx, { ...closing(id), reason: 'Enough' }));
    expect(await states([first])).toEqual(['ordered']);
  });

  it('ends when it is completed, and notifies the process unless that did it', async () => {
    const { id, cards } = await jammed();
    await db.transaction((trx) => completeBatch(trx, closing(id)));
    await db.transaction((trx) => completeBatch(trx, closing(id)));
    expect(await countedBatch(db, id)).toMatchObject({ state: 'completed', counts: { failed: 2 } });
    expect(await states(cards.slice(0, 2))).toEqual(['failed']);
    const told = async () => (await db('engine_command').whereRaw(`payload->>'message' = 'batch-reviewed'`)).length;
    expect(await told()).toBe(1);
    const other = await jammed();
    await db.transaction((trx) =>
      completeBatch(trx, { ...closing(other.id), runningIn: { processInstanceId: 'p', businessKey: other.id } }),
    );
    expect(await told()).toBe(1);
  });

  it('withdraws the failed cards for good', async () => {
    const { id, cards } = await jammed();
    expect(await codeOf(db.transaction((trx) => cancelBatch(trx, { ...closing(id), reason: ' ' })))).toBe(
      'reason-missing',
    );
    await db.transaction((trx) => cancelBatch(trx, { ...closing(id), reason: 'Wrong layout' }));
    expect(await countedBatch(db, id)).toMatchObject({
      state: 'completed',
      counts: { succeeded: 3, failed: 0, withdrawn: 2 },
    });
    expect(await states(cards.slice(0, 2))).toEqual(['cancelled']);
  });
});

describe('cancelling', () => {
  const cancel = (id: string) => db.transaction((trx) => cancelBatch(trx, { ...closing(id), reason: 'Wrong list' }));

  it('takes back what no backend was called for; the rest ends the batch order', async () => {
    const cards = await approvedCards(db, 4);
    const id = await running(db, cards);
    await db('production_order')
      .where({ card_id: cards[0] })
      .update({ body: Buffer.from('b'), call_began_at: db.fn.now() });
    await cancel(id);
    expect(await countedBatch(db, id)).toMatchObject({ state: 'running', counts: { ordered: 4, withdrawn: 3 } });
    expect(await states(cards.slice(1))).toEqual(['cancelled']);
    await say(db, cards.slice(0, 1), 'produced');
    expect(await countedBatch(db, id)).toMatchObject({
      state: 'completed',
      counts: { succeeded: 1, withdrawn: 3 },
      messages: 1,
    });
    await cancel(id);
    expect(await countedBatch(db, id)).toMatchObject({ state: 'completed' });
  });

  it('leaves cards that were not ordered yet approved', async () => {
    const cards = await approvedCards(db, 3);
    const batchId = await draftOf(db, cards);
    await db.transaction((trx) => beginRound(trx, { batchId, afterRound: 0, orderedBy: 'producer' }));
    await cancel(batchId);
    await placeRound(db, batchId, 1);
    expect(await countedBatch(db, batchId)).toMatchObject({
      state: 'completed',
      counts: { chosen: 3, skipped: 3, ordered: 0 },
      messages: 1,
    });
    expect(await states(cards)).toEqual(['approved']);
  });

  it('leaves nothing of a draft', async () => {
    await cancel(await draftOf(db, await approvedCards(db, 2)));
    expect([await db('batch_order'), await db('batch_row')]).toEqual([[], []]);
  });
});

it('refuses what a batch order does not wait for', async () => {
  const id = await running(db, await approvedCards(db, 1));
  expect(await codeOf(db.transaction((trx) => completeBatch(trx, closing(id))))).toBe('batch-state');
  expect(await codeOf(repeated(db, id))).toBe('batch-state');
  expect(await codeOf(getBatch(db, randomUUID()))).toBe('not-found');
});
