import { randomUUID } from 'node:crypto';
import type { Knex } from '../../../src/kernel/db/database.js';
import { databaseError } from '../../../src/kernel/db/database.js';
import {
  productionStates,
  productionTransitionPairs,
  type ProductionState,
} from '../../../src/domain/production-states.js';
import { placeOrders } from '../../../src/production/order-placing.js';
import { applyResult } from '../../../src/production/production-results.js';
import { orderDirectly, orderFromApproved, repeatProduction } from '../../../src/production/production-service.js';
import { cancelCard, declareSpoilt, requestCancel } from '../../../src/production/production-withdrawal.js';
import { cardState } from '../../fixtures/cards.js';
import { addHolder } from '../../fixtures/holders.js';
import { issueVariants, issuing, switchUseCase, task } from '../../fixtures/installation.js';
import { ordered } from '../../fixtures/productions.js';
import { approvedCard } from '../../fixtures/requests.js';
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

const order = (cardId: string, runningIn: ReturnType<typeof task> | null = null, orderedBy = 'producer') =>
  db.transaction((trx) => orderFromApproved(trx, { cardId, orderedBy, runningIn }));
const orderFor = (holder: string, cardType = 'visitor', runningIn: ReturnType<typeof task> | null = task()) =>
  db.transaction((trx) => orderDirectly(trx, { holder, cardType, orderedBy: 'producer', runningIn }));
const repeat = (cardId: string, runningIn: ReturnType<typeof task> | null = null) =>
  db.transaction((trx) => repeatProduction(trx, { cardId, orderedBy: 'producer', runningIn }));
const fail = (key: { cardId: string; number: number }) =>
  db.transaction((trx) =>
    applyResult(trx, {
      backend: 'shop',
      eventId: randomUUID(),
      report: { ...key, state: 'failed', orderId: 'o', code: 'jam', reason: 'Card jam' },
    }),
  );
const produce = (key: { cardId: string; number: number }) =>
  db.transaction((trx) =>
    applyResult(trx, {
      backend: 'shop',
      eventId: randomUUID(),
      report: { ...key, state: 'produced', orderId: 'o', evidence: {} },
    }),
  );
const orders = (cardId: string) => db('production_order').where({ card_id: cardId }).orderBy('number');
const commands = () => db('engine_command').orderBy('id').select('kind', 'payload', 'card_id');

