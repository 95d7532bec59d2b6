import { randomUUID } from 'node:crypto';
import type { Knex } from '../../../src/kernel/db/database.js';
import { applyResult } from '../../../src/production/production-results.js';
import type { ProductionResult } from '../../../src/production/production-types.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { cardState } from '../../fixtures/cards.js';
import { issuing } from '../../fixtures/installation.js';
import { ordered } from '../../fixtures/productions.js';
import { addBackend } from '../../fixtures/backends.js';

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

type Said = {
  [K in ProductionResult['report']['state']]: Omit<
    Extract<ProductionResult['report'], { state: K }>,
    'cardId' | 'number'
  >;
};
const said: Said = {
  accepted: { state: 'accepted', orderId: 'o-1', message: null },
  produced: { state: 'produced', orderId: 'o-1', evidence: { serial: 'S-1' } },
  failed: { state: 'failed', orderId: 'o-1', code: 'jam', reason: 'Card jam' },
  cancelled: { state: 'cancelled', orderId: 'o-1', reason: 'Asked for' },
};
const apply = (
  key: { cardId: string; number: number },
  state: keyof Said,
  eventId: string = randomUUID(),
  backend = 'shop',
) =>
  db.transaction((trx) =>
    applyResult(trx, { backend, eventId, report: { cardId: key.cardId, number: key.number, ...said[state] } }),
  );
const row = async (key: { cardId: string }) => db('production_order').where({ card_id: key.cardId }).first();

it.each([
  ['produced', 'issued', null],
  ['failed', 'failed', 'Card jam'],
  ['cancelled', 'cancelled', 'Asked for'],
] as const)('ends the order as %s, moves card and process, and erases what was sealed', async (state, card, reason) => {
  const placed = await ordered(db);
  await db('production_order').update({ body: Buffer.from('sealed') });
  await db('card_secret').insert({
    card_id: placed.cardId,
    number: 1,
    kind: 'pin',
    sealed: Buffer.from('x'),
    key_id: 'k',
    delivery: 'none',
  });
  expect(await apply(placed, state)).toBe('applied');
  expect(await row(placed)).toMatchObject({ state, body: null, order_id: 'o-1', reason, ended_at: expect.any(Date) });
  expect(await cardState(db, placed.cardId)).toBe(card);
  expect(await db('card_secret')).toEqual([]);
  const [, told] = await db('engine_command').orderBy('id').select('payload');
  expect(told.payload).toMatchObject({
    kind: 'correlate',
    message: 'card-production-ended',
    businessKey: `${placed.cardId}-1`,
    variables: { productionState: { value: state }, productionReason: { value: reason } },
  });
  expect(await db('audit').where({ action: `card-${state}` })).toMatchObject([
    { from_state: 'ordered', to_state: card, details: { number: 1, backend: 'shop' } },
  ]);
});

it('applies a message once, also when it comes many times at once', async () => {
  const placed = await ordered(db);
  const effects = await Promise.all(Array.from({ length: 6 }, () => apply(placed, 'produced', 'event-1')));
  expect(effects.sort()).toEqual(['applied', ...Array.from({ length: 5 }, () => 'repeated')]);
  expect(await db('audit').where({ action: 'card-produced' })).toHaveLength(1);
  expect(await db('engine_command').where({ kind: 'correlate' })).toHaveLength(1);
});

it('applies what different messages say at once only once', async () => {
  const placed = await ordered(db);
  const effects = await Promise.all(Array.from({ length: 4 }, () => apply(placed, 'produced')));
  expect(effects.filter((effect) => effect === 'applied')).toHaveLength(1);
});

it('takes results in any order', async () => {
  const placed = await ordered(db);
  expect(await apply(placed, 'produced')).toBe('applied');
  expect(await apply(placed, 'accepted')).toBe('repeated');
  expect(await row(placed)).toMatchObject({ state: 'produced' });
});

it('keeps what a later message proves besides', async () => {
  const placed = await ordered(db);
  await apply(placed, 'produced');
  await db.transaction((trx) =>
    applyResult(trx, {
      backend: 'shop',
      eventId: 'later',
      report: {
        cardId: placed.cardId,
        number: 1,
        state: 'produced',
        orderId: 'o-1',
        evidence: { serial: 'other', chipUid: '04A1' },
      },
    }),
  );
  expect(await row(placed)).toMatchObject({ evidence: { serial: 'S-1', chipUid: '04A1' } });
});

it.each([
  ['cancelled', 'produced'],
  ['failed', 'produced'],
  ['produced', 'failed'],
] as const)(
  'notifies production operators of an order that was %s and is reported as %s, and changes no card',
  async (first, second) => {
    const placed = await ordered(db);
    await apply(placed, first);
    const before = await cardState(db, placed.cardId);
    expect(await apply(placed, second, 'late')).toBe('contradicts');
    expect(await apply(placed, second, 'late')).toBe('repeated');
    expect(await apply(placed, second)).toBe('contradicts');
    expect(await cardState(db, placed.cardId)).toBe(before);
    expect(await row(placed)).toMatchObject({ state: first });
    expect(await db('mail').where({ to_group: 'card-producers' })).toHaveLength(1);
    const audited = { from_state: first, to_state: second };
    expect(await db('audit').where({ action: 'production-contradicted' })).toMatchObject([audited, audited]);
    expect(await db('production_result').where({ outcome: second })).toMatchObject([
      { applied: false },
      { applied: false },
    ]);
  },
);

it('takes nothing from a backend that does not have the order', async () => {
  const placed = await ordered(db);
  await addBackend(db, 'other');
  expect(await apply(placed, 'produced', 'e', 'other')).toBe('not-ordered');
  expect(await apply({ cardId: randomUUID(), number: 1 }, 'produced')).toBe('not-ordered');
  expect(await cardState(db, placed.cardId)).toBe('ordered');
});
