import { cancelBatch } from '../../src/batches/batch-closing.js';
import { pino } from 'pino';
import { sweepBatches } from '../../src/batches/batch-sweep.js';
import { notifyAgain } from '../../src/batches/lost-messages.js';
import { isEngineError } from '../../src/engine/client.js';
import { technicalAccounts } from '../../src/domain/roles.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { employeeNumbers, instancesOf, patience } from '../support/issuing.js';
import { enable, startProduct, type Answer, type Product } from '../support/product.js';

/** Its own, for it dies. */
let engine: TestEngine;
const silent = pino({ level: 'silent' });
let product: Product;
/** Employee numbers of holders with a photo; each is asked for once. */
let unused: string[];

beforeAll(async () => {
  engine = await startEngine();
  product = await startProduct({ engine });
  await enable(product, 'with-approval');
  unused = await employeeNumbers(product);
}, 180_000);
afterAll(async () => {
  await product?.stop();
  await engine?.stop();
}, 60_000);

const take = (count: number): string[] => unused.splice(0, count);
const request = (holders: readonly string[], more: object = {}, headers?: Record<string, string>): Promise<Answer> =>
  product.call(
    'operator',
    'POST',
    '/batch-orders',
    { kind: 'request', cardType: 'employee', holders, ...more },
    headers,
  );
const decide = (id: string, body: object, account = 'approver'): Promise<Answer> =>
  product.call(account, 'POST', `/batch-orders/${id}/decide`, body);
const rowsOf = async (id: string, query = '?limit=200'): Promise<any[]> =>
  (await product.call('operator', 'GET', `/batch-orders/${id}/rows${query}`)).body.items;

const batchIn = (id: string, state: string): Promise<any> =>
  eventually(`batch order ${id} is ${state}`, patience, async () => {
    const { body } = await product.call('admin', 'GET', `/batch-orders/${id}`);
    return body.state === state ? body : null;
  });

/** A batch of requests of the API that waits for its decision. */
async function waiting(count: number, more: object = {}): Promise<any> {
  const asked = await request(take(count), more);
  expect(asked).toMatchObject({ status: 202, body: { kind: 'request' } });
  return batchIn(asked.body.id, 'running');
}

const ended = (id: string): Promise<string[]> =>
  eventually(`the process of batch order ${id} has ended`, patience, async () => {
    const instances = await instancesOf(product, id);
    return instances.length > 0 && instances.every(({ state }) => state === 'COMPLETED')
      ? instances.map((each) => each.id)
      : null;
  });

/** What the engine did for process instances, counted in its history. */
async function stepsOf(ids: readonly string[]): Promise<Record<string, number>> {
  const kinds = {
    activities: 'activity-instance',
    externalTasks: 'external-task-log',
    userTasks: 'task',
    jobs: 'job-log',
    variables: 'variable-instance',
  };
  const count = (path: string, processInstanceId: string) =>
    product.engine.call<{ count: number }>({
      user: technicalAccounts.server,
      path: `/history/${path}/count`,
      query: { processInstanceId },
    });
  const counted = Object.entries(kinds).map(async ([name, path]) => {
    const counts = await Promise.all(ids.map((id) => count(path, id)));
    return [name, counts.reduce((sum, each) => sum + each.count, 0)] as const;
  });
  return Object.fromEntries(await Promise.all(counted));
}

