import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cards as run } from '../cli/support/terminal.js';
import { enable, password, requestIn, startProduct, type Product } from '../support/product.js';
import { newVersionOf, variantFrom } from './variants.js';

let product: Product;
let folder: string;

beforeAll(async () => {
  product = await startProduct();
  folder = await mkdtemp(join(tmpdir(), 'cards-deploy-'));
}, 180_000);
afterAll(async () => {
  await rm(folder, { recursive: true });
  await product.stop();
});

const cards = (line: string, user = 'admin') =>
  run(`--url ${product.url} --user ${user} ${line}`, { CARDS_PASSWORD: password, INIT_CWD: folder });
const save = ({ name, content }: { name: string; content: string | Buffer }) => writeFile(join(folder, name), content);

test('a diagram is checked, deployed, chosen, and its new version released and taken back', async () => {
  await save(await variantFrom('without-approval', 'by-line'));
  const file = 'request-card-by-line.bpmn';
  expect(await cards(`deploy ${file} --dry-run`, 'designer')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^Nothing was deployed yet\. Once it is:\nVersion 1 of the variant by-line is there\./,
    ),
  });
  const deployed = await cards(`deploy ${file}`, 'designer');
  const [, command = ''] = /npm run cards -- (.+)$/m.exec(deployed.stdout) ?? [];
  expect((await cards(command)).stdout).toContain('version 1');
  expect((await cards(`deploy ${file}`)).stdout).toBe('request-card-by-line has not changed since version 1.\n');

  await save(
    await variantFrom('without-approval', 'by-line', (xml) =>
      xml.replace('>approved</camunda', '> approved </camunda'),
    ),
  );
  const refused = await cards(`deploy ${file}`, 'designer');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('register-request');
  await save(
    await variantFrom('without-approval', 'by-line', (xml) =>
      xml.replace('name="Approved"', 'name="Approved at once"'),
    ),
  );
  expect((await cards(`deploy ${file}`, 'designer')).stdout).toContain('waits for an administrator');
  expect((await cards('process diff request-card-by-line')).stdout).toBe(
    'changed  endEvent request-approved "Approved at once"\n           name: "Approved" became "Approved at once"\n',
  );
  const preview = await cards('use-case preview request-card');
  expect(preview.stdout).toContain('Now by-line (1), then by-line (2).');
  expect((await cards('use-case release request-card --variant by-line --version 2')).code).toBe(0);
  expect((await cards('use-case undo request-card')).stdout).toContain('by-line (1)');
});

test('what is live at once takes an administrator', async () => {
  await save(await newVersionOf('abort-card-request', 'By line.'));
  expect(await cards('deploy abort-card-request.bpmn', 'designer')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('administrator'),
  });
  expect((await cards('deploy abort-card-request.bpmn')).stdout).toBe(
    'abort-card-request version 2 is live: new starts take it.\n',
  );
  expect((await cards('process restore abort-card-request --version 1')).stdout).toContain('version 3 is live');
  const versions = await cards('process versions abort-card-request');
  expect(versions.stdout.split('\n').slice(0, 2).join('\n')).toMatch(/Version.*\n3 .* admin +api/);
});

test('running instances are planned and migrated', async () => {
  await enable(product, 'with-approval');
  const { body } = await product.call('operator', 'POST', '/card-requests', { holder: '10003', cardType: 'visitor' });
  await requestIn(product, body.id, 'requested');
  await save(await newVersionOf('request-card-with-approval', 'By line.'));
  await cards('deploy request-card-with-approval.bpmn');
  const plan = await cards('process plan request-card-with-approval');
  expect(plan.stdout).toContain('1 instances run in version 1; all can continue in version 2.');
  expect(plan.stdout).toMatch(/decide-request +Decide on card request +1 +decide-request/);
  expect(await cards('process migrate request-card-with-approval', 'designer')).toMatchObject({ code: 4 });
  expect((await cards('process migrate request-card-with-approval')).stdout).toContain('1 instance was migrated.');
  expect((await cards('process list')).stdout).toMatch(/request-card-with-approval +2 +admin +1 +1/);
});

test('files that cannot be read are reported', async () => {
  expect(await cards('deploy nowhere.bpmn')).toMatchObject({ code: 2, stderr: expect.stringContaining('ENOENT') });
});