describe('the ledger', () => {
  it('knows the same states and steps as the code', async () => {
    const rows = await db('production_transition').select('from_state', 'to_state');
    expect((await db('production_state').pluck('state')).sort()).toEqual([...productionStates].sort());
    expect(rows.map((row) => `${row.from_state}>${row.to_state}`).sort()).toEqual(
      productionTransitionPairs()
        .map(([from, to]) => `${from}>${to}`)
        .sort(),
    );
  });

  it('walks every allowed step and refuses every other', async () => {
    const allowed = new Set(productionTransitionPairs().map(([from, to]) => `${from}>${to}`));
    const wrong: string[] = [];
    const ended = ['produced', 'failed', 'cancelled'];
    const columns = (state: ProductionState) => ({
      state,
      order_id: 'o',
      body: ended.includes(state) ? null : Buffer.from('b'),
      call_began_at: db.fn.now(),
      in_doubt_since: db.fn.now(),
      ended_at: ended.includes(state) ? db.fn.now() : null,
    });
    for (const from of productionStates) {
      for (const to of productionStates) {
        if (from === to) continue;
        const { cardId } = await ordered(db);
        const row = () => db('production_order').where({ card_id: cardId });
        if (from !== 'intent') await row().update(columns(from));
        const refused = await row()
          .update(columns(to))
          .then(
            () => false,
            (error: unknown) => databaseError(error)?.constraint === 'production_transition',
          );
        if (refused === allowed.has(`${from}>${to}`)) wrong.push(`${from}>${to}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('holds one live order a card, in every code path', async () => {
    const { cardId } = await ordered(db);
    await expect(
      db('production_order').insert({ card_id: cardId, number: 2, backend: 'shop', ordered_by: 'x' }),
    ).rejects.toMatchObject({ constraint: 'production_order_one_live' });
  });
});

describe('ordering an approved card', () => {
  it('numbers, moves and records it in one transaction, and starts a process that waits', async () => {
    const cardId = await approvedCard(db);
    const placed = await order(cardId);
    expect(placed).toEqual({ cardId, number: 1, cardNumber: 'C00001' });
    expect(await db('card').where({ id: cardId }).first()).toMatchObject({
      state: 'ordered',
      number: 'C00001',
      valid_until: expect.any(Date),
    });
    expect(await orders(cardId)).toMatchObject([
      { number: 1, state: 'intent', backend: 'shop', ordered_by: 'producer', process_instance_id: null },
    ]);
    expect(await db('card_snapshot').where({ card_id: cardId })).toHaveLength(1);
    expect(await db('audit').where({ action: 'card-ordered' }).first()).toMatchObject({
      actor: 'producer',
      object_id: cardId,
      from_state: 'approved',
      to_state: 'ordered',
      details: { number: 1, backend: 'shop' },
    });
    expect(await commands()).toMatchObject([
      {
        kind: 'start',
        card_id: cardId,
        payload: {
          message: 'card-production-ordered',
          businessKey: `${cardId}-1`,
          user: 'producer',
          variables: {
            card: { value: cardId },
            productionNumber: { value: 1 },
            variantKey: { value: 'issue-card-from-approved' },
          },
        },
      },
    ]);
  });

  it('starts nothing where a process orders, and remembers which', async () => {
    const cardId = await approvedCard(db);
    const runningIn = task();
    await order(cardId, runningIn);
    expect(await commands()).toEqual([]);
    expect(await orders(cardId)).toMatchObject([
      { process_instance_id: runningIn.processInstanceId, definition_id: issueVariants.fromApproved.definitionId },
    ]);
    expect(await db('audit').where({ action: 'card-ordered' }).first()).toMatchObject({
      process_key: 'issue-card-from-approved',
      process_version: 1,
    });
  });

  it('orders once for a task that is delivered twice at once', async () => {
    const cardId = await approvedCard(db);
    const runningIn = task();
    const answers = await Promise.all(Array.from({ length: 5 }, () => order(cardId, runningIn)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await orders(cardId)).toHaveLength(1);
  });

  it('lets one of many at once through', async () => {
    const cardId = await approvedCard(db);
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => order(cardId, task())));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'order-live' });
  });

  it.each([
    ['Issue card is off', 'use-case-disabled', () => switchUseCase(db, 'issue-card', false)],
    ['the holder is inactive', 'holder-inactive', () => db('holder').update({ state: 'inactive' })],
    ['the card type has no backend', 'card-type-incomplete', () => db('card_type').update({ backend: null })],
    [
      'the card type has no numbers left',
      'number-range-exhausted',
      () => db('number_range').update({ next_number: 100_000 }),
    ],
    ['the approver would produce it', 'self-production', () => db('card_type').update({ separate_producer: true })],
  ])('is refused where %s, and changes nothing', async (_what, code, spoil) => {
    const cardId = await approvedCard(db, { approver: 'Producer' });
    await spoil();
    await expect(order(cardId)).rejects.toMatchObject({ code });
    expect(await cardState(db, cardId)).toBe('approved');
    for (const table of ['production_order', 'engine_command', 'card_snapshot']) expect(await db(table)).toEqual([]);
    expect(await db('audit').where({ action: 'card-ordered' })).toEqual([]);
  });

  it('lets somebody else produce where duties are separate', async () => {
    await db('card_type').update({ separate_producer: true });
    await expect(order(await approvedCard(db))).resolves.toMatchObject({ number: 1 });
  });

  it('orders many cards set-wise, names those that it refuses, and gives no number twice', async () => {
    const cards = await Promise.all(Array.from({ length: 40 }, () => approvedCard(db)));
    const [gone] = cards.slice(-1);
    await db('holder')
      .whereIn('id', db('card').where({ id: gone }).select('holder_id'))
      .update({ state: 'inactive' });
    const stranger = randomUUID();
    const [first, second] = await Promise.all(
      [cards.slice(0, 20), [...cards.slice(20), stranger]].map((cardIds) =>
        db.transaction((trx) =>
          placeOrders(
            trx,
            { cardIds, from: 'approved' },
            { orderedBy: 'producer', runningIn: null, useCase: 'issue-card', batch: null },
          ),
        ),
      ),
    );
    const placed = [...(first?.ordered ?? []), ...(second?.ordered ?? [])];
    expect(placed).toHaveLength(39);
    expect(new Set(placed.map((each) => each.cardNumber)).size).toBe(39);
    expect(second?.refused.map(({ cardId, code }) => [cardId, code]).sort()).toEqual(
      [
        [gone, 'holder-inactive'],
        [stranger, 'not-found'],
      ].sort(),
    );
    expect(await db('audit').where({ action: 'card-ordered' })).toHaveLength(39);
  });
});

describe('ordering directly', () => {
  it('makes the card and orders it while Request card is off', async () => {
    const { cardId, number } = await orderFor(await addHolder(db, 'E-1'));
    expect(number).toBe(1);
    expect(await cardState(db, cardId)).toBe('ordered');
    expect(await db('card_snapshot').where({ card_id: cardId }).first()).toMatchObject({
      data: { employeeNumber: 'E-1' },
    });
  });

  it.each([
    ['Request card is on', 'direct-issue-off', () => switchUseCase(db, 'request-card', true), 'visitor'],
    ['the holder is inactive', 'holder-inactive', () => db('holder').update({ state: 'inactive' }), 'visitor'],
    ['the card type needs a photo', 'photo-missing', () => Promise.resolve(), 'employee'],
    ['the card type is unknown', 'card-type-unknown', () => Promise.resolve(), 'golden'],
  ])('is refused where %s, and leaves no card', async (_what, code, spoil, cardType) => {
    const holder = await addHolder(db, 'E-1');
    await spoil();
    await expect(orderFor(holder, cardType)).rejects.toMatchObject({ code });
    for (const table of ['card', 'production_order', 'audit']) expect(await db(table)).toEqual([]);
    expect(await db('number_range').first()).toMatchObject({ next_number: '1' });
  });

  it('makes one card for a task that is delivered twice at once', async () => {
    const holder = await addHolder(db, 'E-1');
    const runningIn = task();
    await Promise.all(Array.from({ length: 5 }, () => orderFor(holder, 'visitor', runningIn)));
    expect(await db('card')).toHaveLength(1);
  });

  it('waits for a switch of Request card that is under way, and then obeys it', async () => {
    const holder = await addHolder(db, 'E-1');
    const switching = await db.transaction();
    await switching('use_case').where({ id: 'request-card' }).update({ enabled: true });
    const direct = orderFor(holder);
    const early = await Promise.race([
      direct.then(
        () => 'ordered',
        () => 'refused',
      ),
      switching.raw('select pg_sleep(0.2)').then(() => 'waits'),
    ]);
    expect(early).toBe('waits');
    await switching.commit();
    await expect(direct).rejects.toMatchObject({ code: 'direct-issue-off' });
  });

  it('keeps a card that was ordered directly from being produced again once Request card is on', async () => {
    const placed = await orderFor(await addHolder(db, 'E-1'));
    await fail(placed);
    await switchUseCase(db, 'request-card', true);
    await expect(repeat(placed.cardId, task())).rejects.toMatchObject({ code: 'direct-issue-off' });
    await switchUseCase(db, 'request-card', false);
    await expect(repeat(placed.cardId, task())).resolves.toMatchObject({ number: 2 });
  });
});

describe('producing again', () => {
  it('takes the next production number and keeps the card number', async () => {
    const first = await ordered(db);
    await fail(first);
    expect(await repeat(first.cardId)).toEqual({ ...first, number: 2 });
    expect(await orders(first.cardId)).toMatchObject([
      { number: 1, state: 'failed', reason: 'Card jam' },
      { number: 2, state: 'intent' },
    ]);
  });

  it('ends the process that handled the failure when another one continues, but never the one that repeats', async () => {
    const cardId = await approvedCard(db);
    const first = task();
    await order(cardId, first);
    await fail({ cardId, number: 1 });
    await repeat(cardId, task(first.processInstanceId));
    expect((await commands()).map((command) => command.kind)).toEqual(['correlate']);
    await fail({ cardId, number: 2 });
    await repeat(cardId);
    expect((await commands()).slice(2)).toMatchObject([
      { kind: 'end', payload: { processInstanceId: first.processInstanceId } },
      { kind: 'start', payload: { businessKey: `${cardId}-3` } },
    ]);
    await fail({ cardId, number: 3 });
    await repeat(cardId, task(randomUUID(), randomUUID(), `${cardId}-3`));
    expect((await commands()).slice(4).map((command) => command.kind)).toEqual(['correlate']);
  });

  it('produces a spoilt card again, and keeps the spoilt one on record', async () => {
    const first = await ordered(db);
    await produce(first);
    await db.transaction((trx) => declareSpoilt(trx, { ...first, by: 'producer', reason: 'Stripes' }));
    expect(await cardState(db, first.cardId)).toBe('failed');
    await repeat(first.cardId);
    expect(await orders(first.cardId)).toMatchObject([
      { number: 1, state: 'produced', spoilt_by: 'producer', spoilt_reason: 'Stripes' },
      { number: 2, state: 'intent' },
    ]);
  });
});

describe('withdrawing', () => {
  it('cancels an approved card, once, with a reason', async () => {
    const cardId = await approvedCard(db);
    const cancel = (reason: string | null) =>
      db.transaction((trx) => cancelCard(trx, { cardId, by: 'producer', reason, runningIn: null }));
    await expect(cancel(' ')).rejects.toMatchObject({ code: 'reason-missing' });
    await cancel('Left the company');
    await cancel('Left the company');
    expect(await cardState(db, cardId)).toBe('cancelled');
    expect(await db('audit').where({ action: 'card-cancelled' })).toMatchObject([
      { actor: 'producer', from_state: 'approved', to_state: 'cancelled', details: { reason: 'Left the company' } },
    ]);
    expect(await commands()).toEqual([]);
  });

  it('notifies the process that asks what to do about a failure, unless it is the one that cancels', async () => {
    for (const own of [true, false]) {
      const cardId = await approvedCard(db);
      const runningIn = task();
      await order(cardId, runningIn);
      await fail({ cardId, number: 1 });
      const before = (await commands()).length;
      await db.transaction((trx) =>
        cancelCard(trx, { cardId, by: 'producer', reason: 'No longer needed', runningIn: own ? runningIn : null }),
      );
      expect((await commands()).slice(before)).toMatchObject(
        own
          ? []
          : [
              {
                kind: 'correlate',
                payload: {
                  message: 'card-production-ended',
                  processInstanceId: runningIn.processInstanceId,
                  variables: { productionState: { value: 'cancelled' } },
                },
              },
            ],
      );
    }
  });

  it('cancels an order at once that no backend was called for, and asks the backend otherwise', async () => {
    const cancel = (key: { cardId: string; number: number }) =>
      db.transaction((trx) => requestCancel(trx, { ...key, by: 'producer', reason: 'Wrong card' }));
    const waiting = await ordered(db);
    expect(await cancel(waiting)).toBe(true);
    expect(await cardState(db, waiting.cardId)).toBe('cancelled');
    const called = await ordered(db);
    await db('production_order')
      .where({ card_id: called.cardId })
      .update({ body: Buffer.from('b'), call_began_at: db.fn.now() });
    expect(await cancel(called)).toBe(false);
    expect(await cancel(called)).toBe(false);
    expect(await cardState(db, called.cardId)).toBe('ordered');
    expect(await orders(called.cardId)).toMatchObject([
      { state: 'intent', cancel_requested_by: 'producer', cancel_reason: 'Wrong card' },
    ]);
    await produce(called);
    await expect(cancel(called)).rejects.toMatchObject({ code: 'transition-refused' });
  });

  it('declares nothing spoilt that was not produced, or is in use', async () => {
    const placed = await ordered(db);
    const spoil = () => db.transaction((trx) => declareSpoilt(trx, { ...placed, by: 'producer', reason: 'Stripes' }));
    await expect(spoil()).rejects.toMatchObject({ code: 'not-produced' });
    await produce(placed);
    await db('card').where({ id: placed.cardId }).update({ state: 'active' });
    await expect(spoil()).rejects.toMatchObject({ code: 'transition-refused' });
  });
});
