import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { patience } from '../support/issuing.js';
import { password, startProduct, type Product } from '../support/product.js';

/** For one test, several of whose steps may each take as long as `patience` (ms). */
const longest = 4 * patience;

describeInBrowser('what administrators read in the engine’s own web applications', () => {
  let product: Product;
  let browser: Browser;
  let admin: Person;

  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct(), openBrowser()]);
    admin = await Person.signedIn(browser, product.url, 'admin', password);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  }, 60_000);

  const see = (text: string | RegExp) => admin.page.getByText(text).first().waitFor({ timeout: patience });

  it(
    'leads who would create an account in Admin to the console',
    async () => {
      await admin.open('/camunda/app/admin/default/#/user-create');
      const fields: [selector: string, text: string][] = [
        ['#inputUserId', 'rosa'],
        ['[cam-widget-password] input', 'correct horse battery staple'],
        ['#inputPasswordRepeat', 'correct horse battery staple'],
        ['#inputFirstname', 'Rosa'],
        ['#inputLastname', 'Sample'],
      ];
      for (const [selector, text] of fields)
        await admin.page.locator(selector).first().fill(text, { timeout: patience });
      await admin.page.getByRole('button', { name: 'Create new user' }).click();
      await see(/Accounts are created by administrators, in the console, at \/console\/accounts/);
      await admin.picture('admin-refused');
      expect((await product.call('admin', 'GET', '/accounts/rosa')).status).toBe(404);
    },
    longest,
  );
});
