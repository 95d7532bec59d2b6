import type { Browser, Locator } from 'playwright-core';
import type { SentFile } from '../deployments/modeler.js';
import { newVersionOf, variantFrom } from '../deployments/variants.js';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { judgePage, watchPolicy } from '../support/page-judge.js';
import { password, requestIn, startProduct, type Answer, type Product } from '../support/product.js';

const home = '/console/use-cases/request-card';

describeInBrowser('use cases in the console', () => {
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

  const useCase = async (id = 'request-card'): Promise<any> =>
    (await product.call('admin', 'GET', `/use-cases/${id}`)).body;
  const heading = (name: string | RegExp): Promise<void> =>
    admin.page.getByRole('heading', { level: 1, name }).waitFor();
  const link = (name: string | RegExp): Locator => admin.page.getByRole('link', { name });
  const button = (name: string): Locator => admin.page.getByRole('button', { name, exact: true });
  const reason = (text: string): Promise<void> => admin.page.getByLabel('Reason').fill(text);
  const deploy = async (file: SentFile): Promise<Answer> => {
    const answer = await product.call('admin', 'POST', '/deployments', { files: [file] });
    expect(answer.status).toBe(200);
    return answer;
  };

  /** Requests for as many holders, registered before this returns. */
  async function requests(count: number, cardType: string): Promise<string[]> {
    const holders = await product
      .db('holder')
      .where({ state: 'active', account: null })
      .whereNotNull('photo_id')
      .whereNotIn(
        'id',
        product.db('card_request').where({ card_type: cardType }).whereNull('ended_at').select('holder_id'),
      )
      .orderBy('employee_number')
      .limit(count)
      .pluck<string[]>('id');
    expect(holders).toHaveLength(count);
    const answers = await Promise.all(
      holders.map((holder) => product.call('operator', 'POST', '/card-requests', { holder, cardType })),
    );
    return answers.map(({ body }) => body.id as string);
  }

  it('a fresh installation leads to the first use case that is enabled', async () => {
    await admin.open('/console');
    await heading('Use cases');
    expect(new URL(admin.page.url()).pathname).toBe('/console/use-cases');
    await admin.page.getByRole('heading', { name: 'No use case is enabled' }).waitFor();
    await judgePage(admin.page, 'fresh installation');
    await admin.picture('console-guide');
    await link(/^Enable Request card/).click();
    await heading('Enable Request card');
    await admin.page.getByText('New requests for', { exact: false }).first().waitFor();
    await button('Enable').click();
    await admin.page.getByText('Give a reason').waitFor();
    await reason('Cards can be requested from today on');
    await button('Enable').click();
    await admin.page.getByRole('status').getByText('It is enabled.').waitFor();
    expect(await useCase()).toMatchObject({ enabled: true, variant: 'with-approval' });
    expect(await admin.page.evaluate('document.activeElement.tagName')).toBe('H1');
  });

  it('shows variants side by side with their differences, and what runs in each step', async () => {
    const ids = await requests(20, 'visitor');
    await Promise.all(ids.map((id) => requestIn(product, id, 'requested')));
    await admin.open(home);
    await admin.page
      .locator('.side')
      .nth(0)
      .locator('.djs-overlays .count', { hasText: /^20$/ })
      .waitFor({ timeout: 60_000 });
    await admin.page.locator('.side').nth(0).locator('.djs-shape.diff-removed').first().waitFor();
    const sides = admin.page.locator('.side');
    expect(await sides.count()).toBe(2);
    await admin.page.getByRole('listitem').filter({ hasText: 'Decide on card request' }).first().waitFor();
    expect(await admin.page.locator('.bjs-powered-by').count()).toBe(2);
    await admin.page.getByText(/differences$/).click();
    await judgePage(admin.page, 'a use case');
    await admin.page.reload();
    await admin.page
      .locator('.side')
      .nth(0)
      .locator('.djs-overlays .count', { hasText: /^20$/ })
      .waitFor({ timeout: 60_000 });
    await admin.page.evaluate("document.getElementById('compare').scrollIntoView()");
    await admin.picture('console-diagrams');
  });

  it('switches with a preview while 20 requests run, and takes it back', async () => {
    await admin.open(home);
    await link('Use … Request card without approval, version 1').click();
    await heading('Choose how Request card is done');
    await admin.page.getByRole('cell', { name: 'Decide on card request: 20' }).waitFor({ timeout: 60_000 });
    await judgePage(admin.page, 'a preview');
    await admin.picture('console-preview');
    await reason('Visitors wait too long');
    await button('Switch').click();
    await admin.page.getByText('New requests use the new variant from now on.').waitFor();
    const [fresh] = await requests(1, 'contractor');
    await requestIn(product, fresh ?? '', 'approved');
    const waiting = await product.db('card_request').where({ state: 'requested' }).count<{ count: string }[]>();
    expect(waiting[0]?.count).toBe('20');
    await link('Undo the last change …').click();
    await heading('Undo the last change of Request card');
    await admin.page.getByText('It becomes again what it was before:').waitFor();
    await reason('The wrong one');
    await button('Undo').click();
    await admin.page.getByText('The last change is taken back.').waitFor();
    expect(await useCase()).toMatchObject({ enabled: true, variant: 'with-approval' });
    await admin.page.getByRole('row').filter({ hasText: 'Visitors wait too long' }).waitFor();
  });

  it('gives a card type its own variant, and takes it back', async () => {
    await admin.open(home);
    await link('Choose … Contractor').click();
    await admin.page.getByLabel('Variant').selectOption({ label: 'Request card without approval' });
    await admin.page.getByText('New requests for contractor run by').waitFor();
    await reason('Contractors are checked elsewhere');
    await button('Switch').click();
    await admin.page.getByText('New requests for this card type use its own variant').waitFor();
    expect((await useCase()).cardTypes).toEqual({ contractor: { variant: 'without-approval', version: 1 } });
    await judgePage(admin.page, 'its own variant');
    await admin.picture('console-use-case');
    await link('Use the general variant … Contractor').click();
    await reason('They are not');
    await button('Switch back').click();
    await admin.page.getByText('use the general variant from now on').waitFor();
    expect((await useCase()).cardTypes).toEqual({});
  });

  it('releases a version of a variant in use, and goes back', async () => {
    await deploy(await newVersionOf('request-card-with-approval', 'Says more.'));
    await admin.open(home);
    await admin.page.getByText('Version 2 of “Request card with approval” waits for its release.').waitFor();
    await link('Release … Request card with approval, version 2').click();
    await heading('Release a version of Request card');
    await admin.page.getByText('process, different').waitFor({ state: 'attached' });
    await reason('Its words are better');
    await button('Release').click();
    await admin.page.getByText('The version is released').waitFor();
    expect(await useCase()).toMatchObject({ variant: 'with-approval', version: 2 });
    await link('Release … Request card with approval, version 1').click();
    await reason('They are not');
    await button('Release').click();
    await admin.page.getByText('The version is released').waitFor();
    expect(await useCase()).toMatchObject({ variant: 'with-approval', version: 1 });
  });

  it('offers a third variant as soon as it is deployed', async () => {
    await deploy(
      await variantFrom('with-approval', 'by-phone', (xml) =>
        xml.replace('name="Request card with approval"', 'name="Request card by phone"'),
      ),
    );
    await admin.open(`${home}/change?do=choose&variant=by-phone`);
    await admin.page.getByText('run by "Request card by phone", version 1').waitFor();
  });

  it('refuses to disable the last use case, and says what to do', async () => {
    await admin.open(`${home}/change?do=disable`);
    await reason('Nobody needs cards');
    await button('Disable').click();
    await admin.page.getByRole('alert').getByText('At least one use case must stay enabled').first().waitFor();
    await judgePage(admin.page, 'the last use case');
    await admin.picture('console-last-use-case');
    expect(await useCase()).toMatchObject({ enabled: true });
  });

  it('lets the second of two administrators see what changed, and decide anew', async () => {
    await admin.open(`${home}/change?do=choose&variant=without-approval`);
    await button('Switch').waitFor();
    await product.call('admin', 'PUT', `/use-cases/request-card/card-types/visitor`, {
      variant: 'by-phone',
      reason: 'Visitors call',
    });
    await reason('Visitors wait too long');
    await button('Switch').click();
    await admin.page.getByText('somebody else was quicker').waitFor();
    await admin.page.getByText('Visitors call').waitFor();
    expect(await useCase()).toMatchObject({ variant: 'with-approval' });
    expect(await admin.page.getByLabel('Reason').inputValue()).toBe('Visitors wait too long');
    await judgePage(admin.page, 'somebody was quicker');
    await admin.picture('console-meanwhile');
    await button('Switch').click();
    await admin.page.getByText('New requests use the new variant').waitFor();
    expect(await useCase()).toMatchObject({ variant: 'without-approval' });
  });

  it('can be worked by keyboard alone, from the navigation to the switch', async () => {
    const { page } = admin;
    await admin.open('/console/audit');
    await heading('Audit');
    const name = () =>
      page.evaluate<string>(
        "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent).trim()",
      );
    const tabTo = (text: string) =>
      eventually(`the focus is on ${text}`, 30_000, async () => {
        if ((await name()) === text) return true;
        await page.keyboard.press('Tab');
        return false;
      });
    await page.keyboard.press('Tab');
    expect(await name()).toBe('Skip to content');
    await tabTo('Use cases');
    await page.keyboard.press('Enter');
    await heading('Use cases');
    await page.getByRole('link', { name: 'Request card', exact: true }).waitFor();
    await tabTo('Request card');
    await page.keyboard.press('Enter');
    await link('Undo the last change …').waitFor();
    await tabTo('Undo the last change …');
    await page.keyboard.press('Enter');
    await button('Undo').waitFor();
    await tabTo('Reason');
    await page.keyboard.type('It was better before');
    await tabTo('Undo');
    await page.keyboard.press('Enter');
    await page.getByText('The last change is taken back.').waitFor();
    expect(await useCase()).toMatchObject({ variant: 'with-approval' });
  });

  it('needed nothing that the policy refuses', () => {
    expect(violations).toEqual([]);
  });
});
