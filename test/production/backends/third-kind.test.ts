import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { backendKinds } from '../../../src/production/backends/kinds.js';
import { fileDropKind } from '../../fixtures/file-drop/file-drop.js';
import { describeInBrowser, openBrowser, Person } from '../../support/chromium.js';
import { eventually } from '../../support/eventually.js';
import { approvedCard, cardIn, change, employeeNumbers, enableIssuing, patience } from '../../support/issuing.js';
import { judgePage } from '../../support/page-judge.js';
import { password, startProduct, type Product } from '../../support/product.js';

describeInBrowser('a third kind of backend, which is one folder with its description', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cards-file-drop-'));
  let product: Product;
  let browser: Browser;
  let admin: Person;

  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct({ kinds: [...backendKinds, fileDropKind] }), openBrowser()]);
    admin = await Person.signedIn(browser, product.url, 'admin', password);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  const field = (label: string) => admin.page.getByLabel(label, { exact: true });
  const button = (name: string) => admin.page.getByRole('button', { name, exact: true });

  test('is answered by the API with the form of its settings', async () => {
    const { body } = await product.call('admin', 'GET', '/backend-kinds');
    expect(body.items.map(({ kind }: { kind: string }) => kind)).toEqual(['http', 'ipp', 'file-drop']);
    expect(body.items[2]).toMatchObject({
      name: 'folder of orders',
      settings: [
        { name: 'folder', input: 'text', required: true, address: true },
        { name: 'notes.language', input: 'choice', required: false, choices: [{ value: 'en', text: 'English' }, {}] },
        { name: 'notes.text', input: 'long' },
        { name: 'overnight', input: 'check' },
        { name: 'mostWaiting', input: 'number' },
      ],
    });
    const content = { id: 'drop', kind: 'file-drop', name: 'Folder', simulated: false };
    expect(
      await product.call('admin', 'POST', '/backends', { ...content, settings: { folder: 'relative' } }),
    ).toMatchObject({ status: 400, body: { errors: [{ field: 'settings.folder', message: 'must begin with /' }] } });
    expect(await product.call('admin', 'POST', '/backends', { ...content, kind: 'fax', settings: {} })).toMatchObject({
      status: 400,
    });
  });

  test('is set up in the console, in a form of its own', async () => {
    await admin.open('/console/backends/+new');
    await field('Kind').selectOption('file-drop');
    await field('Id').fill('drop');
    await field('Name').fill('Folder at the desk');
    await field('Folder of the orders').fill('orders');
    await button('Add').click();
    await admin.page.getByRole('alert').getByText('Folder of the orders must begin with /').waitFor();
    await judgePage(admin.page, 'a backend of a third kind');
    await field('Folder of the orders').fill(folder);
    await field('Language of the notes').selectOption('de');
    await field('Note on every order').fill('Handle with care');
    await field('Made overnight').check();
    await button('Add').click();
    await admin.page.getByRole('heading', { name: 'Folder at the desk', level: 1 }).waitFor();
    expect((await product.call('admin', 'GET', '/backends/drop')).body).toEqual({
      id: 'drop',
      kind: 'file-drop',
      name: 'Folder at the desk',
      simulated: false,
      settings: { folder, notes: { language: 'de', text: 'Handle with care' }, overnight: true },
    });
    await button('Test the backend').click();
    await admin.page.getByText('It is ready to make cards.').waitFor();
    await admin.open('/console/backends');
    await admin.page.getByRole('cell', { name: 'folder of orders' }).waitFor();
    await admin.page.getByRole('cell', { name: folder }).waitFor();
  });

  test(
    'makes cards, within its limits',
    async () => {
      await enableIssuing(product);
      for (const type of ['visitor', 'employee']) {
        expect(await change(product, `/card-types/${type}`, { backend: 'drop' })).toMatchObject({ status: 200 });
      }
      const [holder = '', other = ''] = await employeeNumbers(product);
      const card = await approvedCard(product, holder, 'visitor');
      expect(await product.call('producer', 'POST', `/cards/${card}/production`)).toMatchObject({ status: 202 });
      await eventually('the order lies in the folder', patience, () => readdirSync(folder).includes(`${card}-1.order`));
      expect(JSON.parse(readFileSync(join(folder, `${card}-1.order`), 'utf8'))).toMatchObject({
        cardId: card,
        notes: { text: 'Handle with care' },
      });
      writeFileSync(join(folder, `${card}-1.result`), JSON.stringify({ state: 'produced' }));
      await cardIn(product, card, 'issued');
      const withChip = await approvedCard(product, other, 'employee');
      await product.call('producer', 'POST', `/cards/${withChip}/production`);
      expect(await cardIn(product, withChip, 'failed')).toBeDefined();
      const { body } = await product.call('producer', 'GET', `/cards/${withChip}/production`);
      expect(body.items[0]).toMatchObject({ reason: expect.stringContaining('cannot take a PIN') });
    },
    3 * patience,
  );
});
