import { technicalAccounts } from '../../src/domain/roles.js';
import { approvedCards } from '../fixtures/requests.js';
import { Browser } from '../http/support/browser.js';
import { eventually } from '../support/eventually.js';
import { change, enableIssuing, instancesOf, patience } from '../support/issuing.js';
import { password, startIssuingProduct, type IssuingProduct } from '../support/product.js';

let product: IssuingProduct;
let definition: string;

beforeAll(async () => {
  product = await startIssuingProduct();
  await enableIssuing(product);
  // What is slow about a card with a chip is shown elsewhere.
  await change(product, '/card-types/visitor', { chip: false });
  ({ definition_id: definition } = await product
    .db('process_version')
    .where({ variant: 'without-approval' })
    .first('definition_id'));
}, 180_000);
afterAll(() => product?.stop(), 60_000);

const cards = (count: number, department?: string) =>
  approvedCards(product.db, count, { definition, ...(department === undefined ? {} : { department }) });
const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  product.call('producer', method, `/batch-orders${path}`, body, headers);
const order = (body: object, headers?: Record<string, string>) => call('POST', '', { kind: 'issue', ...body }, headers);

/** The batch order as soon as it is in the state. */
const batchIn = (id: string, state: string) =>
  eventually(`batch order ${id} is ${state}`, patience, async () => {
    const { body } = await call('GET', `/${id}`);
    return body.state === state ? body : null;
  });

/** What the engine did for process instances, counted in its history. */
async function stepsOf(ids: readonly string[]): Promise<Record<string, number>> {
  const kinds = {
    activities: 'activity-instance',
    externalTasks: 'external-task-log',
    userTasks: 'task',
    jobs: 'job-log',
  };
  const counted = Object.entries(kinds).map(async ([name, path]) => {
    const counts = await Promise.all(
      ids.map((processInstanceId) =>
        product.engine.call<{ count: number }>({
          user: technicalAccounts.server,
          path: `/history/${path}/count`,
          query: { processInstanceId },
        }),
      ),
    );
    return [name, counts.reduce((sum, { count }) => sum + count, 0)] as const;
  });
  return Object.fromEntries(await Promise.all(counted));
}

/** Process instances of a batch order of the API, when they have ended. */
const closed = (id: string) =>
  eventually(`the process of batch order ${id} has ended`, patience, async () => {
    const instances = await instancesOf(product, id);
    return instances.length > 0 && instances.every(({ state }) => state === 'COMPLETED')
      ? instances.map((each) => each.id)
      : null;
  });

const madeBy = async (cardIds: readonly string[]): Promise<string[]> => {
  const { cards: made } = await product.shop.ledger();
  const wanted = new Set(cardIds);
  return made.map(({ key }) => key).filter((key) => wanted.has(key.slice(0, 36)));
};

