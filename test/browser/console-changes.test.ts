import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { judgePage, watchPolicy } from '../support/page-judge.js';
import { password, startProduct, type Product } from '../support/product.js';

describeInBrowser('changes to confirm in the console', () => {
  let product: Product;
  let browser: Browser;
  let admin: Person;
  let second: Person;
  let violations: readonly string[];

  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct(), openBrowser()]);
    await product.call('admin', 'PUT', '/accounts/operator2/roles', { roles: ['admin'] });
    await product.call('admin', 'PUT', '/options/second-administrator', { value: 'P3D' });
    admin = await Person.signedIn(browser, product.url, 'admin', password);
    second = await Person.signedIn(browser, product.url, 'operator2', password);
    violations = watchPolicy(second.page);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  }, 60_000);

  it('says where it was asked for that it waits, and lets another administrator confirm it', async () => {
    await admin.open('/console/options');
    const option = admin.page.getByRole('form', { name: 'Roles that do not go together' });
    await option.getByLabel('Roles that do not go together').selectOption({ label: 'Refused' });
    await option.getByRole('button', { name: 'Save' }).click();
    await option.getByRole('alert').getByText('Nothing has changed yet').waitFor();

    await second.open('/console/changes');
    const row = second.page.getByRole('row', { name: 'Set the option role-conflicts to "refused"' });
    await row.getByText('waits until').waitFor();
    await judgePage(second.page, 'changes to confirm');
    await second.picture('console-changes');
    await row.getByRole('button', { name: 'Confirm' }).click();
    const dialog = second.page.getByRole('dialog');
    await dialog.getByText('in the name of admin').waitFor();
    await judgePage(second.page, 'a change, about to be confirmed');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await second.page.getByText('is made.').waitFor();
    await row.getByText('confirmed by operator2').waitFor();
    const { body } = await product.call('admin', 'GET', '/options');
    expect(body.items.find((each: { name: string }) => each.name === 'role-conflicts').value).toBe('refused');
  });

  it('refuses the own one, and rejects it', async () => {
    await product.call('operator2', 'PUT', '/options/second-administrator', { value: null });
    await second.open('/console/changes');
    const row = second.page.getByRole('row', { name: 'Set the option second-administrator to none' });
    await row.getByRole('button', { name: 'Confirm' }).click();
    const dialog = second.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await dialog.getByRole('alert').getByText('You asked for this change yourself').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await row.getByRole('button', { name: 'Reject' }).click();
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await row.getByText('rejected by operator2').waitFor();
    expect(violations).toEqual([]);
  });
});
