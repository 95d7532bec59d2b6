/** Incidents and the story of a card, on the whole product. */
import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import { enable, requestIn, startProduct, type Product } from '../support/product.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
  await enable(product, 'with-approval');
}, 180_000);
afterAll(() => product?.stop(), 60_000);

const admin = (method: string, path: string) => product.call('admin', method, path);

test('an incident says what it is about, and goes on when it is tried again; then the card tells its story', async () => {
  await product.stopWorker();
  const holder = await product.db('holder').where({ state: 'active', account: null }).first();
  const asked = await product.call('operator', 'POST', '/card-requests', {
    holder: holder.employee_number,
    cardType: 'visitor',
  });
  const { id } = asked.body as { id: string };
  const task = await eventually('the task waits for a worker', 30_000, async () => {
    const [found] = await product.engine.call<{ id: string }[]>({
      user: 'card-server',
      path: '/external-task',
      query: { topicName: 'register-request' },
    });
    return found ?? null;
  });
  await product.engine.call({
    user: 'card-server',
    method: 'PUT',
    path: `/external-task/${task.id}/retries`,
    body: { retries: 0 },
  });
  const { body } = await admin('GET', '/incidents');
  expect(body.items).toMatchObject([
    {
      topic: 'register-request',
      businessKey: id,
      processKey: 'request-card-with-approval',
      activityId: expect.any(String),
    },
  ]);
  const [incident] = body.items;
  expect((await product.call('operator', 'GET', '/incidents')).status).toBe(403);
  expect((await admin('POST', `/incidents/${randomUUID()}/retry`)).status).toBe(404);
  expect((await admin('POST', `/incidents/${incident.id}/retry`)).status).toBe(202);
  expect((await admin('GET', '/audit?action=incident-retried')).body.items).toMatchObject([
    { actor: 'admin', processKey: 'request-card-with-approval' },
  ]);
  await product.startWorker();
  const request = await requestIn(product, id, 'requested');
  expect((await admin('GET', '/incidents')).body.items).toEqual([]);

  const story = await admin('GET', `/cards/${request.card.id}/story`);
  expect(story).toMatchObject({
    status: 200,
    body: {
      card: { state: 'requested' },
      request: { id, variant: 'with-approval' },
      snapshot: null,
      orders: [],
      results: [],
    },
  });
  expect(
    story.body.places.find(({ processKey }: { processKey: string }) => processKey === 'request-card-with-approval')
      .activityIds,
  ).toEqual([expect.any(String)]);
  expect(story.body.audit.map(({ action }: { action: string }) => action)).toEqual(
    expect.arrayContaining(['request-registered', 'card-registered']),
  );
  expect(
    (await product.call('approver', 'POST', `/card-requests/${id}/decision`, { decision: 'approve' })).status,
  ).toBeLessThan(300);
  await requestIn(product, id, 'approved');
  const after = await admin('GET', `/cards/${request.card.id}/story`);
  expect(after.body).toMatchObject({
    request: { decision: { approver: 'approver' } },
    snapshot: { elements: { employeeNumber: holder.employee_number } },
  });
  expect((await admin('GET', `/cards/${randomUUID()}/story`)).status).toBe(404);
}, 120_000);

test('figures are asked for over at most a year', async () => {
  for (const path of ['counts', 'durations', 'open-approvals', 'waiting', 'failures']) {
    expect({ path, ...(await admin('GET', `/insight/${path}`)) }).toMatchObject({ path, status: 200 });
  }
  expect((await admin('GET', '/insight/counts?from=2020-01-01T00:00:00Z')).status).toBe(400);
  expect((await product.call('approver', 'GET', '/insight/counts')).status).toBe(403);
});
