import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { enable, password, startProduct, type Product } from '../support/product.js';
import { judgePage, watchPolicy } from '../support/page-judge.js';

describeInBrowser('the audit page of the console', () => {
  let product: Product;
  let browser: Browser;
  let admin: Person;

  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct(), openBrowser()]);
    admin = await Person.signedIn(browser, product.url, 'admin', password);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  }, 60_000);

  it('lists what was done, filtered as the address says, and pages through it', async () => {
    const violations = watchPolicy(admin.page);
    await enable(product, 'with-approval');
    await admin.open('/console/audit');
    await admin.page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor();
    await admin.page.getByRole('rowheader', { name: 'use-case-changed' }).waitFor();
    await judgePage(admin.page, 'audit');
    await admin.page.getByLabel('Who', { exact: true }).fill('nobody');
    await admin.page.getByRole('button', { name: 'Search' }).click();
    await admin.page.getByText('Nothing was done that matches.').waitFor();
    expect(new URL(admin.page.url()).search).toBe('?actor=nobody');
    await judgePage(admin.page, 'audit, nothing found');
    await admin.page.goBack();
    await admin.page.getByRole('rowheader', { name: 'use-case-changed' }).waitFor();
    expect(violations).toEqual([]);
  });
});
