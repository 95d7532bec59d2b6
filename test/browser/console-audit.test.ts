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
    await admin.page.getByRole('rowheader', { name: 'use-case-changed use-case request-card' }).waitFor();
    await judgePage(admin.page, 'audit');
    await admin.picture('console-audit');
    await admin.page.getByLabel('Who', { exact: true }).fill('nobody');
    await admin.page.getByRole('button', { name: 'Search' }).click();
    await admin.page.getByText('Nothing was done that matches.').waitFor();
    expect(new URL(admin.page.url()).search).toBe('?actor=nobody');
    await judgePage(admin.page, 'audit, nothing found');
    await admin.page.goBack();
    await admin.page.getByRole('rowheader', { name: 'use-case-changed use-case request-card' }).waitFor();
    expect(violations).toEqual([]);
  });

  it('leads through the pages of a list, and exports what the filters leave', async () => {
    const rows = Array.from({ length: 120 }, (_, at) => ({
      actor: 'system',
      action: 'tried',
      object_type: 'option',
      object_id: `option-${at}`,
      details: '{}',
    }));
    await product.db('audit').insert(rows);
    await admin.open('/console/audit?action=tried');
    const shown = admin.page.locator('tbody tr');
    await admin.page.getByText('option-119', { exact: false }).waitFor();
    expect(await shown.count()).toBe(50);
    for (const [last, count] of [
      ['option-69', 50],
      ['option-19', 20],
    ] as const) {
      await admin.page.getByRole('link', { name: 'Next page' }).click();
      await admin.page.getByText(last, { exact: false }).waitFor();
      expect(await shown.count()).toBe(count);
    }
    expect(await admin.page.getByRole('link', { name: 'Next page' }).count()).toBe(0);
    await admin.page.getByRole('link', { name: 'First page' }).click();
    await admin.page.getByText('option-119', { exact: false }).waitFor();
    const link = await admin.page.getByRole('link', { name: 'Download as CSV' }).getAttribute('href');
    expect(link).toBe('/api/v1/audit.csv?action=tried');
  });

  it('sends a person who lost the session to sign in, and back to the same list', async () => {
    await admin.page.context().clearCookies();
    await admin.open('/console/audit?action=tried');
    await admin.page.getByLabel('Account').fill('admin');
    await admin.page.getByLabel('Password').fill(password);
    await admin.page.getByRole('button', { name: 'Sign in' }).click();
    await admin.page.getByText('option-119', { exact: false }).waitFor();
    await admin.page.context().clearCookies();
    await admin.page.getByRole('link', { name: 'Next page' }).click();
    await admin.page.getByLabel('Account').waitFor();
    expect(new URL(admin.page.url()).searchParams.get('next')).toMatch(/^\/console\/audit\?action=tried&cursor=/);
  });
});