describe('a batch of requests of the API', () => {
  it('is registered together, approved in one task but for the exceptions, and reported by one mail each', async () => {
    const batch = await waiting(5, { label: 'May' });
    expect(batch.counts).toEqual({ chosen: 5, skipped: 0, ordered: 5, produced: 0, failed: 0, cancelled: 0 });
    const decided = await decide(batch.id, { decision: 'approve', exceptions: [{ row: 2, reason: 'Has left.' }] });
    expect(decided).toMatchObject({ status: 200, body: { state: 'completed', counts: { produced: 4, failed: 1 } } });
    const rows = await rowsOf(batch.id);
    expect(rows.map(({ state }) => state)).toEqual(['produced', 'failed', 'produced', 'produced', 'produced']);
    expect(rows[1].reason).toBe('Has left.');
    const story = (await product.call('admin', 'GET', `/card-requests/${rows[0].requestId}`)).body;
    expect(story).toMatchObject({
      state: 'approved',
      requester: 'operator',
      variant: 'with-approval',
      batchOrder: { id: batch.id, number: batch.number },
      decision: { approver: 'approver', decision: 'approve' },
      card: { state: 'approved' },
    });
    expect(story.transitions.map(({ action }: { action: string }) => action)).toEqual([
      'request-registered',
      'request-approved',
    ]);
    const { places } = (await product.call('admin', 'GET', `/cards/${rows[0].cardId}/story`)).body;
    expect(places.map(({ processKey }: { processKey: string }) => processKey)).toEqual([
      'request-multiple-cards-with-approval',
    ]);
    expect(
      await product
        .db('card_snapshot')
        .whereIn(
          'card_id',
          rows.map(({ cardId }) => cardId),
        )
        .count('* as n'),
    ).toEqual([{ n: '4' }]);
    const mails = await product
      .db('mail')
      .where('event_key', 'like', `%${batch.id}%`)
      .orderBy('event_key')
      .select('event_key', 'to_account', 'to_group', 'body');
    expect(mails).toMatchObject([
      { to_account: 'operator', body: expect.stringContaining('4 approved, 1 rejected') },
      {
        event_key: `batch-waiting:${batch.id}`,
        to_group: 'card-approvers',
        body: expect.stringContaining('5 cards (Employee card)'),
      },
    ]);
    await ended(batch.id);
  });

  it('names whom it cannot be for, and continues with the others; a repeat with the same key is the same one', async () => {
    const [known, twice] = take(2) as [string, string];
    const inactive = await product.db('holder').where({ state: 'inactive' }).first('employee_number');
    const holders = [known, twice, known.toLowerCase(), 'nobody', inactive.employee_number];
    const headers = { 'Idempotency-Key': 'the-same' };
    const [asked, again] = [await request(holders, {}, headers), await request(holders, {}, headers)];
    expect(again.body.id).toBe(asked.body.id);
    const batch = await batchIn(asked.body.id, 'running');
    expect(batch.counts).toMatchObject({ chosen: 4, skipped: 2, ordered: 2 });
    expect((await rowsOf(batch.id)).map(({ state, code, namedAs }) => [state, code, namedAs])).toEqual([
      ['ordered', null, null],
      ['ordered', null, null],
      ['skipped', 'holder-unknown', 'nobody'],
      ['skipped', 'holder-inactive', null],
    ]);
    const second = await request([known, ...take(1)]);
    expect((await batchIn(second.body.id, 'running')).counts).toMatchObject({ chosen: 2, skipped: 1, ordered: 1 });
    expect((await rowsOf(second.body.id))[0]).toMatchObject({ state: 'skipped', code: 'open-request-exists' });
    expect(await request([known])).toMatchObject({ status: 422, body: { code: 'batch-empty' } });
  });

  it('takes the same steps of the engine for 3 and for 60', async () => {
    const steps = [];
    for (const count of [3, 60]) {
      const batch = await waiting(count);
      expect((await decide(batch.id, { decision: 'approve' })).status).toBe(200);
      steps.push(await stepsOf(await ended(batch.id)));
    }
    expect(steps[1]).toEqual(steps[0]);
    expect(steps[0]).toMatchObject({ userTasks: 1, jobs: 0 });
  });

  it('is approved at once where Request card goes without an approval, and goes by the most specific choice', async () => {
    await product.call('admin', 'PUT', '/use-cases/request-card/card-types/visitor', { variant: 'without-approval' });
    const asked = await request(take(3), { cardType: 'visitor' });
    expect((await batchIn(asked.body.id, 'completed')).counts).toMatchObject({ ordered: 3, produced: 3 });
    expect(
      await product
        .db('decision as d')
        .join('card_request as r', 'r.id', 'd.request_id')
        .where({ batch_id: asked.body.id }),
    ).toEqual([]);
    await product.call('admin', 'DELETE', '/use-cases/request-card/card-types/visitor');
    expect((await waiting(1, { cardType: 'visitor' })).counts).toMatchObject({ ordered: 1, produced: 0 });
  });

  it('is aborted by its requester, one by one or together, and its process ends', async () => {
    const batch = await waiting(3);
    const [first] = await rowsOf(batch.id);
    expect(
      await product.call('operator2', 'POST', `/batch-orders/${batch.id}/cancel`, { reason: 'No.' }),
    ).toMatchObject({ status: 404 });
    expect(await product.call('producer', 'POST', `/batch-orders/${batch.id}/cancel`, { reason: 'No.' })).toMatchObject(
      { status: 403 },
    );
    expect(await product.call('operator', 'POST', `/card-requests/${first.requestId}/abort`, {})).toMatchObject({
      status: 200,
      body: { state: 'aborted' },
    });
    expect(
      await product.call('operator', 'POST', `/batch-orders/${batch.id}/cancel`, { reason: 'Not needed.' }),
    ).toMatchObject({
      status: 200,
      body: { state: 'completed', counts: { cancelled: 3 } },
    });
    await ended(batch.id);
    expect(await decide(batch.id, { decision: 'approve' })).toMatchObject({
      status: 409,
      body: { code: 'already-decided' },
    });
  });

  it('is rejected as a whole when nobody decides in time', async () => {
    await product.call('admin', 'PUT', '/options/approval-time-limit', { value: 'PT2S' });
    const batch = await waiting(3);
    await product.call('admin', 'PUT', '/options/approval-time-limit', { value: null });
    expect((await batchIn(batch.id, 'completed')).counts).toMatchObject({ failed: 3 });
    expect((await rowsOf(batch.id))[0]).toMatchObject({ state: 'failed', reason: 'not decided in time' });
    await ended(batch.id);
  });
});

