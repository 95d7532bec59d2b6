import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { approvedCard, cardIn, enableIssuing, patience, productionsOf } from '../support/issuing.js';
import { judgePage } from '../support/page-judge.js';
import { password, startIssuingProduct, type IssuingProduct } from '../support/product.js';

interface SampleHolder {
  readonly id: string;
  readonly employee_number: string;
  readonly given_name: string;
  readonly family_name: string;
}

/** For one test, several of whose steps may each take as long as `patience` (ms). */
const longest = 3 * patience;

describeInBrowser('issuing a card', () => {
  let product: IssuingProduct;
  let browser: Browser;
  let producer: Person;
  let holders: SampleHolder[];

  beforeAll(async () => {
    [product, browser] = await Promise.all([startIssuingProduct(), openBrowser()]);
    producer = await Person.signedIn(browser, product.url, 'producer', password);
    holders = await product
      .db('holder')
      .where({ state: 'active', account: null })
      .whereNotNull('photo_id')
      .orderBy('employee_number');
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  }, 60_000);

  const nextHolder = (): SampleHolder => {
    const holder = holders.shift();
    if (holder === undefined) throw new Error('no sample holders left');
    return holder;
  };
  const nameOf = (holder: SampleHolder) => `${holder.given_name} ${holder.family_name}`;
  const approved = (holder: SampleHolder, cardType?: string) => approvedCard(product, holder.employee_number, cardType);
  const statesOf = async (id: string) => (await productionsOf(product, id)).map(({ state }) => state as string);
  const order = async (id: string) =>
    expect((await product.call('producer', 'POST', `/cards/${id}/production`)).status).toBe(202);

  /** Has Issue card in Tasklist find something, up to the form that shows it. */
  async function find(query: string): Promise<void> {
    await producer.openTasklist();
    await producer.chooseProcess('Issue card');
    await producer.fill('Card holder or card', query);
    await producer.start();
    await producer.openTask('My tasks', 'Look at the card and issue it');
  }

  /** A picture of a form in Tasklist without the notices over it, or of one of our pages, which are longer. */
  async function picture(name: string, { height = 900 } = {}): Promise<void> {
    if (producer.page.url().includes('/tasklist/')) {
      await producer.closeNotices();
      await producer.page.locator('.page-notifications .alert').first().waitFor({ state: 'hidden' });
    }
    await producer.page.setViewportSize({ width: 1280, height });
    await producer.picture(name);
    await producer.page.setViewportSize({ width: 1280, height: 900 });
  }

  /** A card whose production the machine has spoilt, and the task about it. */
  async function jammed(holder: SampleHolder): Promise<string> {
    const id = await approved(holder);
    await product.shop.play('jam');
    await order(id);
    await cardIn(product, id, 'failed');
    const { number } = (await product.call('producer', 'GET', `/cards/${id}`)).body;
    await eventually('the task has come', patience, async () => {
      await producer.openTasklist();
      await producer.page.locator('.task-filters').getByText('Production').first().click();
      return producer.page
        .locator('.tasks-list')
        .getByText('Production failed: what next?')
        .first()
        .waitFor({ timeout: 5_000 })
        .then(
          () => true,
          () => false,
        );
    });
    await producer.openTask('Production', 'Production failed: what next?');
    await producer.form
      .getByText(number as string)
      .first()
      .waitFor();
    await producer.claim();
    return id;
  }

  /** Both sides have come, in full size. */
  const bothSides = (where: string) =>
    eventually('front and back are shown', patience, () =>
      producer.page.evaluate<boolean>(
        `[...document.querySelectorAll('${where} img[src*="preview.png"]')].filter(({ naturalWidth }) => naturalWidth === 1011).length === 2`,
      ),
    );

  it(
    'offers nothing to start while Issue card is disabled, and the page says so',
    async () => {
      await producer.openTasklist();
      await producer.page.getByRole('link', { name: 'Start process' }).click();
      await producer.page.locator('.modal-body').getByText('Issue multiple cards', { exact: true }).waitFor();
      expect(await producer.page.locator('.modal-body').getByText('Issue card', { exact: true }).count()).toBe(0);
      await producer.open('/');
      await producer.page.getByRole('link', { name: /^Cards/ }).click();
      await producer.page.getByText('Issue card is disabled at present').waitFor();
      await judgePage(producer.page, 'no cards');
    },
    longest,
  );

  it(
    'directly for an active card holder, while Request card is off',
    async () => {
      expect((await product.call('admin', 'PUT', '/use-cases/issue-card', { enabled: true })).status).toBe(200);
      const holder = nextHolder();
      await find(holder.employee_number);
      await producer.form.getByText(nameOf(holder)).first().waitFor();
      await producer.complete();
      await producer.page.getByText('Choose a card type.').first().waitFor();
      await producer.select('Card type', 'Employee');
      await picture('issue-directly');
      await producer.complete();
      const card = await eventually('there is a card', patience, () =>
        product.db('card').where({ holder_id: holder.id }).first<{ id: string }>('id'),
      );
      await cardIn(product, card.id, 'issued');
      await producer.open(`/cards/${card.id}`);
      await producer.page.getByText('none: issued directly').waitFor();
    },
    longest,
  );

  it(
    'an approved card: found, looked at, issued',
    async () => {
      await enableIssuing(product);
      const holder = nextHolder();
      const id = await approved(holder);
      await producer.openTasklist();
      await producer.chooseProcess('Issue card');
      await producer.fill('Card holder or card', 'nobody-of-this-name');
      await producer.page.getByRole('button', { name: 'Start', exact: true }).click();
      await producer.page.getByText('No approved card matches "nobody-of-this-name"').waitFor();
      await producer.fill('Card holder or card', nameOf(holder));
      await producer.page.getByRole('button', { name: 'Start', exact: true }).click();
      await producer.openTask('My tasks', 'Look at the card and issue it');
      await producer.form.getByText(nameOf(holder)).first().waitFor();
      await bothSides('.fjs-container');
      await picture('issue-preview', { height: 1080 });
      await producer.complete();
      await cardIn(product, id, 'issued');
      await producer.open(`/cards?q=${holder.employee_number}`);
      // Not the picture of the form, which has no number yet.
      const asked = producer.page.waitForResponse((answer) => answer.url().includes(`/cards/${id}/preview.png`));
      await producer.page.getByRole('link', { name: nameOf(holder) }).click();
      expect((await asked).status()).toBe(200);
      await bothSides('main');
      await producer.page.getByText('serial number').waitFor();
      await picture('issue-issued', { height: 1130 });
      await judgePage(producer.page, 'an issued card');
    },
    longest,
  );

  it(
    'shows before the order what has changed since the approval, and what cannot be printed',
    async () => {
      const holder = nextHolder();
      await product.db('holder').where({ id: holder.id }).update({ given_name: '山田' });
      const id = await approved(holder, 'contractor');
      await product.db('holder').where({ id: holder.id }).update({ department: 'Another department' });
      await find(id);
      await producer.form.getByText("characters that the card's font does not have").first().waitFor();
      await producer.form.getByText('Another department').first().waitFor();
      await bothSides('.fjs-container');
      await picture('issue-look-first', { height: 1150 });
      await producer.choose('Cancel');
      await producer.complete();
      await producer.open(`/cards/${id}`);
      await producer.page.getByText("characters that the card's font does not have").waitFor();
      await producer.page.getByRole('heading', { name: 'Changed since the approval' }).waitFor();
      await judgePage(producer.page, 'a card that cannot be printed');
      await producer.page.getByText('Cancel card').first().click();
      await producer.page.getByLabel('Reason').fill('Asked for again with a name that can be printed');
      await producer.page.getByRole('button', { name: 'Cancel card' }).click();
      await producer.page.getByRole('status').getByText('The card is cancelled.').waitFor();
      await cardIn(product, id, 'cancelled');
    },
    longest,
  );

  it(
    'after a jam a person tries again, and one card comes out',
    async () => {
      const id = await jammed(nextHolder());
      await producer.form.getByText('jammed').first().waitFor();
      await producer.form.getByText('Print shop (simulated) is ready.').first().waitFor();
      await producer.choose('Try again: order the card under the next production number');
      await picture('issue-failed');
      await producer.complete();
      await cardIn(product, id, 'issued');
      expect(await statesOf(id)).toEqual(['failed', 'produced']);
      expect((await product.shop.ledger()).cards.filter(({ key }) => key.startsWith(id))).toHaveLength(1);
    },
    longest,
  );

  it(
    'after a jam a person cancels the card, and has to say why',
    async () => {
      const id = await jammed(nextHolder());
      await producer.choose('Cancel the card for good');
      await producer.complete();
      await producer.page.getByText('Give a reason for cancelling the card.').first().waitFor();
      await producer.fill('Reason', 'The card holder leaves this week');
      await producer.complete();
      await cardIn(product, id, 'cancelled');
      expect(await statesOf(id)).toEqual(['failed']);
    },
    longest,
  );

  it(
    'the form about a failure leads to the page of the card',
    async () => {
      const id = await jammed(nextHolder());
      const link = producer.form.getByRole('link', { name: 'See the card' });
      expect(await link.getAttribute('href')).toBe(`/cards/${id}`);
      await producer.open(`/cards/${id}`);
      await judgePage(producer.page, 'a failed card');
      await producer.page.getByRole('button', { name: 'Try again' }).click();
      await producer.page.getByRole('status').getByText('The card is ordered.').waitFor();
      await cardIn(product, id, 'issued');
    },
    longest,
  );

  it(
    'a spoilt card is declared on its page and produced again',
    async () => {
      const holder = nextHolder();
      const id = await approved(holder);
      await producer.open(`/cards/${id}`);
      await producer.page.getByRole('button', { name: 'Issue card' }).click();
      await producer.page.getByRole('status').getByText('The card is ordered.').waitFor();
      await cardIn(product, id, 'issued');
      await producer.open(`/cards/${id}`);
      await producer.page.getByText('Declare spoilt').first().click();
      await producer.page.getByLabel('Reason').fill('   ');
      await producer.page.getByRole('button', { name: 'Declare spoilt' }).click();
      await producer.page.getByRole('alert').getByText('Say what is wrong with the card.').waitFor();
      await judgePage(producer.page, 'a refused form');
      await producer.page.getByLabel('Reason').fill('A white line runs across the photo');
      await producer.page.getByRole('button', { name: 'Declare spoilt' }).click();
      await producer.page.getByRole('status').getByText('It is on record that the card is spoilt.').waitFor();
      await producer.page.getByRole('button', { name: 'Try again' }).click();
      await cardIn(product, id, 'issued');
      await producer.open(`/cards/${id}`);
      await bothSides('main');
      await picture('issue-spoilt', { height: 1300 });
      await judgePage(producer.page, 'a card that was produced again');
      expect(await productionsOf(product, id)).toMatchObject([
        { number: 1, state: 'produced', spoilt: { by: 'producer', reason: 'A white line runs across the photo' } },
        { number: 2, state: 'produced', spoilt: null },
      ]);
    },
    longest,
  );

  it(
    'says that the machine has stopped, and why, until somebody has seen to it',
    async () => {
      const id = await approved(nextHolder(), 'visitor');
      await product.shop.play('stop');
      await order(id);
      await eventually('the page tells it', patience, async () => {
        await producer.open(`/cards/${id}`);
        return (await producer.page.getByText('Print shop (simulated) has stopped').count()) > 0;
      });
      await picture('issue-stopped', { height: 1100 });
      await judgePage(producer.page, 'a card that waits');
      await producer.open('/cards?state=ordered');
      await producer.page.getByRole('status').getByText('has stopped').waitFor();
      await product.shop.play('go');
      await cardIn(product, id, 'issued');
      await eventually('the note is gone', patience, async () => {
        await producer.open('/cards');
        return (await producer.page.getByText('has stopped').count()) === 0;
      });
      await picture('issue-cards', { height: 1000 });
      await judgePage(producer.page, 'all cards');
    },
    longest,
  );

  it(
    'is for production operators: others neither see the page nor its link',
    async () => {
      const operator = await Person.signedIn(browser, product.url, 'operator', password);
      expect(await operator.page.getByRole('link', { name: /^Cards/ }).count()).toBe(0);
      await operator.openTasklist();
      await operator.page.getByRole('link', { name: 'My requests' }).waitFor();
      expect(await operator.page.getByRole('link', { name: 'Cards', exact: true }).count()).toBe(0);
      await operator.open('/cards');
      await operator.page.getByRole('heading', { name: 'Not allowed' }).waitFor();
      await operator.close();
      await producer.openTasklist();
      await producer.page.getByRole('link', { name: 'Cards', exact: true }).click();
      await producer.page.getByRole('heading', { name: 'Cards', level: 1 }).waitFor();
    },
    longest,
  );
});
