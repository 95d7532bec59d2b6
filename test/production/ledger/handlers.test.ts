import { randomUUID } from 'node:crypto';
import type { Knex } from '../../../src/kernel/db/database.js';
import type { topics } from '../../../src/process/contract/index.js';
import { applyResult } from '../../../src/production/production-results.js';
import { createHandlers } from '../../../workers/registry.js';
import type { HandlerContext, Task } from '../../../workers/runtime/index.js';
import { cardState } from '../../fixtures/cards.js';
import { addHolder } from '../../fixtures/holders.js';
import { issueVariants, issuing, switchUseCase } from '../../fixtures/installation.js';
import { approvedCard } from '../../fixtures/requests.js';
import { nobodyApproves, nothingEntered } from '../../support/decisions.js';
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

/** `producer` starts every process; `producer2` completes the user task `try-again`. */
const history = {
  starterOf: async (): Promise<string | null> => 'producer',
  completionsOf: async (_instance: string, task: string) =>
    task === 'try-again'
      ? [{ taskId: 't', activityInstanceId: 'a', operationId: 'o', user: 'producer2', completedAt: new Date() }]
      : [],
  ...nothingEntered,
};

function taskOf<T extends keyof typeof topics>(
  topic: T,
  variables: Task<(typeof topics)[T]>['variables'],
  instance: string = randomUUID(),
  id: string = randomUUID(),
): Task<(typeof topics)[T]> {
  return {
    id,
    topic,
    businessKey: null,
    processInstanceId: instance,
    processDefinitionId: issueVariants.fromApproved.definitionId,
    processDefinitionKey: 'issue-card-from-approved',
    activityId: 'step',
    variables,
  };
}

const handlers = () => createHandlers({ db, history, ...nobodyApproves, publicUrl: 'http://127.0.0.1' });
const nothing = { card: null, holder: null, cardType: null, orderTask: null };
const context = {} as HandlerContext;
const order = (
  variables: Partial<Task<(typeof topics)['order-production']>['variables']>,
  instance?: string,
  id?: string,
) =>
  handlers()['order-production'](
    taskOf('order-production', { ...nothing, source: 'approved', ...variables }, instance, id),
    context,
  );
const cancel = (variables: { card: string; reason: string | null; cancelTask: string | null }, instance?: string) =>
  handlers()['cancel-card'](taskOf('cancel-card', variables, instance), context);
const fail = (cardId: string, number: number) =>
  db.transaction((trx) =>
    applyResult(trx, {
      backend: 'shop',
      eventId: randomUUID(),
      report: { cardId, number, state: 'failed', orderId: null, code: 'jam', reason: 'Card jam' },
    }),
  );

test('orders an approved card in the name of who started, and the same again for a repeated task', async () => {
  const card = await approvedCard(db);
  const [instance, id] = [randomUUID(), randomUUID()];
  const done = { kind: 'done', outputs: { card, productionNumber: 1 } };
  expect(await order({ card }, instance, id)).toEqual(done);
  expect(await order({ card }, instance, id)).toEqual(done);
  expect(await db('production_order')).toMatchObject([
    { ordered_by: 'producer', process_instance_id: instance, task_id: id },
  ]);
});

test('produces a failed card again in the name of who completed the task that says so', async () => {
  const card = await approvedCard(db);
  const instance = randomUUID();
  await order({ card }, instance);
  await fail(card, 1);
  expect(await order({ card, source: 'failed', orderTask: 'try-again' }, instance)).toEqual({
    kind: 'done',
    outputs: { card, productionNumber: 2 },
  });
  expect(await db('production_order').where({ number: 2 })).toMatchObject([{ ordered_by: 'producer2' }]);
});

test('makes and orders a card for a holder', async () => {
  const holder = await addHolder(db, 'E-1');
  expect(await order({ source: 'holder', holder, cardType: 'visitor' })).toMatchObject({
    kind: 'done',
    outputs: { productionNumber: 1 },
  });
  await switchUseCase(db, 'request-card', true);
  expect(await order({ source: 'holder', holder, cardType: 'visitor' })).toMatchObject({
    kind: 'business-error',
    code: 'production-refused',
    message: expect.stringContaining('approved request'),
  });
  expect(await db('card')).toHaveLength(1);
});

test('refuses by the BPMN error what a person has to settle', async () => {
  const card = await approvedCard(db);
  await db('holder').update({ state: 'inactive' });
  expect(await order({ card })).toMatchObject({
    kind: 'business-error',
    code: 'production-refused',
    message: expect.stringContaining('inactive'),
  });
});

test('asks for the diagram to be corrected where nothing else would help', async () => {
  await expect(order({ source: 'thin air' })).rejects.toThrow('Correct the diagram');
  await expect(order({ source: 'holder', cardType: 'visitor' })).rejects.toThrow('holder is missing');
  await expect(order({ card: await approvedCard(db), orderTask: 'nobody-did' })).rejects.toThrow('nobody who acts');
});

test('cancels a failed card, again without effect, and refuses without a reason or while it is produced', async () => {
  const card = await approvedCard(db);
  const instance = randomUUID();
  await order({ card }, instance);
  expect(await cancel({ card, reason: 'Left', cancelTask: 'try-again' }, instance)).toMatchObject({
    kind: 'business-error',
    code: 'cancel-refused',
  });
  await fail(card, 1);
  expect(await cancel({ card, reason: ' ', cancelTask: null }, instance)).toMatchObject({
    kind: 'business-error',
    code: 'cancel-refused',
  });
  expect(await cancel({ card, reason: 'Left', cancelTask: 'try-again' }, instance)).toEqual({
    kind: 'done',
    outputs: {},
  });
  expect(await cancel({ card, reason: 'Left', cancelTask: 'try-again' }, instance)).toEqual({
    kind: 'done',
    outputs: {},
  });
  expect(await cardState(db, card)).toBe('cancelled');
  expect(await db('audit').where({ action: 'card-cancelled' })).toMatchObject([
    { actor: 'producer2', details: { reason: 'Left' } },
  ]);
});
