/** What lost its process instance is mended behind any number of older ones that are well. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { sweepBatches } from '../../src/batches/batch-sweep.js';
import { technicalAccounts } from '../../src/domain/roles.js';
import type { EngineClient } from '../../src/engine/client.js';
import { sweep, type Followed, type SweptKind } from '../../src/engine/sweep.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { orderFromApproved } from '../../src/production/production-service.js';
import { sweepProductions } from '../../src/production/production-sweep.js';
import { sweepRequests } from '../../src/requests/request-sweep.js';
import { draftOf } from '../fixtures/batches.js';
import { addHolder, addHolders } from '../fixtures/holders.js';
import { choose, issuing, variants } from '../fixtures/installation.js';
import { approvedCards, register } from '../fixtures/requests.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { addCards } from '../fixtures/cards.js';

/** More than one page of the sweep. */
const many = 520;
const log = pino({ level: 'silent' });
const user = technicalAccounts.server;

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
beforeEach(async () => {
  await database.clear();
  await issuing(db);
});
afterAll(() => database.drop());

type Instances = { readonly processInstanceIds?: string[]; readonly processInstanceBusinessKeyIn?: string[] };

/** An engine in which every instance runs but `lost`: hundreds of real ones would take minutes. */
const engineWithout = (lost: string) =>
  ({
    call: async ({ body: { processInstanceIds = [] } = {} }: { body?: Instances }) =>
      processInstanceIds.filter((id) => id !== lost).map((id) => ({ id, businessKey: null, state: 'ACTIVE' })),
  }) as unknown as EngineClient;

const depsFor = (engine: EngineClient) => ({ engine, user, log });

/** Copies the only row of a table, with these values in its columns and instances of their own. */
async function copies(table: string, values: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const columns: string[] = await db('information_schema.columns')
    .where({ table_name: table, is_generated: 'NEVER', is_identity: 'NO' })
    .pluck('column_name');
  const row = await db(table).first();
  const rows = Array.from({ length: many }, (_, at) => ({
    ...Object.fromEntries(columns.map((column) => [column, row[column]])),
    ...Object.fromEntries(Object.entries(values).map(([column, all]) => [column, all[at]])),
    process_instance_id: randomUUID(),
  }));
  await db.batchInsert(table, rows, 100);
}

/** Ids before nearly all others. */
const firstIds = () => Array.from({ length: many }, () => `00000000${randomUUID().slice(8)}`);

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

test('a request behind hundreds that are well gets its instance', async () => {
  await choose(db, 'with-approval');
  const holder = await addHolder(db, 'E-1');
  const lost = randomUUID();
  const runningIn = { processInstanceId: lost, definitionId: variants.withApproval.definitionId };
  const { requestId } = await register(db, { holder, runningIn });
  await db('card_request').update({ created_at: ago(2), registered_at: ago(2) });
  const ids = firstIds();
  const holders = await addHolders(db, ids.length, 'M');
  const cards = await addCards(db, holders, 'registered');
  await copies('card_request', {
    id: ids,
    holder_id: holders,
    card_id: cards,
    registered_at: ids.map(() => ago(9).toISOString()),
  });
  await db('engine_command').delete();
  expect(await sweepRequests(db, depsFor(engineWithout(lost)))).toEqual([requestId]);
  expect(await sweepRequests(db, depsFor(engineWithout(lost)))).toEqual([]);
});

test('a production order behind hundreds that are followed gets its instance', async () => {
  const lost = randomUUID();
  const cards = (await approvedCards(db, many + 1)).sort();
  const cardId = cards.pop() ?? '';
  await db.transaction((trx) => orderFromApproved(trx, { cardId, orderedBy: 'producer', runningIn: null }));
  await db('production_order').update({ process_instance_id: lost, ordered_at: ago(2) });
  await db('engine_command').delete();
  await copies('production_order', { card_id: cards, ordered_at: cards.map(() => ago(9).toISOString()) });
  const mended = await sweepProductions(db, depsFor(engineWithout(lost)));
  expect(mended).toMatchObject([{ cardId, number: 1 }]);
  expect(await sweepProductions(db, depsFor(engineWithout(lost)))).toEqual([]);
});

test('a batch order behind hundreds that are well is mended', async () => {
  const lost = randomUUID();
  const last = await draftOf(db, await approvedCards(db, 1));
  await db('batch_order').update({ process_instance_id: lost, created_at: ago(2) });
  const ids = firstIds();
  await copies('batch_order', {
    id: ids,
    owner: ids.map((id) => `owner-${id}`),
    created_at: ids.map(() => ago(9).toISOString()),
  });
  expect(await sweepBatches(db, depsFor(engineWithout(lost)))).toEqual([last]);
  expect(await db('batch_order').where({ id: last })).toEqual([]);
});

test('one that cannot be mended holds up no other, and is reported', async () => {
  const all = ['1', '2', '3'].map((id): Followed => ({ id, businessKey: id, processInstanceId: null }));
  const started: string[] = [];
  const kind: SweptKind<Followed> = {
    name: 'things',
    open: async (after, most) => all.filter(({ id }) => after === undefined || id > after).slice(0, most),
    restartsCompleted: () => false,
    startAgain: async ({ id }) => {
      if (id === '1') throw new Error('no diagram');
      started.push(id);
      return true;
    },
  };
  const mending = sweep(depsFor(engineWithout('')), kind, 2);
  await expect(mending).rejects.toMatchObject({ errors: [{ message: 'things: 1 cannot be started again' }] });
  expect(started).toEqual(['2', '3']);
});
