import { readSnapshot } from '../../src/cards/snapshots/snapshot-store.js';
import { Browser } from '../http/support/browser.js';
import { eventually } from '../support/eventually.js';
import { enable, password, requestIn, startProduct, type Product } from '../support/product.js';

const ENGINE = '/camunda/api/engine/engine/default';

let product: Product;
let approver: Browser;
/** Active sample holders with a photo and no account, each used once. */
let holders: { id: string; employee_number: string; photo_id: string; department: string }[];

beforeAll(async () => {
  product = await startProduct();
  await enable(product, 'with-approval');
  holders = await product
    .db('holder')
    .where({ state: 'active', account: null })
    .whereNotNull('photo_id')
    .orderBy('employee_number');
  approver = new Browser(product.url);
  await approver.signIn('approver', password);
  await approver.get('/camunda/api/engine/engine/');
}, 120_000);
afterAll(() => product.stop(), 60_000);

const send = (method: string, path: string, body?: unknown) =>
  approver.request(method, `${ENGINE}${path}`, {
    body,
    headers: { 'x-xsrf-token': approver.cookies.get('XSRF-TOKEN') ?? '', accept: 'application/json' },
  });

/** A request whose form an approver has open in Tasklist. */
async function opened() {
  const holder = holders.pop();
  if (holder === undefined) throw new Error('no sample holders left');
  const { body } = await product.call('operator', 'POST', '/card-requests', {
    holder: holder.employee_number,
    cardType: 'employee',
  });
  const request = await requestIn(product, body.id, 'requested');
  const task = await eventually('the approver sees the task', 15_000, async () => {
    const [first] = (await send('GET', `/task?processInstanceId=${request.processInstanceId}`)).json<
      { id: string }[]
    >();
    return first?.id;
  });
  const shown = async () =>
    (await send('GET', `/task/${task}/form-variables?deserializeValues=false`)).json<
      Record<string, { value: string }>
    >();
  return {
    holder,
    id: body.id as string,
    task,
    cardId: request.card.id as string,
    shown: async () => JSON.parse((await shown())['request']?.value ?? 'null'),
    submit: (decision: string, reason: string | null = null) =>
      send('POST', `/task/${task}/submit-form`, {
        variables: { decision: { value: decision, type: 'String' }, reason: { value: reason, type: 'String' } },
      }),
  };
}

test('what is approved is what the form showed, photo and all', async () => {
  const { holder, id, cardId, shown, submit } = await opened();
  const { photoUrl } = (await shown()).holder;
  expect(photoUrl).toBe(`${product.url}/api/v1/photos/${holder.photo_id}`);
  const photo = await approver.get(new URL(photoUrl).pathname);
  expect([photo.status, photo.headers.get('content-type'), photo.headers.get('cache-control')]).toEqual([
    200,
    'image/jpeg',
    'private, no-cache',
  ]);
  expect((await submit('approve')).status).toBe(204);
  await requestIn(product, id, 'approved');
  expect(await readSnapshot(product.db, cardId)).toMatchObject({
    photoId: holder.photo_id,
    elements: { department: holder.department },
  });
});

test('a form that is out of date is refused with what has changed, shows it, and can be approved then', async () => {
  const { holder, id, cardId, shown, submit } = await opened();
  const { photo_id: another } = await product
    .db('holder')
    .whereNot({ photo_id: holder.photo_id })
    .whereNotNull('photo_id')
    .first();
  await product.db('holder').where({ id: holder.id }).update({ department: 'Elsewhere', photo_id: another });
  const refused = await submit('approve');
  expect(refused.status).toBe(409);
  expect(refused.json()).toMatchObject({
    message: expect.stringMatching(/this has changed since you opened it: department, photo\. Nothing was decided\./),
  });
  expect((await product.call('admin', 'GET', `/card-requests/${id}`)).body).toMatchObject({
    state: 'requested',
    decision: null,
  });
  expect((await shown()).holder).toMatchObject({
    department: 'Elsewhere',
    photoUrl: `${product.url}/api/v1/photos/${another}`,
  });
  expect((await submit('approve')).status).toBe(204);
  await requestIn(product, id, 'approved');
  expect(await readSnapshot(product.db, cardId)).toMatchObject({
    photoId: another,
    elements: { department: 'Elsewhere' },
  });
});

test('a rejection needs no second look', async () => {
  const { holder, id, submit } = await opened();
  await product.db('holder').where({ id: holder.id }).update({ department: 'Elsewhere' });
  expect((await submit('reject', 'not needed any more')).status).toBe(204);
  await requestIn(product, id, 'rejected');
});

test('an inactive holder is refused at the door and over the API', async () => {
  const { holder, id, submit } = await opened();
  await product.db('holder').where({ id: holder.id }).update({ state: 'inactive' });
  expect((await submit('approve')).json()).toMatchObject({ message: expect.stringContaining('has become inactive') });
  expect(
    await product.call('approver', 'POST', `/card-requests/${id}/decision`, { decision: 'approve' }),
  ).toMatchObject({ status: 409, body: { code: 'holder-inactive' } });
});

test('a change between submitting and recording is noticed by the worker, and the task comes back with the reason', async () => {
  const { holder, id, cardId, submit } = await opened();
  await product.stopWorker();
  try {
    expect((await submit('approve')).status).toBe(204);
    await product.db('holder').where({ id: holder.id }).update({ department: 'Changed in between' });
  } finally {
    await product.startWorker();
  }
  const { processInstanceId } = (await product.call('admin', 'GET', `/card-requests/${id}`)).body;
  const refusal = await eventually('the task is back', 20_000, async () => {
    const [task] = (await send('GET', `/task?processInstanceId=${processInstanceId}`)).json<{ id: string }[]>();
    return (
      task &&
      (await send('GET', `/task/${task.id}/form-variables?deserializeValues=false`)).json<
        Record<string, { value: string }>
      >()['refusal']?.value
    );
  });
  expect(refusal).toContain('Nothing was decided');
  expect(await readSnapshot(product.db, cardId)).toBeNull();
});

test('a person who is no approver but was given the task is refused while the form is open', async () => {
  const { id, task } = await opened();
  await product.engine.call({
    user: 'card-server',
    method: 'POST',
    path: `/task/${task}/assignee`,
    body: { userId: 'operator2' },
  });
  const given = new Browser(product.url);
  await given.signIn('operator2', password);
  await given.get('/camunda/api/engine/engine/');
  const refused = await given.request('POST', `${ENGINE}/task/${task}/submit-form`, {
    body: { variables: { decision: { value: 'approve', type: 'String' }, reason: { value: null, type: 'String' } } },
    headers: { 'x-xsrf-token': given.cookies.get('XSRF-TOKEN') ?? '', accept: 'application/json' },
  });
  expect([refused.status, refused.json<{ message: string }>().message]).toEqual([
    403,
    'Only approvers decide on requests.',
  ]);
  await requestIn(product, id, 'requested');
});