describe('a decision on a batch of requests', () => {
  it('leaves the own card for another approver, whom the task comes to again', async () => {
    const own = await product.db('holder').where({ account: 'approver' }).first('employee_number');
    const [one, other] = take(2) as [string, string];
    const numbers = [one, own.employee_number, other];
    const asked = await request(numbers);
    const batch = await batchIn(asked.body.id, 'running');
    const decided = await decide(batch.id, { decision: 'approve' });
    expect(decided).toMatchObject({ status: 202, body: { state: 'running', counts: { produced: 2 } } });
    expect(await decide(batch.id, { decision: 'approve' })).toMatchObject({
      status: 403,
      body: { code: 'self-approval' },
    });
    expect(await decide(batch.id, { decision: 'approve' }, 'approver2')).toMatchObject({
      status: 200,
      body: { counts: { produced: 3 } },
    });
  });

  it('is about what was shown: a request that has changed since is named, and nothing is decided', async () => {
    const batch = await waiting(2);
    const [row] = await rowsOf(batch.id);
    await product.db('holder').where({ id: row.holder.id }).update({ department: 'Elsewhere' });
    const refused = await decide(batch.id, { decision: 'approve' });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'request-outdated', detail: expect.stringContaining('place 1') },
    });
    expect(await decide(batch.id, { decision: 'approve' })).toMatchObject({
      status: 200,
      body: { counts: { produced: 2 } },
    });
  });

  it.each([
    [{ decision: 'reject' }, 422, 'reason-missing'],
    [{ decision: 'approve', exceptions: [{ row: 9, reason: 'Why' }] }, 400, 'invalid-request'],
    [
      {
        decision: 'approve',
        exceptions: [
          { row: 1, reason: 'Why' },
          { row: 1, reason: 'Twice' },
        ],
      },
      400,
      'invalid-request',
    ],
  ])('refuses %j', async (body, status, code) => {
    const batch = await waiting(1);
    expect(await decide(batch.id, body)).toMatchObject({ status, body: { code } });
    expect(await decide(batch.id, { decision: 'reject', reason: 'No.' })).toMatchObject({
      status: 200,
      body: { counts: { failed: 1 } },
    });
  });

  it('is not made on a single request of it, and not by somebody who is no approver', async () => {
    const batch = await waiting(1);
    const [row] = await rowsOf(batch.id);
    expect(
      await product.call('approver', 'POST', `/card-requests/${row.requestId}/decision`, { decision: 'approve' }),
    ).toMatchObject({
      status: 409,
      body: { code: 'decided-together', detail: expect.stringContaining(`batch order ${batch.number}`) },
    });
    expect(await decide(batch.id, { decision: 'approve' }, 'operator')).toMatchObject({ status: 403 });
    expect((await decide(batch.id, { decision: 'approve' })).status).toBe(200);
  });
});

