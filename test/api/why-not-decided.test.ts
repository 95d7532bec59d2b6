/** Who cannot decide on a request reads the cause: that it waits for others, elsewhere, or not at all. */
import { eventually } from '../support/eventually.js';
import { enable, requestIn, startProduct, type Product } from '../support/product.js';

const user = 'card-server';
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

/** A request that waits at its decision, and the task. */
async function waiting(): Promise<{ id: string; instance: string; task: string }> {
  const { body } = await product.call('operator', 'POST', '/card-requests', {
    holder: holders.pop(),
    cardType: 'employee',
  });
  const { processInstanceId: instance } = await requestIn(product, body.id, 'requested');
  const task = await eventually('its task is there', 15_000, async () => {
    const tasks = await product.engine.call<{ id: string }[]>({
      user,
      path: '/task',
      query: { processInstanceId: instance },
    });
    return tasks[0]?.id ?? null;
  });
  return { id: body.id, instance, task };
}

const decide = async (id: string) => {
  const { status, body } = await product.call('approver', 'POST', `/card-requests/${id}/decision`, {
    decision: 'approve',
  });
  return [status, body.code, body.detail];
};

test('it waits for another group', async () => {
  const { id, task } = await waiting();
  const links = `/task/${task}/identity-links`;
  const link = (groupId: string) => ({ groupId, type: 'candidate' });
  await product.engine.call({ user, method: 'POST', path: links, body: link('card-producers') });
  await product.engine.call({ user, method: 'POST', path: `${links}/delete`, body: link('card-approvers') });
  const rights = await product.engine.call<{ id: string }[]>({
    user,
    path: '/authorization',
    query: { resourceType: 7, resourceId: task, groupIdIn: 'card-approvers' },
  });
  for (const right of rights) await product.engine.call({ user, method: 'DELETE', path: `/authorization/${right.id}` });
  expect(await decide(id)).toEqual([
    403,
    'forbidden',
    'This request waits at "Decide on card request" for members of card-producers, not for you. Nothing was changed.',
  ]);
});

test('its process was cancelled', async () => {
  const { id, instance } = await waiting();
  await product.engine.call({ user, method: 'DELETE', path: `/process-instance/${instance}` });
  expect(await decide(id)).toEqual([
    409,
    'not-requested',
    'The process of this request has ended without a decision, so there is nothing to complete. Tell an administrator.',
  ]);
});

test('it was aborted', async () => {
  const { id } = await waiting();
  await product.call('operator', 'POST', `/card-requests/${id}/abort`, {});
  expect(await decide(id)).toEqual([
    409,
    'not-requested',
    'This request was aborted, so there is nothing to decide. Nothing was changed.',
  ]);
});

test('it was decided', async () => {
  const { id } = await waiting();
  await product.call('approver2', 'POST', `/card-requests/${id}/decision`, { decision: 'reject', reason: 'No.' });
  expect(await decide(id)).toEqual([
    409,
    'already-decided',
    'This request was rejected by approver2 already. Nothing was changed.',
  ]);
});
