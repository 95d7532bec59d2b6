/** Erasing one holder, on the whole product: afterwards nothing in either database says who it was. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { sealAudit } from '../../src/records/audit/sealing/audit-sealer.js';
import { verifyAudit } from '../../src/records/audit/verification/verify-audit.js';
import { openDatabase, type Knex } from '../../src/kernel/db/database.js';
import { retentionJobs } from '../../src/oversight/retention/retention-jobs.js';
import { eventually } from '../support/eventually.js';
import { enable, requestIn, startProduct, type Product } from '../support/product.js';
import { placesOf } from './everything-said.js';
import { addHolder } from '../fixtures/holders.js';

const person = {
  number: 'Q-77341',
  givenName: 'Qwixana',
  familyName: 'Zebrofsky',
  email: 'qwixana@people.example.org',
  upn: 'q.zebrofsky@upn.example.org',
};
const said = Object.values(person);

let product: Product;
let engineDb: Knex;
let holder: string;

beforeAll(async () => {
  product = await startProduct();
  engineDb = openDatabase(product.engineDatabaseUrl, 1);
  await enable(product, 'with-approval');
}, 180_000);
afterAll(async () => {
  await engineDb?.destroy();
  await product?.stop();
}, 60_000);

const asEngine = <T>(user: string, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
  product.engine.call<T>({ user, method, path, body });
const sweep = async () => {
  for (const job of retentionJobs(product.db, product.engine, 'card-server', pino({ level: 'silent' })))
    while ((await job.round(new AbortController().signal)) === 0) continue;
};
const erase = (reason = 'Left and asked for it', id = holder) =>
  product.call('admin', 'POST', `/holders/${id}/erase`, { reason });

/** Someone looks the holder up in Tasklist, and stops there. @returns id of the process instance */
async function lookUp(): Promise<string> {
  const { id } = await asEngine<{ id: string }>('operator', 'POST', '/process-definition/key/request-card/start', {
    variables: { query: { value: person.familyName, type: 'String' } },
  });
  await eventually('the form lists the holder', 60_000, async () => {
    const tasks = await asEngine<unknown[]>('card-server', 'GET', `/task?processInstanceId=${id}`);
    return tasks.length > 0;
  });
  return id;
}

/** A batch of requests, of which the holder's is rejected and the other one approved. */
async function rejectTogether(reason: string): Promise<void> {
  const other = await product
    .db('holder')
    .where({ state: 'active' })
    .whereNot({ id: holder })
    .orderBy('employee_number')
    .first<{ number: string }>({ number: 'employee_number' });
  const asked = await product.call('operator', 'POST', '/batch-orders', {
    kind: 'request',
    cardType: 'visitor',
    holders: [other.number, person.number],
  });
  const { id } = asked.body as { id: string };
  const inState = (state: string) =>
    eventually(
      `the batch order is ${state}`,
      60_000,
      async () => (await product.db('batch_order').where({ id }).first<{ state: string }>('state')).state === state,
    );
  await inState('running');
  expect(
    (
      await product.call('approver', 'POST', `/batch-orders/${id}/decide`, {
        decision: 'approve',
        exceptions: [{ row: 2, reason }],
      })
    ).status,
  ).toBeLessThan(300);
  await inState('completed');
}

test('is refused while anything of the holder lives; then nothing in either database names the holder, and the log is whole', async () => {
  const { number, ...names } = person;
  holder = await addHolder(product.db, number, { ...names, photo: Buffer.from(`JFIF ${person.familyName}`) });
  const open = await lookUp();
  const asked = await product.call('operator', 'POST', '/card-requests', {
    holder: person.number,
    cardType: 'employee',
  });
  const { id } = asked.body as { id: string };
  await requestIn(product, id, 'requested');
  expect(await erase()).toMatchObject({ status: 409, body: { code: 'holder-in-use', openRequests: 1, liveCards: 1 } });

  const reason = `${person.givenName} has no contract`;
  expect(
    (await product.call('approver', 'POST', `/card-requests/${id}/decision`, { decision: 'reject', reason })).status,
  ).toBe(200);
  await requestIn(product, id, 'rejected');
  await rejectTogether(reason);
  const [batch] = await product
    .db('batch_order')
    .insert({
      id: randomUUID(),
      kind: 'issue',
      owner: 'producer',
      label: `For ${person.familyName}`,
      filter: JSON.stringify({ q: person.givenName, and: person.number }),
      state: 'draft',
    })
    .returning<{ id: string }[]>('id');
  await product.db('batch_row').insert({ batch_id: batch?.id, ordinal: 1, named_as: person.upn });
  expect(await placesOf(product.db, said)).toContain(`mail.body: ${person.familyName}`);
  expect((await placesOf(engineDb, said)).length).toBeGreaterThan(0);

  expect(await erase(`The file of ${person.familyName} is closed`)).toMatchObject({
    status: 400,
    body: { code: 'invalid-request' },
  });
  expect((await product.call('operator', 'POST', `/holders/${holder}/erase`, { reason: 'x' })).status).toBe(403);
  expect(await erase()).toMatchObject({ status: 200, body: { requests: 2, cards: 2 } });
  expect(await erase()).toMatchObject({ status: 409, body: { code: 'holder-erased' } });
  expect((await erase('x', randomUUID())).status).toBe(404);
  expect(await placesOf(product.db, said)).toEqual([]);

  // A form that is open keeps listing the holder; the engine forgets as soon as it has ended.
  await sweep();
  expect((await product.call('admin', 'GET', '/retention')).body.unfinished).toBeGreaterThan(0);
  await asEngine('card-server', 'DELETE', `/process-instance/${open}`);
  await eventually('the engine has forgotten', 60_000, async () => {
    await product.db('erasure_to_finish').update({ due_at: new Date(0) });
    await sweep();
    return (await product.call('admin', 'GET', '/retention')).body.unfinished === 0;
  });
  expect(await placesOf(engineDb, said)).toEqual([]);
  expect(await placesOf(product.db, said)).toEqual([]);

  const story = await product.call('admin', 'GET', `/card-requests/${id}`);
  expect(story).toMatchObject({
    status: 200,
    body: { state: 'rejected', decision: { reason: '(erased)' }, holder: { name: '(erased) (erased)' } },
  });
  expect((await product.call('operator', 'GET', '/holders?q=erased')).body.items).toEqual([]);
  expect((await product.call('operator', 'POST', '/card-requests', { holder, cardType: 'visitor' })).status).toBe(409);
  await sealAudit(product.db);
  expect(await verifyAudit(product.db)).toMatchObject({ intact: true, unsealed: { rows: 0 } });
}, 240_000);