describe('who may', () => {
  it('only operators request, each sees the own ones, approvers all', async () => {
    expect(
      await product.call('producer', 'POST', '/batch-orders', { kind: 'request', cardType: 'visitor', filter: {} }),
    ).toMatchObject({ status: 403 });
    const batch = await waiting(1);
    expect((await product.call('operator2', 'GET', `/batch-orders/${batch.id}`)).status).toBe(404);
    expect((await product.call('operator2', 'GET', '/batch-orders')).body.items).toEqual([]);
    expect((await product.call('approver', 'GET', '/batch-orders?kind=request')).body.items.length).toBeGreaterThan(0);
  });

  it('is as enabled as Request card, which alone is switched', async () => {
    expect(await product.call('admin', 'PUT', '/use-cases/request-multiple-cards', { enabled: false })).toMatchObject({
      status: 409,
      body: { code: 'use-case-follows' },
    });
    await product.call('admin', 'PUT', '/use-cases/issue-card', { enabled: true });
    await product.call('admin', 'PUT', '/use-cases/request-card', { enabled: false });
    expect((await product.call('admin', 'GET', '/use-cases/request-multiple-cards')).body.enabled).toBe(false);
    expect(await request(take(1))).toMatchObject({ status: 409, body: { code: 'use-case-disabled' } });
    await enable(product, 'with-approval');
    expect((await product.call('admin', 'GET', '/use-cases/request-multiple-cards')).body.enabled).toBe(true);
  });
});

describe('after every crash', () => {
  const user = technicalAccounts.server;
  /** Swept as the server does, only at once. */
  const sweep = async () => [
    ...(await sweepBatches(product.db, { engine: product.engine, user, log: silent }, 0)),
    ...(await notifyAgain(product.db, product.engine, user, 0)),
  ];

  it('an instance that was cancelled comes again and waits where it waited', async () => {
    const batch = await waiting(2);
    const [entry] = (await instancesOf(product, batch.id)).filter(({ state }) => state === 'ACTIVE');
    // A worker may be about to complete a task of it, which the engine lets go first.
    await eventually('the instance is cancelled', patience, () =>
      product.engine.call({ user, method: 'DELETE', path: `/process-instance/${entry?.id}` }).then(
        () => true,
        (raw: unknown) => {
          if (!isEngineError(raw, 500)) throw raw;
          return false;
        },
      ),
    );
    expect(await sweep()).toEqual([batch.id]);
    await eventually('a new instance has taken the batch order over', patience, async () => {
      const { process_instance_id: instance } = await product
        .db('batch_order')
        .where({ id: batch.id })
        .first('process_instance_id');
      return instance !== null;
    });
    expect(await product.db('card_request').where({ batch_id: batch.id })).toHaveLength(2);
    expect(await decide(batch.id, { decision: 'approve' })).toMatchObject({
      status: 200,
      body: { counts: { produced: 2 } },
    });
    expect(await sweep()).toEqual([]);
  });

  it(
    'worker and engine die before it is registered, and it is registered once',
    async () => {
      await product.stopWorker();
      const asked = await request(take(4));
      await engine.stopProcess('SIGKILL');
      await engine.startProcess();
      await product.startWorker();
      expect((await batchIn(asked.body.id, 'running')).counts).toMatchObject({ ordered: 4 });
      expect(await product.db('card_request').where({ batch_id: asked.body.id })).toHaveLength(4);
    },
    2 * patience,
  );

  it('the message that nothing waits any more is sent again where it was lost', async () => {
    const batch = await waiting(1);
    await eventually('somebody is asked to decide', patience, async () => {
      const tasks = await product.engine.call<object[]>({
        user,
        path: '/task',
        query: { taskDefinitionKey: 'decide-requests', processInstanceBusinessKey: batch.id },
      });
      return tasks.length === 1;
    });
    await product.db.transaction(async (trx) => {
      await cancelBatch(trx, { batchId: batch.id, by: 'operator', runningIn: null, reason: 'Lost.' });
      await trx('engine_command').where({ batch_id: batch.id, state: 'pending' }).delete();
    });
    expect(await sweep()).toEqual([batch.id]);
    await ended(batch.id);
    expect(await sweep()).toEqual([]);
  });
});
