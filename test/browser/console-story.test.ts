import type { Browser } from 'playwright-core';
import { approvedCards } from '../fixtures/requests.js';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { approvedCard, cardIn, change, employeeNumbers, enableIssuing, patience } from '../support/issuing.js';
import { judgePage, watchPolicy } from '../support/page-judge.js';
import { password, requestIn, startIssuingProduct, type IssuingProduct } from '../support/product.js';

/** For one test, several of whose steps may each take as long as `patience` (ms). */
const longest = 4 * patience;

describeInBrowser('cards, batch orders and insight in the console', () => {
  let product: IssuingProduct;
  let browser: Browser;
  let admin: Person;
  let refusedByPolicy: readonly string[];

  beforeAll(async () => {
    [product, browser] = await Promise.all([startIssuingProduct({ cardMs: 100 }), openBrowser()]);
    await enableIssuing(product);
    await change(product, '/card-types/visitor', { chip: false });
    admin = await Person.signedIn(browser, product.url, 'admin', password);
    refusedByPolicy = watchPolicy(admin.page);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  }, 60_000);

  const see = (text: string | RegExp) => admin.page.getByText(text).first().waitFor({ timeout: patience });

  async function picture(name: string, height: number): Promise<void> {
    await admin.page.setViewportSize({ width: 1280, height });
    await admin.picture(name);
    await admin.page.setViewportSize({ width: 1280, height: 900 });
  }

  it(
    'says what there is not yet',
    async () => {
      for (const [path, text] of [
        ['/console/cards', 'No card matches.'],
        ['/console/requests', 'No request matches.'],
        ['/console/batches', 'No batch order matches.'],
        ['/console/insight', 'There is no incident: every process runs.'],
      ] as const) {
        await admin.open(path);
        await see(text);
        await judgePage(admin.page, `${path}, empty`);
      }
    },
    longest,
  );

  it(
    'shows the whole story of a card, from its request on, and where it stands in the diagram',
    async () => {
      const [employee, other] = await employeeNumbers(product);
      const asked = await product.call('operator', 'POST', '/card-requests', { holder: other, cardType: 'visitor' });
      const { card: waiting } = await requestIn(product, asked.body.id, 'requested');
      const id = await approvedCard(product, employee ?? '');
      await product.shop.play('jam');
      await product.call('producer', 'POST', `/cards/${id}/production`);
      await cardIn(product, id, 'failed');
      await product.call('producer', 'POST', `/cards/${id}/production/1/repeat`);
      const { number, holder } = await cardIn(product, id, 'issued');

      await admin.open('/console/requests');
      await admin.page.getByRole('link', { name: 'Its story' }).waitFor();
      await judgePage(admin.page, 'requests');
      await admin.page.getByRole('link', { name: 'Its story' }).click();
      await see('It is here: Decide on card request');
      expect(new URL(admin.page.url()).pathname).toBe(`/console/cards/${waiting.id}`);
      await admin.page.locator('.djs-element.diff-changed[data-element-id="decide-request"]').waitFor();

      await admin.open('/console/cards');
      await admin.page.getByLabel('Card number or holder').fill(number);
      await admin.page.getByRole('button', { name: 'Search' }).click();
      await eventually(
        'the card alone is listed',
        patience,
        async () => (await admin.page.locator('tbody tr').count()) === 1,
      );
      await see(holder.employeeNumber);
      await judgePage(admin.page, 'cards, one found');
      await picture('console-cards', 700);
      await admin.page.getByRole('link', { name: number }).click();
      await see('Approved by approver');
      await admin.page.getByRole('heading', { name: `Card ${number}`, level: 1 }).waitFor();
      await see('No. 1 at print-shop');
      await see('No. 2 at print-shop');
      await see('request-approved');
      await admin.page.locator('summary', { hasText: 'request-card-with-approval, version 1' }).click();
      for (const step of ['decide-request', 'record-decision'])
        await admin.page.locator(`.djs-element.diff-added[data-element-id="${step}"]`).waitFor();
      await eventually('both sides are shown', patience, () =>
        admin.page.evaluate<boolean>(
          '[...document.querySelectorAll(".card-sides img")].every((image) => image.naturalWidth > 0)',
        ),
      );
      await judgePage(admin.page, 'card story');
      await picture('console-card-story', 2000);
    },
    longest,
  );

  it(
    'follows a batch order while it runs',
    async () => {
      const { definition_id: definition } = await product
        .db('process_version')
        .where({ variant: 'without-approval', use_case: 'request-card' })
        .first('definition_id');
      const cardIds = await approvedCards(product.db, 200, { definition });
      const { body: batch } = await product.call('producer', 'POST', '/batch-orders', {
        kind: 'issue',
        label: 'Visitors of May',
        cardIds,
      });
      await admin.open('/console/batches');
      await admin.page.getByRole('link', { name: `Batch order ${batch.number}: Visitors of May` }).click();
      await eventually('some are done, and not all', patience, async () => {
        const value = await admin.page.evaluate<number>('document.querySelector("main progress")?.value ?? 0');
        return value > 5 && value < 200;
      });
      await see(/About .* left/);
      await picture('console-batch', 1000);
      await see('200 of 200 done');
      await see('completed');
      await admin.page.getByLabel('State').selectOption('Produced');
      await admin.page.getByRole('button', { name: 'Search' }).click();
      await eventually(
        'the produced ones are listed',
        patience,
        async () => (await admin.page.locator('tbody tr').count()) === 50,
      );
      await judgePage(admin.page, 'batch order');
    },
    longest,
  );

  it(
    'shows where it waits, and has an incident tried again',
    async () => {
      await product.stopWorker();
      const holder = (await employeeNumbers(product))[2];
      await product.call('operator', 'POST', '/card-requests', { holder, cardType: 'visitor' });
      const task = await eventually('the task waits for a worker', patience, async () => {
        const [found] = await product.engine.call<{ id: string }[]>({
          user: 'card-server',
          path: '/external-task',
          query: { topicName: 'register-request' },
        });
        return found ?? null;
      });
      await product.engine.call({
        user: 'card-server',
        method: 'PUT',
        path: `/external-task/${task.id}/retries`,
        body: { retries: 0 },
      });
      await admin.open('/console/insight');
      await see('register-request');
      await see('Open approvals by age');
      for (const plot of ['Requests and cards per day', 'Half of the cards took no longer']) {
        await admin.page.getByRole('img', { name: plot }).locator('canvas').waitFor();
      }
      await judgePage(admin.page, 'insight');
      await picture('console-insight', 2100);
      await admin.page.getByText('As a table').first().click();
      await judgePage(admin.page, 'insight, figures as a table');
      await admin.page.getByRole('button', { name: /^Try again: / }).click();
      await see('It is tried once more.');
      await product.startWorker();
      await see('There is no incident: every process runs.');
      expect(refusedByPolicy).toEqual([]);
    },
    longest,
  );
});
