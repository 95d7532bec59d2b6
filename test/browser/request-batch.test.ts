import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { employeeNumbers, patience } from '../support/issuing.js';
import { judgePage, watchPolicy } from '../support/page-judge.js';
import { enable, password, startProduct, type Product } from '../support/product.js';

/** For one test, several of whose steps may each take as long as `patience` (ms). */
const longest = 4 * patience;

describeInBrowser('requesting many cards', () => {
  let product: Product;
  let browser: Browser;
  let operator: Person;
  let approver: Person;
  let refusedByPolicy: (readonly string[])[];
  let numbers: string[];
  let id: string;

  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct(), openBrowser()]);
    await enable(product, 'with-approval');
    numbers = await employeeNumbers(product);
    operator = await Person.signedIn(browser, product.url, 'operator', password);
    approver = await Person.signedIn(browser, product.url, 'approver', password);
    refusedByPolicy = [operator, approver].map(({ page }) => watchPolicy(page));
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  }, 60_000);

  const see = (person: Person, text: string | RegExp) =>
    person.page.getByText(text).first().waitFor({ timeout: patience });
  const press = (person: Person, name: string | RegExp) => person.page.getByRole('button', { name }).click();

  async function picture(person: Person, name: string, height = 900): Promise<void> {
    await person.page.setViewportSize({ width: 1280, height });
    await person.picture(name);
    await person.page.setViewportSize({ width: 1280, height: 900 });
  }

  it(
    'begins in Tasklist with a pasted list; who cannot get a card is named with the reason',
    async () => {
      const inactive = await product.db('holder').where({ state: 'inactive' }).first('employee_number');
      await operator.openTasklist();
      await operator.chooseProcess('Request multiple cards');
      await operator.fill('Name of the batch order', 'New employees in May');
      await operator.fill('Card type', 'employee');
      await operator.fill('Employee numbers', [...numbers.slice(0, 4), inactive.employee_number].join('\n'));
      // The field grows to its text when it is left, and moves the button.
      await operator.page.keyboard.press('Tab');
      await press(operator, 'Start');
      await operator.openTask('My tasks', 'Look at the card holders and request their cards');
      await operator.form.getByText('4 card holders are chosen').waitFor({ timeout: patience });
      await operator.form.getByText('The card holder is inactive').waitFor({ timeout: patience });
      await operator.closeNotices();
      await operator.page.locator('.page-notifications .alert').first().waitFor({ state: 'hidden' });
      await picture(operator, 'requests-choose-form', 1100);
      ({ id } = await product.db('batch_order').first('id'));
    },
    longest,
  );

  it(
    'is completed on the page of the draft: by a file, by a filter and by ticks',
    async () => {
      await operator.open(`/batches/${id}/holders`);
      await see(operator, '4 card holders chosen.');
      await operator.page.getByText('Paste a list, or upload a file').click();
      const csv = [
        'name;employee_number',
        ...numbers.slice(4, 10).map((number) => `Somebody;${number}`),
        'Nobody;X-0',
      ].join('\r\n');
      await operator.page
        .getByLabel('CSV file')
        .setInputFiles({ name: 'holders.csv', mimeType: 'text/csv', buffer: Buffer.from(`\uFEFF${csv}`) });
      await press(operator, 'Choose them');
      await see(operator, '10 card holders chosen.');
      await see(operator, 'No such card holder');
      await judgePage(operator.page, 'choosing card holders');
      await picture(operator, 'requests-choose', 1000);
      await press(operator, 'Take them out of the list');
      await operator.page.getByText('No such card holder').waitFor({ state: 'hidden' });
      const { department } = await product.db('holder').where({ employee_number: numbers[0] }).first('department');
      await operator.page.getByLabel('Department').fill(department);
      await press(operator, 'Find card holders');
      await press(operator, /^Choose none of the/);
      await see(operator, /card holders? chosen/);
      await operator.page.getByLabel('Department').fill('');
      await operator.page.getByLabel('Name or number').fill(numbers[0] ?? '');
      await press(operator, 'Find card holders');
      const before = (await product.db('batch_row').where({ batch_id: id })).length;
      const box = operator.page.locator('input[name=chosen]').first();
      await box.focus();
      await operator.page.keyboard.press('Space');
      await eventually(
        'the tick is kept',
        patience,
        async () => (await product.db('batch_row').where({ batch_id: id })).length === before + 1,
      );
    },
    longest,
  );

  it(
    'a file that is none is refused, and nothing is lost',
    async () => {
      const before = (await product.db('batch_row').where({ batch_id: id })).length;
      await operator.open(`/batches/${id}/holders`);
      await operator.page.getByText('Paste a list, or upload a file').click();
      await operator.page.getByLabel('CSV file').setInputFiles({
        name: 'holders.xlsx',
        mimeType: 'text/csv',
        buffer: Buffer.from([0x50, 0x4b, 0x03, 0x04, 0xff, 0xfe]),
      });
      await press(operator, 'Choose them');
      await see(operator, 'The file is a spreadsheet, not CSV');
      expect(await product.db('batch_row').where({ batch_id: id })).toHaveLength(before);
    },
    longest,
  );

  it(
    'is requested from the task, and follows on a page of its own',
    async () => {
      await operator.page.getByRole('link', { name: 'Back to Tasklist to request' }).click();
      await operator.form.getByText('card holders are chosen').waitFor({ timeout: patience });
      await operator.complete();
      await eventually(
        'it waits for its decision',
        patience,
        async () => (await product.db('batch_order').where({ id }).first('state')).state === 'running',
      );
      await operator.open(`/batches/${id}`);
      await see(operator, 'waits for a decision');
      await judgePage(operator.page, 'a batch of requests that waits');
      await picture(operator, 'requests-waiting', 1100);
    },
    longest,
  );

  it(
    'one task decides on all of them; mistakes in it are shown, and the form stays',
    async () => {
      await approver.openTasklist();
      await approver.openTask('Approvals', 'Decide on a batch of card requests');
      await approver.form.getByText('New employees in May').waitFor({ timeout: patience });
      await approver.claim();
      await approver.form.getByLabel('Approve all but the exceptions').check();
      const exceptions = approver.form.getByRole('textbox', { name: 'Exceptions' });
      await exceptions.fill('Somebody has left');
      await approver.page.keyboard.press('Tab');
      await approver.complete();
      await see(approver, 'is no exception: write the place in the list');
      await approver.closeNotices();
      await exceptions.fill('');
      await picture(approver, 'requests-decide-form', 1300);
      expect(await approver.form.getByRole('link', { name: 'See all of them' }).getAttribute('href')).toBe(
        `/batches/${id}/decision`,
      );
    },
    longest,
  );

  it(
    'exceptions are ticked on the page of the batch order, each with its reason',
    async () => {
      await approver.open(`/batches/${id}/decision`);
      const boxes = approver.page.getByRole('checkbox', { name: /^Reject: / });
      await boxes.nth(1).check();
      await press(approver, 'Decide');
      await see(approver, /Give a reason for rejecting the card in place/);
      expect(await boxes.nth(1).isChecked()).toBe(true);
      await approver.page
        .getByRole('textbox', { name: /^Reason to reject: / })
        .nth(1)
        .fill('Has left.');
      await judgePage(approver.page, 'deciding on a batch of requests');
      await picture(approver, 'requests-decide', 1100);
      await press(approver, 'Decide');
      await see(approver, 'Your decisions are taken');
      await eventually(
        'all are decided',
        patience,
        async () => (await product.db('batch_order').where({ id }).first('state')).state === 'completed',
      );
      const decided = await product
        .db('decision as d')
        .join('card_request as r', 'r.id', 'd.request_id')
        .where({ 'r.batch_id': id })
        .select('d.decision', 'd.reason', 'd.approver');
      expect(decided.filter(({ decision }) => decision === 'reject')).toEqual([
        { decision: 'reject', reason: 'Has left.', approver: 'approver' },
      ]);
      await operator.open(`/batches/${id}`);
      await see(operator, 'Nothing is left to decide.');
      await see(operator, 'Has left.');
      await judgePage(operator.page, 'a batch of requests that was decided');
      await picture(operator, 'requests-decided', 1200);
    },
    longest,
  );

  it('nothing on these pages was refused by the content security policy', () => {
    expect(refusedByPolicy.flat()).toEqual([]);
  });
});
