import { beginRound } from '../../src/batches/batch-ordering.js';
import { draftIssue } from '../../src/batches/batch-selection.js';
import { pino } from 'pino';
import { sweepBatches } from '../../src/batches/batch-sweep.js';
import { notifyAgain } from '../../src/batches/lost-messages.js';
import { technicalAccounts } from '../../src/domain/roles.js';
import { applyResults } from '../../src/production/production-results.js';
import { approvedCards } from '../fixtures/requests.js';
import { eventually } from '../support/eventually.js';
import { change, enableIssuing, instancesOf, patience } from '../support/issuing.js';
import { startIssuingProduct, type IssuingProduct } from '../support/product.js';

const silent = pino({ level: 'silent' });
let product: IssuingProduct;
let definition: string;
const user = technicalAccounts.server;

beforeAll(async () => {
  product = await startIssuingProduct();
  await enableIssuing(product);
  await change(product, '/card-types/visitor', { chip: false });
  ({ definition_id: definition } = await product
    .db('process_version')
    .where({ variant: 'without-approval', use_case: 'request-card' })
    .first('definition_id'));
}, 180_000);
afterAll(() => product?.stop(), 60_000);

const cards = (count: number) => approvedCards(product.db, count, { definition });
const call = (method: string, path: string, body?: unknown) =>
  product.call('producer', method, `/batch-orders${path}`, body);
const batchIn = (id: string, state: string) =>
  eventually(`batch order ${id} is ${state}`, patience, async () =>
    (await call('GET', `/${id}`)).body.state === state ? true : null,
  );
const processEnds = (id: string) =>
  eventually(`the process of batch order ${id} has ended`, patience, async () =>
    (await instancesOf(product, id)).some(({ state }) => state === 'COMPLETED'),
  );
/** Swept as the server does, only at once. */
const sweep = async () => [
  ...(await sweepBatches(product.db, { engine: product.engine, user, log: silent }, 0)),
  ...(await notifyAgain(product.db, product.engine, user, 0)),
];

/** A batch order whose cards wait at the print shop, and whose process waits for their end. */
async function waiting(count: number): Promise<{ id: string; ids: string[] }> {
  const ids = await cards(count);
  await product.shop.play('stop');
  const { body } = await call('POST', '', { kind: 'issue', cardIds: ids });
  const id = body.id as string;
  await eventually('the process waits, and the cards are at the print shop', patience, async () => {
    const query = { messageEventSubscriptionName: 'batch-round-ended', processDefinitionKey: 'issue-multiple-cards' };
    const executions = await product.engine.call<object[]>({ user, path: '/execution', query });
    const there = await product.db('production_order').where({ batch_id: id, state: 'submitted' });
    const pending = await product.db('engine_command').where({ batch_id: id, state: 'pending' });
    return executions.length === 1 && there.length === count && pending.length === 0;
  });
  return { id, ids };
}

/** Brings results, and loses the messages about them. */
async function endUnheard(id: string, ids: readonly string[], failed: number): Promise<void> {
  await product.db.transaction(async (trx) => {
    await applyResults(
      trx,
      'print-shop',
      ids.map((cardId, index) => {
        const about = { cardId, number: 1, orderId: `o-${index}` };
        const report =
          index < failed
            ? { ...about, state: 'failed' as const, code: 'jam', reason: 'Jam' }
            : { ...about, state: 'produced' as const, evidence: {} };
        return { eventId: `unheard-${cardId}`, report };
      }),
    );
    await trx('engine_command').where({ batch_id: id, state: 'pending' }).delete();
  });
}

it('starts the process of a batch order whose start was lost; it continues and ends', async () => {
  const ids = await cards(3);
  const id = await product.db.transaction(async (trx) => {
    const draft = await draftIssue(trx, { owner: 'producer', label: 'Start lost', madeIn: null }, ids);
    await beginRound(trx, { batchId: draft.id, afterRound: 0, orderedBy: 'producer' });
    return draft.id;
  });
  expect(await sweep()).toEqual([id]);
  await batchIn(id, 'completed');
  await processEnds(id);
  expect(await sweep()).toEqual([]);
}, 180_000);

it('starts another process for one that somebody has cancelled in the engine', async () => {
  const { id } = await waiting(2);
  const [instance] = await instancesOf(product, id);
  await product.engine.call({ user, method: 'DELETE', path: `/process-instance/${instance?.id}` });
  expect(await sweep()).toEqual([id]);
  await product.shop.play('go');
  await batchIn(id, 'completed');
  await processEnds(id);
}, 180_000);

it('sends the lost message of the end of a round again', async () => {
  const { id, ids } = await waiting(2);
  await endUnheard(id, ids, 0);
  await batchIn(id, 'completed');
  expect(await sweep()).toEqual([id]);
  await processEnds(id);
  expect(await sweep()).toEqual([]);
  expect(await product.db('audit').where({ action: 'process-told-again', object_id: id })).toHaveLength(1);
  await product.shop.play('go');
}, 180_000);

it('sends the message of an ended review again, once; running ones are left alone', async () => {
  const { id, ids } = await waiting(2);
  expect(await sweep()).toEqual([]);
  await endUnheard(id, ids, 1);
  expect(await sweep()).toEqual([id]);
  await eventually('somebody is asked to review', patience, async () => {
    const tasks = await product.engine.call<object[]>({
      user,
      path: '/task',
      query: { taskDefinitionKey: 'review-batch', processInstanceBusinessKey: id },
    });
    return tasks.length === 1;
  });
  await eventually(
    'the message was taken',
    patience,
    async () => (await product.db('engine_command').where({ batch_id: id, state: 'pending' })).length === 0,
  );
  expect(await sweep()).toEqual([]);
  await product.db.transaction(async (trx) => {
    await beginRound(trx, { batchId: id, afterRound: 1, orderedBy: 'producer' });
  });
  expect(await sweep()).toEqual([id]);
  await product.shop.play('go');
  await batchIn(id, 'completed');
  await processEnds(id);
}, 180_000);
