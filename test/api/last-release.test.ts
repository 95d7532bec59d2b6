/** An installation of the last release goes on: its definitions, which map decision and cause behind their time limit, are recorded right. */
import { readFile } from 'node:fs/promises';
import { technicalAccounts } from '../../src/domain/roles.js';
import { unitOf } from '../../src/engine/deployment.js';
import { readDiagram } from '../../src/process/diagram.js';
import { deployShipped } from '../../src/variants/deployments/shipped.js';
import { requestIn, startProduct, type Product } from '../support/product.js';

let product: Product;
let unused: string[];

beforeAll(async () => {
  product = await startProduct();
  unused = await product
    .db('holder')
    .where({ state: 'active', account: null })
    .whereNotNull('photo_id')
    .pluck('employee_number');
  const version = await deployAsLastRelease();
  const chosen = { enabled: true, variant: 'with-approval', version };
  expect((await product.call('admin', 'PUT', '/use-cases/request-card', chosen)).status).toBe(200);
}, 180_000);
afterAll(() => product?.stop(), 60_000);

/** Deploys the variant with approval as the last release shipped it. */
async function deployAsLastRelease(): Promise<number> {
  const [now, form] = await Promise.all([
    readFile('bpmn/request-card-with-approval.bpmn', 'utf8'),
    readFile('bpmn/decide-request.form', 'utf8'),
  ]);
  const mapped = ['decision">reject', 'cause">time-limit'].map(
    (each) => `<camunda:inputParameter name="${each}</camunda:inputParameter>`,
  );
  const content = now.replace(
    /(<bpmn:serviceTask id="record-time-limit"[^>]*>)/,
    `$1<bpmn:extensionElements><camunda:inputOutput>${mapped.join('')}</camunda:inputOutput></bpmn:extensionElements>`,
  );
  const diagram = await readDiagram(content);
  const files = [
    { name: 'request-card-with-approval.bpmn', content },
    { name: 'decide-request.form', content: form },
  ];
  await deployShipped({ db: product.db, engine: product.engine, system: technicalAccounts.server }, [
    unitOf(diagram, files),
  ]);
  const newest = await product
    .db('process_version')
    .where({ process_key: diagram.processKey })
    .max<{ max: number }>('version')
    .first();
  return newest?.max ?? 0;
}

const request = async () => {
  const { body } = await product.call('operator', 'POST', '/card-requests', {
    holder: unused.pop(),
    cardType: 'employee',
  });
  return body.id as string;
};
const limited = (value: string | null) => product.call('admin', 'PUT', '/options/approval-time-limit', { value });

test('an approver decides', async () => {
  const [approved, rejected] = [await request(), await request()];
  for (const id of [approved, rejected]) await requestIn(product, id, 'requested');
  await product.call('approver', 'POST', `/card-requests/${approved}/decision`, { decision: 'approve' });
  await product.call('approver', 'POST', `/card-requests/${rejected}/decision`, {
    decision: 'reject',
    reason: 'Has left.',
  });
  expect((await requestIn(product, approved, 'approved')).decision).toMatchObject({
    cause: 'approver',
    approver: 'approver',
  });
  expect((await requestIn(product, rejected, 'rejected')).decision).toMatchObject({
    cause: 'approver',
    reason: 'Has left.',
  });
});

test('the time limit decides', async () => {
  await limited('PT1S');
  const id = await request();
  const { decision } = await requestIn(product, id, 'rejected');
  expect(decision).toMatchObject({ cause: 'time-limit', decision: 'reject', approver: null });
  await limited(null);
});
