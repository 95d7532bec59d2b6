import type { Browser } from 'playwright-core';
import { approvedCards } from '../fixtures/requests.js';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { change, enableIssuing, patience } from '../support/issuing.js';
import { judgePage, watchPolicy } from '../support/page-judge.js';
import { password, startIssuingProduct, type IssuingProduct } from '../support/product.js';

/** For one test, several of whose steps may each take as long as `patience` (ms). */
const longest = 4 * patience;
/** Slow enough to be looked at while the batch order runs (ms a card). */
const cardMs = 150;

describeInBrowser('issuing many cards', () => {
  let product: IssuingProduct;
  let browser: Browser;
  let producer: Person;
  let refusedByPolicy: readonly string[];
  let id: string;

  beforeAll(async () => {
    [product, browser] = await Promise.all([startIssuingProduct({ cardMs }), openBrowser()]);
    await enableIssuing(product);
    // PIN letters are shown elsewhere.
    await change(product, '/card-types/visitor', { chip: false });
    const { definition_id: definition } = await product
      .db('process_version')
      .where({ variant: 'without-approval' })
      .first('definition_id');
    for (const [department, count] of [
      ['Assembly', 120],
      ['Reception', 48],
      ['Logistics', 132],
    ] as const) {
      await approvedCards(product.db, count, { definition, department });
    }
    producer = await Person.signedIn(browser, product.url, 'producer', password);
    refusedByPolicy = watchPolicy(producer.page);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  }, 60_000);

  const see = (text: string | RegExp) => producer.page.getByText(text).first().waitFor({ timeout: patience });
  const press = (name: string | RegExp) => producer.page.getByRole('button', { name }).click();
  const chosenInDatabase = async (): Promise<number> =>
    (await product.db('batch_row').where({ batch_id: id }).pluck('card_id')).length;

  async function picture(name: string, height = 900): Promise<void> {
    await producer.page.setViewportSize({ width: 1280, height });
    await producer.picture(name);
    await producer.page.setViewportSize({ width: 1280, height: 900 });
  }

  /** A picture of a form in Tasklist without the notices over it. */
  async function pictureOfForm(name: string, height?: number): Promise<void> {
    await producer.closeNotices();
    await producer.page.locator('.page-notifications .alert').first().waitFor({ state: 'hidden' });
    await picture(name, height);
  }

  it(
    'says that there is none yet',
    async () => {
      await producer.open('/batches');
      await see('There is no batch order yet.');
      await judgePage(producer.page, 'no batch orders');
    },
    longest,
  );

  it(
    'begins with all approved cards, in Tasklist',
    async () => {
      await producer.openTasklist();
      await producer.chooseProcess('Issue multiple cards');
      await producer.fill('Name of the batch order', 'New at the reception');
      await press('Start');
      await producer.openTask('My tasks', 'Look at the cards and order them');
      await producer.form.getByText('300 approved cards are chosen').waitFor({ timeout: patience });
      ({ id } = await product.db('batch_order').first('id'));
      const link = producer.form.getByRole('link', { name: 'Tick and filter the cards' });
      expect(await link.getAttribute('href')).toBe(`/batches/${id}/cards`);
    },
    longest,
  );

  it(
    '50 of 300 are chosen on the page of the draft, by filter and by tick',
    async () => {
      await producer.open(`/batches/${id}/cards`);
      await see('300 cards chosen.');
      await press('Choose none');
      await see('0 cards chosen.');
      await producer.page.getByLabel('Department').fill('reception');
      await press('Find cards');
      await press('Choose all 48 that match');
      await see('48 cards chosen.');
      await judgePage(producer.page, 'choosing by a filter');
      await picture('batch-choose', 1000);
      await producer.page.getByLabel('Department').fill('');
      await press('Find cards');
      // By keyboard: each box is in the order of the tabs, and its label tells whose card it is.
      const box = (name: string) => producer.page.getByRole('checkbox', { name, exact: true });
      for (const [name, chosen] of [
        ['Sample Person 3 B1-3', 49],
        ['Sample Person 5 B1-5', 50],
      ] as const) {
        await box(name).focus();
        await producer.page.keyboard.press('Space');
        await see(`${chosen} cards chosen.`);
      }
      expect(await chosenInDatabase()).toBe(50);
      await producer.page.reload();
      expect(await box('Sample Person 5 B1-5').isChecked()).toBe(true);
      await producer.page.getByRole('link', { name: 'Chosen (50)' }).click();
      await eventually(
        'fifty boxes are ticked',
        patience,
        async () => (await producer.page.locator('input[name=chosen]:checked').count()) === 50,
      );
      await judgePage(producer.page, 'what is chosen');
    },
    longest,
  );

  it(
    'works without a script as well',
    async () => {
      const storageState = await producer.page.context().storageState();
      const context = await browser.newContext({ javaScriptEnabled: false, storageState });
      const page = await context.newPage();
      const untick = async (name: string, ticked: boolean) => {
        await page.goto(`${product.url}/batches/${id}/cards?department=Assembly`);
        await page.getByRole('checkbox', { name, exact: true }).setChecked(ticked);
        await page.getByRole('button', { name: 'Save the choice on this page' }).click();
      };
      await untick('Sample Person 3 B1-3', false);
      await page.getByText('49 cards chosen.').waitFor();
      await untick('Sample Person 3 B1-3', true);
      await page.getByText('50 cards chosen.').waitFor();
      await context.close();
      expect(await chosenInDatabase()).toBe(50);
    },
    longest,
  );

  it(
    'the task shows the choice, and orders it',
    async () => {
      for (let jam = 0; jam < 3; jam += 1) await product.shop.play('jam');
      await producer.open(`/batches/${id}/cards`);
      await producer.page.getByRole('link', { name: 'Back to Tasklist to order' }).click();
      await producer.form.getByText('50 approved cards are chosen').waitFor({ timeout: patience });
      await pictureOfForm('batch-order', 1100);
      await producer.complete();
      await eventually(
        'it is ordered',
        patience,
        async () => (await product.db('batch_order').where({ id }).first('round')).round === 1,
      );
    },
    longest,
  );

  it(
    'its page follows it by itself: how far it is, and how long it still takes',
    async () => {
      await producer.open('/batches');
      await producer.page.getByRole('link', { name: 'Batch order 1: New at the reception' }).click();
      const page = producer.page;
      await page.evaluate('window.notLoadedAgain = true');
      await see(/of 50 cards done.* to go at the rate of this round/);
      await picture('batch-running', 1100);
      await see('3 cards failed.');
      expect(await page.evaluate('window.notLoadedAgain')).toBe(true);
      expect(await product.db('batch_order').where({ id }).first('succeeded', 'failed')).toEqual({
        succeeded: 47,
        failed: 3,
      });
      await page.getByRole('link', { name: 'Failed (3)' }).click();
      await see('jammed');
      await picture('batch-failed', 1250);
      await judgePage(page, 'a batch order in its review');
      await page.getByText('Cancel the failed cards').first().click();
      await judgePage(page, 'a reason is asked for');
    },
    longest,
  );

  it(
    'the review in Tasklist repeats the three, and the batch order ends',
    async () => {
      await producer.openTasklist();
      await producer.openTask('Production', 'Some cards have failed: what next?');
      expect(
        await producer.form.getByRole('link', { name: 'See the batch order with all its cards' }).getAttribute('href'),
      ).toBe(`/batches/${id}`);
      await producer.claim();
      await producer.choose('Repeat production of the failed cards, and of those declared spoilt');
      await pictureOfForm('batch-review', 1150);
      await producer.complete();
      await eventually(
        'it is completed',
        patience,
        async () => (await product.db('batch_order').where({ id }).first('state')).state === 'completed',
      );
      expect((await product.shop.ledger()).cards).toHaveLength(50);
      await producer.open(`/batches/${id}`);
      await see('Nothing is left to do.');
      await see('50 of 50 cards done');
      await picture('batch-completed', 1000);
      await judgePage(producer.page, 'a completed batch order');
      await producer.open('/batches');
      await judgePage(producer.page, 'batch orders');
    },
    longest,
  );

  it('holds nothing that the policy of its pages refuses', () => {
    expect(refusedByPolicy).toEqual([]);
  });
});
