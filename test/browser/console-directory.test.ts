import type { Browser, Locator } from 'playwright-core';
import sharp from 'sharp';
import { drawAvatar } from '../../src/cards/layouts/avatar.js';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { judgePage, watchPolicy } from '../support/page-judge.js';
import { password, startIssuingProduct, type IssuingProduct } from '../support/product.js';

const header = 'employee_number,given_name,family_name,email,upn,department,state';
const row = (number: string, name: string, email = `${name.toLowerCase()}@example.org`) =>
  `${number},${name},Imported,${email},${name.toLowerCase()}@example.org,Archive,active`;
const csv = (...rows: string[]) => ({
  name: 'people.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from([header, ...rows].join('\n')),
});

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#7a9cb8' } })
    .jpeg()
    .toBuffer();

/** Width of a picture in its own pixels; 0 while it is not drawn. */
const drawnWidth = (image: Locator) =>
  image
    .evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth, undefined, { timeout: 1_000 })
    .catch(() => 0);

describeInBrowser('the directory in the console', () => {
  let product: IssuingProduct;
  let browser: Browser;
  let admin: Person;
  let violations: readonly string[];

  beforeAll(async () => {
    [product, browser] = await Promise.all([startIssuingProduct(), openBrowser()]);
    admin = await Person.signedIn(browser, product.url, 'admin', password);
    violations = watchPolicy(admin.page);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  }, 60_000);

  afterEach(() => {
    expect(violations).toEqual([]);
  });

  const heading = (name: string) => admin.page.getByRole('heading', { name, level: 1 });
  const button = (name: string) => admin.page.getByRole('button', { name, exact: true });
  const field = (label: string) => admin.page.getByLabel(label, { exact: true });
  const read = async (path: string) => (await product.call('admin', 'GET', path)).body;

  describe('card holders', () => {
    it('are listed, searched and filtered', async () => {
      await admin.open('/console/holders');
      await admin.page.getByRole('columnheader', { name: 'Employee number' }).waitFor();
      await judgePage(admin.page, 'card holders');
      await admin.picture('console-holders');
      const {
        items: [first],
      } = await read('/holders');
      await field('Search').fill(`${first.employeeNumber}`);
      await field('State').selectOption(first.state);
      await admin.page.getByRole('button', { name: 'Search' }).click();
      await eventually('one is left', 15_000, async () => (await admin.page.locator('tbody tr').count()) === 1 || null);
      await admin.page.getByRole('link', { name: `${first.givenName} ${first.familyName}` }).waitFor();
      await field('Search').fill('nobody at all');
      await admin.page.getByRole('button', { name: 'Search' }).click();
      await admin.page.getByText('No card holder matches.').waitFor();
    });

    it('are imported only after the file was found good; bad rows are named with what is wrong', async () => {
      const before = await product.db('holder').count().first();
      await admin.open('/console/holders');
      await admin.page.getByRole('link', { name: 'Import from CSV' }).click();
      await heading('Import card holders').waitFor();
      await field('CSV file').setInputFiles(
        csv(row('D-1', 'Alba'), row('D-2', 'Bero', 'no address'), 'D-3,Only,four,fields'),
      );
      await button('Check the file').click();
      await admin.page.getByText('There are 2 mistakes in the file. Nothing was imported.').waitFor();
      await admin.page.locator('tr', { hasText: 'Row 3' }).getByText('must be an e-mail address').waitFor();
      await admin.page.locator('tr', { hasText: 'Row 4' }).getByText('has 4 fields instead of 7').waitFor();
      expect(await button('Import').count()).toBe(0);
      await judgePage(admin.page, 'import with mistakes');
      await admin.picture('console-import-mistakes');

      await field('CSV file').setInputFiles(csv(row('D-1', 'Alba'), row('D-2', 'Bero')));
      await button('Check the file').click();
      await admin.page.getByText('people.csv has no mistakes.').waitFor();
      await judgePage(admin.page, 'import, checked');
      await admin.picture('console-import');
      expect(await product.db('holder').count().first()).toEqual(before);
      await button('Import').click();
      await admin.page.getByText('people.csv was imported.').waitFor();
      expect(
        await product.db('holder').where({ department: 'Archive' }).orderBy('employee_number').pluck('given_name'),
      ).toEqual(['Alba', 'Bero']);
      expect(await button('Import').count()).toBe(0);
    });

    it('get a photo; one that cannot be printed is refused at the field', async () => {
      const {
        items: [alba],
      } = await read('/holders?q=D-1');
      await admin.open(`/console/holders/${alba.id}`);
      await heading('Alba Imported').waitFor();
      await admin.page.getByText('No photo yet').waitFor();
      expect(await admin.page.locator('main').getByRole('link', { name: 'Requests' }).getAttribute('href')).toBe(
        '/console/requests?q=D-1',
      );
      await field('New photo').setInputFiles({
        name: 'small.jpg',
        mimeType: 'image/jpeg',
        buffer: await picture(50, 50),
      });
      await button('Upload photo').click();
      await admin.page.getByRole('alert').getByText('240').waitFor();
      await field('New photo').setInputFiles({
        name: 'notes.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('no picture'),
      });
      await button('Upload photo').click();
      await admin.page
        .getByRole('alert')
        .getByText(/image\/jpeg|type/)
        .waitFor();
      const shown = admin.page.getByRole('img', { name: 'Photo of Alba Imported' });
      for (const [width, buffer] of [
        [300, await picture(300, 400)],
        [360, await drawAvatar(6)],
      ] as const) {
        await field('New photo').setInputFiles({ name: 'alba.jpg', mimeType: 'image/jpeg', buffer });
        await button('Upload photo').click();
        await admin.page.getByText('The photo is stored.').waitFor();
        await eventually('the new photo is shown', 15_000, async () => (await drawnWidth(shown)) === width || null);
      }
      await judgePage(admin.page, 'a card holder');
      await admin.picture('console-holder');
    });

    it('are erased for good, with a reason that does not name them', async () => {
      await button('Erase personal data …').click();
      const dialog = admin.page.getByRole('dialog', { name: 'Erase the personal data of Alba Imported?' });
      await dialog.getByLabel('Reason').fill('Asked for by Imported');
      await dialog.getByRole('button', { name: 'Erase for good' }).click();
      await dialog.getByRole('alert').getByText('write it without naming the card holder').waitFor();
      await judgePage(admin.page, 'erasing');
      await admin.picture('console-erase');
      await dialog.getByLabel('Reason').fill('Asked for in writing');
      await dialog.getByRole('button', { name: 'Erase for good' }).click();
      await admin.page.getByText('The personal data of the card holder were erased.').waitFor();
      expect((await read('/holders?q=D-1')).items).toEqual([]);
    });
  });

  describe('card types', () => {
    it('are changed, with a preview of the layout that is chosen', async () => {
      await admin.open('/console/card-types');
      await admin.page.getByRole('link', { name: 'Visitor card' }).waitFor();
      await judgePage(admin.page, 'card types');
      await admin.page.getByRole('link', { name: 'Visitor card' }).click();
      await field('Layout').selectOption('employee');
      const front = admin.page.getByRole('img', { name: 'Front of a sample card' });
      await eventually('the preview is drawn', 15_000, async () => (await drawnWidth(front)) === 1011 || null);
      expect(await front.getAttribute('src')).toContain('/layouts/employee/preview.png');
      await field('Validity in months').fill('2');
      await field('Has a chip, and so a PIN and a PUK').check();
      await button('Save').click();
      await admin.page.getByText('Saved.').waitFor();
      expect(await read('/card-types/visitor')).toMatchObject({ layout: 'employee', validityMonths: 2, chip: true });
      await judgePage(admin.page, 'a card type');
      await heading('Visitor card').scrollIntoViewIfNeeded();
      await admin.picture('console-card-type');
    });

    it('show the second of two administrators what the first one changed', async () => {
      const { id: _, ...content } = await read('/card-types/visitor');
      await product.call('admin', 'PUT', '/card-types/visitor', { ...content, validityMonths: 3 });
      await field('Name').fill('Guest card');
      await button('Save').click();
      await admin.page.getByText('Validity in months: 2 → 3').waitFor();
      await judgePage(admin.page, 'a card type, changed meanwhile');
      expect((await read('/card-types/visitor')).name).toBe('Visitor card');
      expect(await field('Name').inputValue()).toBe('Guest card');
      await button('Save').click();
      await admin.page.getByText('Saved.').waitFor();
      expect(await read('/card-types/visitor')).toMatchObject({ name: 'Guest card', validityMonths: 2 });
    });

    it('are added; what is there already is refused at its field', async () => {
      await admin.open('/console/card-types');
      await admin.page.getByRole('link', { name: 'Add a card type' }).click();
      await field('Id').fill('visitor');
      await field('Name').fill('Press card');
      await button('Add').click();
      await admin.page.getByRole('alert').getByText('There is a card type "visitor" already.').waitFor();
      expect(await field('Id').getAttribute('aria-invalid')).toBe('true');
      await field('Id').fill('press');
      await button('Add').click();
      await heading('Press card').waitFor();
      expect(await read('/card-types/press')).toMatchObject({ layout: null, backend: null });
    });
  });

  describe('number ranges', () => {
    it('are made with the keyboard alone', async () => {
      await admin.open('/console/number-ranges');
      await admin.page.getByText('999,999').first().waitFor();
      await judgePage(admin.page, 'number ranges');
      const { keyboard } = admin.page;
      await admin.page.getByRole('link', { name: 'Add a number range' }).focus();
      await keyboard.press('Enter');
      await field('Id').waitFor();
      await admin.page.locator('h1:focus').waitFor();
      for (const text of ['press', 'Press', 'Ä', '3', '/26', '998']) {
        await keyboard.press('Tab');
        await keyboard.press('ControlOrMeta+A');
        await keyboard.type(text);
      }
      await keyboard.press('Enter');
      await admin.page.getByRole('alert').getByText('Prefix must have letters, digits').waitFor();
      await admin.page.locator('input:focus[aria-invalid]').waitFor();
      await keyboard.press('ControlOrMeta+A');
      await keyboard.type('P-');
      await keyboard.press('Enter');
      await heading('Press').waitFor();
      await admin.page.getByText('P-998/26').waitFor();
      expect(await read('/number-ranges/press')).toMatchObject({ left: 2, next: 'P-998/26' });
    });

    it('never go back, and the refusal stands at the field', async () => {
      await field('Next number').fill('5');
      await button('Save').click();
      await admin.page.getByRole('alert').getByText('The next number can only grow').waitFor();
      expect(await field('Next number').getAttribute('aria-invalid')).toBe('true');
      await judgePage(admin.page, 'a number range, refused');
      await admin.picture('console-number-range');
    });
  });

  describe('backends', () => {
    it('are listed with their state, and show their status when they are asked', async () => {
      await admin.open('/console/backends');
      await admin.page.getByRole('link', { name: 'Print shop (simulated)' }).waitFor();
      await admin.page.locator('td .state', { hasText: /ready|not used yet/ }).waitFor();
      await judgePage(admin.page, 'backends');
      await admin.picture('console-backends');
      await admin.page.getByRole('link', { name: 'Print shop (simulated)' }).click();
      await button('Test the backend').click();
      await admin.page.getByText('It is ready to make cards.').waitFor();
      await admin.page.getByText(/It answered within \d+ ms\./).waitFor();
      await judgePage(admin.page, 'a backend');
      await admin.picture('console-backend');
    });

    it('are added as printers, with mistakes shown at their settings; one that does not answer is shown as such, and deleted', async () => {
      await admin.open('/console/backends/+new');
      await field('Kind').selectOption('ipp');
      await field('Id').fill('desk');
      await field('Name').fill('Printer at the desk');
      await field('Address of the queue or printer').fill('http://printer.example.org');
      await button('Add').click();
      await admin.page
        .getByRole('alert')
        .getByText('Address of the queue or printer must be an address such as ipps://')
        .waitFor();
      await judgePage(admin.page, 'a backend, refused');
      await field('Address of the queue or printer').fill('ipp://127.0.0.1:9/ipp/print');
      await button('Add').click();
      await heading('Printer at the desk').waitFor();
      expect((await read('/backends/desk')).settings).toEqual({ uri: 'ipp://127.0.0.1:9/ipp/print' });
      await button('Test the backend').click();
      await admin.page.getByRole('alert').getByText('Printer at the desk does not answer').waitFor();
      await button('Delete …').click();
      await admin.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await admin.page.getByText('The backend was deleted.').waitFor();
      expect((await read('/backends')).items).toHaveLength(1);
    });

    it('keep the settings that have no field', async () => {
      const { id, kind: _, ...content } = await read('/backends/print-shop');
      await product.call('admin', 'PUT', `/backends/${id}`, {
        ...content,
        settings: { ...content.settings, settleMs: 5_000 },
      });
      await admin.open('/console/backends/print-shop');
      await field('Cards per call').fill('7');
      await button('Save').click();
      await admin.page.getByText('Saved.').waitFor();
      expect((await read('/backends/print-shop')).settings).toEqual({
        ...content.settings,
        settleMs: 5_000,
        cardsPerCall: 7,
      });
    });
  });

  it('mails are listed by state and read, without a PIN', async () => {
    const mail = {
      to_account: 'ada',
      subject: 'A card waits for your decision',
      body: 'Please decide.',
      link_path: '/camunda/app/tasklist/',
    };
    await product.db('mail').insert([
      { ...mail, event_key: 'one' },
      {
        ...mail,
        event_key: 'two',
        subject: 'Your card was approved',
        state: 'failed',
        attempts: 3,
        last_error: '550 no such mailbox',
        ended_at: new Date(),
      },
    ]);
    await admin.open('/console/mails');
    await admin.page.getByText('550 no such mailbox').waitFor();
    await judgePage(admin.page, 'mails');
    await admin.picture('console-mails');
    await field('State').selectOption('pending');
    await admin.page.getByRole('button', { name: 'Search' }).click();
    await admin.page.getByText('550 no such mailbox').waitFor({ state: 'detached' });
    await admin.page.getByRole('link', { name: 'A card waits for your decision' }).click();
    await admin.page.getByText('Please decide.').waitFor();
    await judgePage(admin.page, 'a mail');
  });
});
