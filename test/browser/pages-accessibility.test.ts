import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { stepOf, totpCode } from '../../src/web/sign-in/totp.js';
import { eventually } from '../support/eventually.js';
import { judgePage as judge } from '../support/page-judge.js';
import { enable, password, requestIn, startProduct, type Product } from '../support/product.js';

describeInBrowser('pages for everyone', () => {
  let product: Product;
  let browser: Browser;
  let operator: Person;
  let admin: Person;

  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct(), openBrowser()]);
    [operator, admin] = (await Promise.all(
      ['operator', 'admin'].map((account) => Person.signedIn(browser, product.url, account, password)),
    )) as [Person, Person];
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  }, 60_000);

  /** An open request of the operator that waits at its decision. */
  async function waiting(cardType = 'visitor'): Promise<string> {
    const holder = await product
      .db('holder')
      .where({ state: 'active', account: null })
      .whereNotNull('photo_id')
      .whereNotIn('id', product.db('card_request').select('holder_id'))
      .first<{ id: string }>('id');
    const { body } = await product.call('operator', 'POST', '/card-requests', { holder: holder.id, cardType });
    await requestIn(product, body.id, 'requested');
    await eventually(
      'it waits at its decision',
      15_000,
      async () => (await product.call('admin', 'GET', `/card-requests/${body.id}`)).body.currentStep,
    );
    return body.id as string;
  }

  async function judgePath(person: Person, path: string): Promise<void> {
    await person.open(path);
    await judge(person.page, path);
  }

  it('hold for a second factor: set up at the sign-in, asked for at the next one', async () => {
    await product.call('admin', 'PUT', '/accounts/operator2/second-factor', { required: true });
    const page = await (await browser.newContext()).newPage();
    const signIn = async () => {
      await page.goto(`${product.url}/sign-in?next=/sessions`);
      await page.getByLabel('Account').fill('operator2');
      await page.getByLabel('Password').fill(password);
      await page.keyboard.press('Enter');
    };
    const codeNow = async (secret: string) => {
      await product.db('second_factor').where({ account: 'operator2' }).update({ last_step: 0 });
      return totpCode(secret, stepOf(Date.now()));
    };
    await signIn();
    await page.getByRole('img', { name: 'QR code' }).waitFor();
    await judge(page, 'set up a second factor');
    const secret = (await page.locator('code').innerText()).replaceAll(' ', '');
    await page.getByLabel('Code of your app').fill('000000');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await judge(page, 'set up a second factor, refused');
    await page.getByLabel('Code of your app').fill(await codeNow(secret));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();
    await judge(page, 'recovery codes');
    await page.getByRole('link', { name: 'I have kept them' }).click();
    await page.getByRole('heading', { name: 'Sessions' }).waitFor();
    await judge(page, 'sessions');
    await page.goto(`${product.url}/second-factor`);
    await judge(page, 'second factor');

    await page.context().clearCookies();
    await signIn();
    await page.getByLabel('Code of your app, or a recovery code').waitFor();
    await judge(page, 'the code');
    await page.keyboard.type(await codeNow(secret));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Sessions' }).waitFor();
    await page.context().close();
  });

  it('hold for signing in', async () => {
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(`${product.url}/sign-in`);
    await judge(stranger, 'sign in');
    await stranger.getByLabel('Account').fill('nobody');
    await stranger.getByLabel('Password').fill('wrong');
    await stranger.keyboard.press('Enter');
    await stranger.getByRole('alert').waitFor();
    await judge(stranger, 'sign in, refused');
    await stranger.context().close();
  });

  it('hold while nothing is there', async () => {
    for (const path of [
      '/',
      '/my-requests',
      '/my-requests?state=open',
      '/holders/photo',
      '/holders/photo?q=nobody-at-all',
    ])
      await judgePath(operator, path);
    for (const path of ['/', '/mails', '/nowhere']) await judgePath(admin, path);
  });

  it('hold for requests and mails', async () => {
    await enable(product, 'with-approval');
    const [open, rejected] = [await waiting(), await waiting('employee')];
    const reason = 'The photo shows somebody else. Please take a new one, and ask again when it is stored.';
    expect(
      (await product.call('approver', 'POST', `/card-requests/${rejected}/decision`, { decision: 'reject', reason }))
        .status,
    ).toBe(200);
    for (const path of ['/', '/my-requests', `/my-requests/${open}`, `/my-requests/${rejected}`])
      await judgePath(operator, path);
    await operator.open('/my-requests');
    await operator.page.getByText('At: Decide on card request').waitFor();
    await judgePath(admin, '/mails');
    await admin.page.locator('summary').first().click();
    await judge(admin.page, 'a mail, open');
  });

  it('hold for photos, also when one is refused', async () => {
    await judgePath(operator, '/holders/photo?q=a');
    await operator.page.locator('tbody').getByRole('link').first().click();
    await judge(operator.page, 'a photo');
    const picture = (width: number) =>
      sharp({ create: { width, height: width * 2, channels: 3, background: '#336699' } })
        .jpeg()
        .toBuffer();
    const upload = async (width: number) => {
      await operator.page
        .getByLabel(/photo/i)
        .setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: await picture(width) });
      await operator.page.getByRole('button', { name: 'Upload photo' }).click();
    };
    await upload(10);
    await operator.page.getByRole('alert').getByText('10 × 20 pixels').waitFor();
    await judge(operator.page, 'a photo, refused');
    await upload(300);
    await operator.page.getByRole('status').getByText('The photo is stored').waitFor();
    await eventually('the new photo is shown', 5_000, () =>
      operator.page.evaluate<boolean>('document.images[0].naturalWidth === 300'),
    );
    await judge(operator.page, 'a photo, stored');
  });

  it('can be worked by keyboard alone', async () => {
    const id = await waiting();
    const { page } = operator;
    await operator.open(`/my-requests/${id}`);
    const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to content');
    const tabTo = (text: string) =>
      eventually(`the focus is on ${text}`, 5_000, async () => {
        if ((await focused()) === text) return true;
        await page.keyboard.press('Tab');
        return false;
      });
    await tabTo('Abort this request');
    await page.keyboard.press('Enter');
    await judge(page, 'aborting');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Asked for by mistake');
    await tabTo('Abort request');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('The request is aborted.').waitFor();
    await page.getByText('Asked for by mistake').waitFor();
  });
});