describe('a batch order of the API', () => {
  it('is made, ends by itself and makes each card once; a repeat with the same key is the same one', async () => {
    const ids = await cards(30);
    const headers = { 'idempotency-key': 'thirty' };
    const answer = await order({ label: 'New employees', cardIds: ids }, headers);
    expect(answer).toMatchObject({
      status: 202,
      body: {
        kind: 'issue',
        label: 'New employees',
        owner: 'producer',
        state: 'ordering',
        round: 1,
        counts: { chosen: 30, skipped: 0 },
      },
    });
    expect(answer.headers.get('location')).toBe(`/api/v1/batch-orders/${answer.body.id}`);
    expect((await order({ label: 'New employees', cardIds: ids }, headers)).body.id).toBe(answer.body.id);
    expect(await order({ label: 'Others', cardIds: ids }, headers)).toMatchObject({
      status: 422,
      body: { code: 'idempotency-mismatch' },
    });
    const done = await batchIn(answer.body.id, 'completed');
    expect(done).toMatchObject({
      counts: { chosen: 30, ordered: 30, produced: 30, failed: 0 },
      firstFailure: null,
      endedAt: expect.any(String),
    });
    expect((await madeBy(ids)).sort()).toEqual(ids.map((id) => `${id}-1`).sort());
    const list = await call('GET', '?limit=1');
    expect(list.body).toMatchObject({ items: [{ id: answer.body.id }], next: null });
  });

  it('names what it skips, by page and as CSV', async () => {
    const [gone, good] = await cards(2);
    await product
      .db('holder')
      .whereIn('id', product.db('card').where({ id: gone }).select('holder_id'))
      .update({ state: 'inactive', family_name: '=HYPERLINK()' });
    const stranger = '00000000-0000-4000-8000-000000000000';
    const { body } = await order({ cardIds: [gone, stranger, good] });
    await batchIn(body.id, 'completed');
    const first = await call('GET', `/${body.id}/rows?state=skipped&limit=1`);
    expect(first.body).toMatchObject({
      items: [{ ordinal: 1, cardId: gone, code: 'holder-inactive', reason: 'The card holder is inactive' }],
      next: expect.any(String),
    });
    const second = await call('GET', `/${body.id}/rows?state=skipped&limit=1&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({
      items: [{ ordinal: 2, cardId: null, namedAs: stranger, code: 'not-found' }],
      next: null,
    });
    const csv = await product.call('producer', 'GET', `/batch-orders/${body.id}/rows.csv`);
    expect(csv.headers.get('content-disposition')).toContain(`batch-order-${body.number}.csv`);
    const lines = String(csv.body).split('\r\n');
    expect(lines[0]).toBe(
      'place,state,card_id,card_number,employee_number,name,card_type,named_as,production_number,code,reason',
    );
    expect(lines[1]).toContain(`Sample =HYPERLINK()`);
    expect(lines[3]).toMatch(new RegExp(`^3,produced,${good},V`));
  });

  it('takes a filter, with exceptions', async () => {
    const ids = await cards(4, 'Night Shift');
    const { body } = await order({ filter: { department: 'night shift', except: ids.slice(0, 1) } });
    expect(await batchIn(body.id, 'completed')).toMatchObject({
      filter: { department: 'night shift' },
      counts: { chosen: 3, produced: 3 },
    });
  });

  it('takes the same steps in the engine for ten cards as for two hundred', async () => {
    const steps = [];
    for (const count of [10, 200]) {
      const { body } = await order({ cardIds: await cards(count) });
      expect(await batchIn(body.id, 'completed')).toMatchObject({ counts: { produced: count } });
      steps.push(await stepsOf(await closed(body.id)));
    }
    expect(steps[1]).toEqual(steps[0]);
    expect(steps[0]).toMatchObject({ userTasks: 0, jobs: 0, activities: 5 });
  });

  it('waits for its review, repeats what has failed and was badly printed, and ends', async () => {
    const ids = await cards(3);
    await product.shop.play('jam');
    const { body } = await order({ cardIds: ids });
    const { firstFailure } = await batchIn(body.id, 'reviewing');
    expect(firstFailure).toMatchObject({ state: 'failed', reason: expect.any(String), productionNumber: 1 });
    const spoilt = ids.find((id) => id !== firstFailure.cardId);
    const again = await call('POST', `/${body.id}/repeat`, { spoilt: { cardIds: [spoilt], reason: 'Stripes' } });
    expect(again).toMatchObject({ status: 202, body: { state: 'ordering', round: 2 } });
    expect(await batchIn(body.id, 'completed')).toMatchObject({ round: 2, counts: { produced: 3, failed: 0 } });
    await closed(body.id);
    // The spoilt one was made twice, the jammed one once.
    expect((await madeBy(ids)).sort()).toEqual(
      [
        ...ids.filter((id) => id !== firstFailure.cardId).map((id) => `${id}-1`),
        `${spoilt}-2`,
        `${firstFailure.cardId}-2`,
      ].sort(),
    );
  });

  it('is completed with what has failed, or withdraws it', async () => {
    for (const [action, body, state] of [
      ['complete', undefined, 'failed'],
      ['cancel', { reason: 'Left' }, 'cancelled'],
    ] as const) {
      const ids = await cards(2);
      await product.shop.play('jam');
      const { body: batch } = await order({ cardIds: ids });
      const { firstFailure } = await batchIn(batch.id, 'reviewing');
      expect(await call('POST', `/${batch.id}/${action}`, body)).toMatchObject({
        status: 200,
        body: { state: 'completed', counts: { produced: 1, [state]: 1 } },
      });
      await closed(batch.id);
      expect((await product.db('card').where({ id: firstFailure.cardId }).first('state')).state).toBe(state);
      expect(await call('POST', `/${batch.id}/repeat`, {})).toMatchObject({
        status: 409,
        body: { code: 'batch-state' },
      });
    }
  });

  it('refuses what makes no batch order', async () => {
    expect(await order({ filter: { department: 'Nobody' } })).toMatchObject({
      status: 422,
      body: { code: 'batch-empty' },
    });
    expect(await order({ filter: { cardType: 'nothing' } })).toMatchObject({
      status: 422,
      body: { code: 'card-type-unknown' },
    });
    expect(await order({})).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(await product.call('operator', 'GET', '/batch-orders')).toMatchObject({ status: 200, body: { items: [] } });
    expect(await product.call('designer', 'GET', '/batch-orders')).toMatchObject({ status: 403 });
    expect(await product.call('operator', 'POST', '/batch-orders', { kind: 'issue', filter: {} })).toMatchObject({
      status: 403,
    });
    await product.call('admin', 'PUT', '/use-cases/issue-multiple-cards', { enabled: false });
    expect(await order({ cardIds: await cards(1) })).toMatchObject({
      status: 409,
      body: { code: 'use-case-disabled' },
    });
    await product.call('admin', 'PUT', '/use-cases/issue-multiple-cards', { enabled: true });
  });
});

describe('a batch order in Tasklist', () => {
  const engine = '/camunda/api/engine/engine/default';
  let producer: Browser;

  beforeAll(async () => {
    producer = new Browser(product.url);
    await producer.signIn('producer', password);
    await producer.get('/camunda/api/engine/engine/');
  });

  const tasklist = async (method: string, path: string, body: object) => {
    const headers = { 'x-xsrf-token': producer.cookies.get('XSRF-TOKEN') ?? '', accept: 'application/json' };
    const { status, text: answer } = await producer.request(method, `${engine}${path}`, { body, headers });
    return { status, body: answer };
  };
  const text = (value: string) => ({ value, type: 'String' });
  const keys = () =>
    product.engine.call<{ id: string }[]>({
      user: technicalAccounts.server,
      path: '/process-definition',
      query: { key: 'issue-multiple-cards', latestVersion: true },
    });
  const taskOf = (processInstanceId: string, taskDefinitionKey: string) =>
    eventually(`the task ${taskDefinitionKey} is open`, patience, async () => {
      const [task] = await product.engine.call<{ id: string }[]>({
        user: technicalAccounts.server,
        path: '/task',
        query: { processInstanceId, taskDefinitionKey },
      });
      return task?.id;
    });

  it('is chosen, ordered but for an exception, reviewed and repeated', async () => {
    const ids = await cards(5, 'Late Shift');
    const [{ id: definitionId } = { id: '' }] = await keys();
    const start = (department: string) =>
      tasklist('POST', `/process-definition/${definitionId}/submit-form`, {
        variables: { label: text('Late'), department: text(department) },
      });
    expect(await start('Nobody')).toMatchObject({ status: 422, body: expect.stringContaining('nothing to order') });
    const started = await start('late shift');
    expect(started.status).toBe(200);
    const { id: instance } = JSON.parse(started.body);
    const submit = (task: string, variables: object) => tasklist('POST', `/task/${task}/submit-form`, { variables });
    const choosing = await taskOf(instance, 'choose-batch');
    await product.shop.play('jam');
    const except = { value: JSON.stringify(ids.slice(0, 1)), type: 'Json' };
    expect((await submit(choosing, { action: text('next'), exceptions: except })).status).toBeLessThan(300);
    const { id } = await product.db('batch_order').where({ process_instance_id: instance }).first('id');
    await batchIn(id, 'reviewing');
    const reviewing = await taskOf(instance, 'review-batch');
    await product.engine.call({
      user: technicalAccounts.server,
      method: 'POST',
      path: `/task/${reviewing}/claim`,
      body: { userId: 'producer' },
    });
    expect(await submit(reviewing, { decision: text('cancel') })).toMatchObject({
      status: 422,
      body: expect.stringContaining('reason'),
    });
    expect((await submit(reviewing, { decision: text('repeat') })).status).toBeLessThan(300);
    expect(await batchIn(id, 'completed')).toMatchObject({
      label: 'Late',
      owner: 'producer',
      round: 2,
      counts: { chosen: 5, skipped: 1, ordered: 4, produced: 4 },
    });
    expect((await product.db('card').where({ id: ids[0] }).first('state')).state).toBe('approved');
  });

  it('shows and orders what was ticked on its page', async () => {
    const [first, ...others] = (await cards(3, 'Evening Shift')) as [string, ...string[]];
    const [{ id: definitionId } = { id: '' }] = await keys();
    const { body } = await tasklist('POST', `/process-definition/${definitionId}/submit-form`, {
      variables: { department: text('Evening Shift') },
    });
    const instance = JSON.parse(body).id;
    const choosing = await taskOf(instance, 'choose-batch');
    const { id } = await product.db('batch_order').where({ process_instance_id: instance }).first('id');
    const ticked = new URLSearchParams(
      [...others, first].map((card): [string, string] => ['shown', card]).concat([['chosen', first]]),
    ).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' };
    expect((await producer.request('POST', `/batches/${id}/cards/tick`, { body: ticked, headers })).status).toBe(303);
    const shown = await product.engine.call<Record<string, { value: any }>>({
      user: technicalAccounts.server,
      path: `/task/${choosing}/variables`,
      query: { deserializeValues: false },
    });
    expect(JSON.parse(shown['batch']?.value)).toMatchObject({ id, chosen: 1, rows: [{ card: first }] });
    expect(shown['notice']?.value).toContain('One approved card is chosen');
    expect((await producer.open(`/batches/${id}`)).text).toContain(`/camunda/app/tasklist/default/#/?task=${choosing}`);
    expect(
      (await tasklist('POST', `/task/${choosing}/submit-form`, { variables: { action: text('next') } })).status,
    ).toBeLessThan(300);
    await batchIn(id, 'completed');
    expect(await madeBy([first, ...others])).toEqual([`${first}-1`]);
  });

  it('leaves nothing of a draft that is cancelled', async () => {
    await cards(1, 'Day Shift');
    const [{ id: definitionId } = { id: '' }] = await keys();
    const { body } = await tasklist('POST', `/process-definition/${definitionId}/submit-form`, {
      variables: { department: text('Day Shift') },
    });
    const instance = JSON.parse(body).id;
    await tasklist('POST', `/task/${await taskOf(instance, 'choose-batch')}/submit-form`, {
      variables: { action: text('cancel') },
    });
    await eventually(
      'the draft is gone',
      patience,
      async () => (await product.db('batch_order').where({ process_instance_id: instance }).first('id')) === undefined,
    );
  });
});
