import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { judgePage, watchPolicy } from '../support/page-judge.js';
import { password, startProduct, type Product } from '../support/product.js';

describeInBrowser('options in the console', () => {
  let product: Product;
  let browser: Browser;
  let admin: Person;
  let violations: readonly string[];

  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct(), openBrowser()]);
    admin = await Person.signedIn(browser, product.url, 'admin', password);
    violations = watchPolicy(admin.page);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  }, 60_000);

  const option = (name: string) => admin.page.getByRole('form', { name });
  const value = async (name: string): Promise<unknown> => {
    const { body } = await product.call('admin', 'GET', '/options');
    return body.items.find((each: { name: string }) => each.name === name).value;
  };

  it('shows each with its default and the work that a change touches', async () => {
    await admin.open('/console/options');
    await option('Approval time limit').getByText('registered requests keep the limit').waitFor();
    await option('PIN length').getByText('Default: 6').waitFor();
    await judgePage(admin.page, 'options');
    await admin.picture('console-options');
  });

  it('sets one, and refuses what is outside its rule before and behind the interface', async () => {
    const limit = option('Approval time limit');
    await limit.getByLabel('Approval time limit').fill('three days');
    await limit.getByRole('button', { name: 'Save' }).click();
    await limit.getByText('This is no duration').waitFor();
    await limit.getByLabel('Approval time limit').fill('P3DT');
    await limit.getByRole('button', { name: 'Save' }).click();
    await limit.getByRole('alert').getByText('must be a duration such as P3D').waitFor();
    await judgePage(admin.page, 'an option, refused');
    expect(await value('approval-time-limit')).toBeNull();
    await limit.getByLabel('Approval time limit').fill('P3D');
    await limit.getByRole('button', { name: 'Save' }).click();
    await limit.getByText('Approval time limit is P3D from now on.').waitFor();
    await limit.getByText('Set by admin').waitFor();
    expect(await value('approval-time-limit')).toBe('P3D');
    const length = option('PUK length');
    await length.getByLabel('PUK length').fill('20');
    await length.getByRole('button', { name: 'Save' }).click();
    await length.getByText('Give a whole number from 8 to 12.').waitFor();
    expect(await value('puk-length')).toBe(8);
  });

  it('goes back to the default', async () => {
    const limit = option('Approval time limit');
    await limit.getByRole('button', { name: 'Back to the default' }).click();
    await limit.getByRole('button', { name: 'Save' }).click();
    await limit.getByText('Approval time limit is none from now on.').waitFor();
    expect(await value('approval-time-limit')).toBeNull();
  });

  it('lets the second of two administrators see what the first one set, and decide anew', async () => {
    await admin.open('/console/options');
    const pin = option('PIN length');
    await pin.getByText('Default: 6').waitFor();
    await product.call('admin', 'PUT', '/options/pin-length', { value: 4 });
    await product.call('admin', 'PUT', '/options/pin-length', { value: 6 });
    await pin.getByLabel('PIN length').selectOption('4');
    await pin.getByRole('button', { name: 'Save' }).click();
    await pin.getByRole('alert').getByText('Nothing was changed: admin has set this option to 6 meanwhile').waitFor();
    expect(await value('pin-length')).toBe(6);
    expect(await pin.getByLabel('PIN length').inputValue()).toBe('4');
    await pin.getByRole('button', { name: 'Save' }).click();
    await pin.getByText('PIN length is 4 from now on.').waitFor();
    expect(await value('pin-length')).toBe(4);
    expect(violations).toEqual([]);
  });
});
