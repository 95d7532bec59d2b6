import { randomUUID } from 'node:crypto';
import { databaseError } from '../../src/kernel/db/database.js';
import { cardStates, cardTransitionPairs, type CardState } from '../../src/domain/card-states.js';
import { requestStates, requestTransitionPairs } from '../../src/domain/request-states.js';
import { addHolder } from '../fixtures/holders.js';
import { installed } from '../fixtures/installation.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { addCard, isFirst } from '../fixtures/cards.js';

let database: TestDatabase;
let holder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await installed(database.knex);
  holder = await addHolder(database.knex, 'E-1');
});

afterAll(() => database.drop());

/** A card brought to a state along allowed steps. */
const cardIn = (state: CardState) => addCard(database.knex, { holder, state });

it('knows the same states and steps as the code', async () => {
  const { knex } = database;
  const pairs = (table: string) =>
    knex(table).select<{ from_state: string; to_state: string }[]>('from_state', 'to_state');
  const plain = (rows: { from_state: string; to_state: string }[]) =>
    rows.map((row) => `${row.from_state}>${row.to_state}`).sort();
  const ours = (list: [string, string][]) => list.map(([from, to]) => `${from}>${to}`).sort();
  expect((await knex('card_state').pluck('state')).sort()).toEqual([...cardStates].sort());
  expect((await knex('request_state').pluck('state')).sort()).toEqual([...requestStates].sort());
  expect(plain(await pairs('card_transition'))).toEqual(ours(cardTransitionPairs()));
  expect(plain(await pairs('request_transition'))).toEqual(ours(requestTransitionPairs()));
});

it('walks every allowed step and refuses every other', async () => {
  const allowed = new Set(cardTransitionPairs().map(([from, to]) => `${from}>${to}`));
  const wrong: string[] = [];
  for (const from of cardStates) {
    for (const to of cardStates) {
      if (from === to) continue;
      const id = await cardIn(from);
      const refused = await database
        .knex('card')
        .where({ id })
        .update({ state: to })
        .then(
          () => false,
          (error: unknown) => databaseError(error)?.constraint === 'card_transition',
        );
      if (refused === allowed.has(`${from}>${to}`)) wrong.push(`${from}>${to}`);
    }
  }
  expect(wrong).toEqual([]);
});

describe('a card that is made', () => {
  const makeIn = async (state: CardState) =>
    database.knex('card').insert({ id: randomUUID(), holder_id: holder, card_type: 'visitor', state });

  it.each(cardStates.filter(isFirst))('may begin as %s', async (state) => {
    await expect(makeIn(state)).resolves.toBeDefined();
  });

  it.each(cardStates.filter((state) => !isFirst(state)))('never begins as %s', async (state) => {
    await expect(makeIn(state)).rejects.toMatchObject({ constraint: 'card_transition' });
  });
});

it('never changes or removes an audit row', async () => {
  const { knex } = database;
  await knex('audit').insert({ actor: 'test', action: 'test', object_type: 'card', object_id: '1' });
  await expect(knex('audit').update({ actor: 'other' })).rejects.toThrow('append-only');
  await expect(knex('audit').delete()).rejects.toThrow('append-only');
  await expect(knex.raw('truncate audit')).rejects.toThrow('append-only');
});
