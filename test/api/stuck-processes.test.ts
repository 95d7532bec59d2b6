/** Requests whose process has ended too early, or cannot be started, are seen by administrators and have a cure. */
import { eventually } from '../support/eventually.js';
import { enable, requestIn, startProduct, type Product } from '../support/product.js';

let product: Product;
let holders: string[];

beforeAll(async () => {
  product = await startProduct();
  await enable(product, 'with-approval');
  holders = await product
    .db('holder')
    .where({ state: 'active', account: null })
    .whereNotNull('photo_id')
    .pluck<string[]>('employee_number');
}, 180_000);
afterAll(() => product.stop(), 60_000);

async function request(): Promise<string> {
  const body = { holder: holders.pop(), cardType: 'employee' };
  return (await product.call('operator', 'POST', '/card-requests', body)).body.id;
}

async function approved(): Promise<string> {
  const id = await request();
  await requestIn(product, id, 'requested');
  await product.call('approver', 'POST', `/card-requests/${id}/decision`, { decision: 'approve' });
  await requestIn(product, id, 'approved');
  return id;
}

/** Puts requests back to the moment before their decision, as a backup of the cards database would. */
async function restored(ids: readonly string[]): Promise<void> {
  await product.db.transaction(async (trx) => {
    await trx.raw(`set local session_replication_role = 'replica'`);
    const cards = await trx('card_request').whereIn('id', ids).pluck<string[]>('card_id');
    await trx('decision').whereIn('request_id', ids).delete();
    await trx('card_snapshot').whereIn('card_id', cards).delete();
    await trx('card').whereIn('id', cards).update({ state: 'requested' });
    const registered = { registered_at: new Date(Date.now() - 120_000) };
    await trx('card_request')
      .whereIn('id', ids)
      .update({ state: 'requested', ended_at: null, reason: null, ...registered });
  });
}

const stuck = async (): Promise<{ id: string; cause: string; message: string }[]> =>
  (await product.call('admin', 'GET', '/stuck-processes')).body.items;
const as = (account: string, path: string, body: object = {}) => product.call(account, 'POST', path, body);
const actionsOn = (id: string) => product.db('audit').where({ object_id: id }).orderBy('id').select('actor', 'action');

test('after databases were restored from different moments each request can be cured', async () => {
  const ids = [await approved(), await approved(), await approved(), await approved()];
  const [adopted = '', again = '', ended = '', own = ''] = ids;
  await restored(ids);
  await product.db('card_request').where({ id: own }).update({ requester: 'admin' });
  await eventually('all are found', 60_000, async () => (await stuck()).length === ids.length);
  expect((await stuck()).find(({ id }) => id === adopted)).toMatchObject({
    cause: 'process-ended',
    message: 'The diagram request-card-with-approval, version 1, has ended without a decision.',
  });
  expect(await product.call('operator', 'GET', '/stuck-processes')).toMatchObject({ status: 403 });

  // In the name of who decided, with the proof; not by the requester.
  expect(await as('admin', `/card-requests/${adopted}/adopt-decision`)).toMatchObject({ status: 204 });
  expect((await product.call('admin', 'GET', `/card-requests/${adopted}`)).body).toMatchObject({
    state: 'approved',
    decision: { approver: 'approver' },
  });
  expect(await actionsOn(adopted)).toContainEqual({ actor: 'admin', action: 'decision-adopted' });
  expect(await as('admin', `/card-requests/${own}/adopt-decision`)).toMatchObject({
    status: 403,
    body: { code: 'self-approval' },
  });

  expect(await as('admin', `/stuck-processes/card-request/${again}/start-again`)).toMatchObject({ status: 204 });
  expect(await actionsOn(again)).toContainEqual({ actor: 'admin', action: 'process-start-asked' });
  await eventually('it waits for its decision again', 60_000, async () => {
    const { body } = await product.call('admin', 'GET', `/card-requests/${again}`);
    return body.currentStep?.id === 'decide-request';
  });
  await as('approver2', `/card-requests/${again}/decision`, { decision: 'approve' });
  expect(await requestIn(product, again, 'approved')).toMatchObject({ decision: { approver: 'approver2' } });

  expect(await as('admin', `/card-requests/${ended}/abort`, { reason: 'Lost.' })).toMatchObject({
    status: 200,
    body: { state: 'aborted', reason: 'Lost.', card: { state: 'aborted' } },
  });
  expect((await stuck()).map(({ id }) => id)).toEqual([own]);
  expect(await as('admin', `/card-requests/${ended}/adopt-decision`)).toMatchObject({ status: 404 });
}, 240_000);

test('a start that the engine can never carry out is given up, and its requester can end the request', async () => {
  const [definition] = await product.engine.call<{ id: string }[]>({
    user: 'card-server',
    path: '/process-definition',
    query: { key: 'request-card-with-approval' },
  });
  await product.engine.call({
    user: 'card-server',
    method: 'DELETE',
    path: `/process-definition/${definition?.id}`,
    query: { cascade: true },
  });
  const id = await request();
  const found = await eventually(
    'it is given up',
    60_000,
    async () => (await stuck()).find((each) => each.id === id) ?? null,
  );
  expect(found).toMatchObject({
    cause: 'start-refused',
    message: expect.stringContaining('request-card-with-approval'),
  });
  expect(await product.db('engine_command').where({ request_id: id, state: 'pending' })).toEqual([]);
  expect(await as('operator', `/card-requests/${id}/abort`)).toMatchObject({ status: 200, body: { state: 'aborted' } });
  expect((await stuck()).some((each) => each.id === id)).toBe(false);
}, 120_000);
