import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiagramLoop } from '../../launcher/dev/diagram-loop.js';
import { watchFiles } from '../../launcher/dev/watch-files.js';
import { connect } from '../../src/cli/connection.js';
import { eventually } from '../support/eventually.js';
import { enable, password, startProduct, type Product } from '../support/product.js';
import { newVersionOf, shipped, variantFrom } from './variants.js';

let product: Product;
let folder: string;
let stopWatching: () => Promise<void>;
const lines: string[] = [];

beforeAll(async () => {
  product = await startProduct();
  await enable(product, 'with-approval');
  folder = await mkdtemp(join(tmpdir(), 'cards-dev-'));
  await save('decide-request.form', await shipped('decide-request.form'));
  await save('request-card-with-approval.bpmn', await shipped('request-card-with-approval.bpmn'));
  const api = await connect({ url: product.url, user: 'admin' }, { DATA_DIR: folder, CARDS_PASSWORD: password }, () =>
    Promise.reject(new Error('asked')),
  );
  const loop = new DiagramLoop({ folder, api, tell: (line) => lines.push(line) });
  stopWatching = await watchFiles(folder, /\.(bpmn|form)$/, (names, since) => loop.changed(names, since));
}, 180_000);
afterAll(async () => {
  await stopWatching();
  await rm(folder, { recursive: true });
  await product.stop();
});

const save = (name: string, content: string | Buffer) => writeFile(join(folder, name), content);
const said = (words: RegExp) =>
  eventually(`it says ${String(words)}`, 30_000, () => lines.find((line) => words.test(line)));
const chosen = async () => (await product.call('admin', 'GET', '/use-cases/request-card')).body;

test('a saved diagram of the variant in use is deployed and released, with the time it took', async () => {
  const { name, content } = await newVersionOf('request-card-with-approval', 'Saved.');
  await save(name, content);
  await said(/^request-card-with-approval version 2 is in Tasklist, \d+\.\d s after it was saved\.$/);
  expect(await chosen()).toMatchObject({ variant: 'with-approval', version: 2 });
});

test('a saved form makes a new version of the diagrams that refer to it', async () => {
  const form = JSON.parse(await shipped('decide-request.form'));
  await save('decide-request.form', JSON.stringify({ ...form, schemaVersion: 17 }));
  await said(/^request-card-with-approval version 3 is in Tasklist/);
});

test('mistakes are shown line by line, and nothing changes', async () => {
  const { name, content } = await newVersionOf('request-card-with-approval', 'Wrong.');
  await save(name, String(content).replace('camunda:topic="register-request"', 'camunda:topic="nothing"'));
  expect(await said(/Nothing was deployed/)).toMatch(
    /\nregister-request \(request-card-with-approval\.bpmn\): known-topics: /,
  );
  expect(await chosen()).toMatchObject({ version: 3 });
});

test('a new variant is there to be chosen', async () => {
  const { name, content } = await variantFrom('without-approval', 'while-developing');
  await save(name, content);
  await said(/use-case enable request-card --variant while-developing/);
  expect(await chosen()).toMatchObject({ variant: 'with-approval' });
});
