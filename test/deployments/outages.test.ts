import { once } from 'node:events';
import { connect } from 'node:net';
import { locks } from '../../src/kernel/db/locks.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { password, startProduct, type Product } from '../support/product.js';
import { filePart, Modeler, multipart } from './modeler.js';
import { variantFrom } from './variants.js';

/** Its own, for it dies. */
let engine: TestEngine;
let product: Product;
let designer: Modeler;

beforeAll(async () => {
  engine = await startEngine();
  product = await startProduct({ engine });
  designer = new Modeler(product.url, { user: 'designer', password });
}, 180_000);
afterAll(async () => {
  await product?.stop();
  await engine?.stop();
});

async function recorded(): Promise<object> {
  const [versions, deployments, audit] = await Promise.all([
    product.db('process_version').pluck('definition_id').orderBy(1),
    product.db('deployment').pluck('id').orderBy(1),
    product.db('audit').where('action', 'process-deployed').pluck('id').orderBy(1),
  ]);
  return { versions, deployments, audit };
}

test('nobody waits for the answer any more: nothing is deployed', async () => {
  const before = await recorded();
  const body = multipart([filePart(await variantFrom('without-approval', 'hung-up'))]);
  const { hostname, port, host } = new URL(product.url);
  const credentials = Buffer.from(`designer:${password}`).toString('base64');
  const head = [
    'POST /engine-rest/deployment/create HTTP/1.1',
    `Host: ${host}`,
    `authorization: Basic ${credentials}`,
    `Content-Length: ${body.length}`,
    'Content-Type: multipart/form-data; boundary=----WebKitFormBoundary8JZ5pO0ujBmqwOlF',
  ];
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  await product.db.transaction(async (trx) => {
    // Another deployment is under way: this one has been read, and waits for its turn.
    await trx.raw('select pg_advisory_xact_lock(?)', [locks.deployment]);
    socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
    await eventually('it waits for its turn', 30_000, async () => {
      const { rows } = await product.db.raw<{ rows: object[] }>(
        "select from pg_locks where locktype = 'advisory' and not granted",
      );
      return rows.length > 0;
    });
    socket.destroy();
  });
  // The next one waits behind it, so when this is answered, that one has ended.
  expect((await designer.deploy('x', [await variantFrom('without-approval', 'in-line')])).status).toBe(200);
  const keys = await product.db('process_version').pluck<string[]>('process_key');
  expect(keys).toContain('request-card-in-line');
  expect(keys).not.toContain('request-card-hung-up');
  expect(await recorded()).not.toEqual(before);
});

test('the engine is down: 503 in words, and nothing is on record', async () => {
  expect((await designer.checkConnection()).status).toBe(200);
  const before = await recorded();
  await engine.stopProcess('SIGKILL');
  const answer = await designer.deploy('x', [await variantFrom('without-approval', 'without-engine')]);
  expect(answer).toMatchObject({
    status: 503,
    json: { type: 'engine-unavailable', message: expect.stringContaining('does not answer') },
  });
  expect(await recorded()).toEqual(before);
  await engine.startProcess();
  const later = await eventually('the engine is asked again', 60_000, async () => {
    const again = await designer.deploy('x', [await variantFrom('without-approval', 'without-engine')]);
    return again.status === 200 ? again : null;
  });
  expect(later.json.deployedProcessDefinitions).not.toBeNull();
}, 180_000);
