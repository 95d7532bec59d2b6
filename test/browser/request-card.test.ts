import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, People, type Person } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { enable, password, requestIn, startProduct, type Product } from '../support/product.js';

interface SampleHolder {
  readonly id: string;
  readonly employee_number: string;
  readonly given_name: string;
  readonly family_name: string;
}

describeInBrowser('requesting a card in Tasklist', () => {
  let product: Product;
  let browser: Browser;
  let people: People;
  let holders: SampleHolder[];

  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct(), openBrowser()]);
    people = new People(browser, product.url, password);
    holders = await product
      .db('holder')
      .where({ state: 'active', account: null })
      .whereNotNull('photo_id')
      .orderBy('employee_number');
  }, 120_000);

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
  const signIn = (account: string): Promise<Person> => people.come(account);
  const requestsOf = (holder: SampleHolder) => product.db('card_request').where({ holder_id: holder.id });

  /** An operator who has found a holder and has the form with the choice open. */
  async function choosing(operator: Person, holder: SampleHolder): Promise<void> {
    await operator.openTasklist();
    await operator.chooseProcess('Request card');
    await operator.fill('Card holder', holder.employee_number);
    await operator.start();
    await operator.openTask('My tasks', 'Choose holder and card type');
    await operator.form.getByText(nameOf(holder)).first().waitFor();
  }

  async function ask(operator: Person, holder: SampleHolder, cardType: string): Promise<void> {
    await choosing(operator, holder);
    await operator.select('Card type', cardType);
    await operator.complete();
  }

  /** The id of the holder's request as soon as it is in this state. */
  async function requestOf(holder: SampleHolder, state: string): Promise<string> {
    for (const deadline = Date.now() + 15_000; Date.now() < deadline;) {
      const row = await requestsOf(holder).where({ state }).first();
      if (row !== undefined) return row.id as string;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no request is ${state}`);
  }

  it('offers nothing to start while nothing is enabled, and says how to enable it', async () => {
    const admin = await signIn('admin');
    await admin.page.getByText('At least one use case must be enabled').waitFor();
    await admin.picture('start-nothing-enabled');
    await admin.close();
    const operator = await signIn('operator');
    await operator.openTasklist();
    await operator.page.getByRole('link', { name: 'Start process' }).click();
    await operator.page
      .locator('.modal-body')
      .getByText(/no process|could not find|not find/i)
      .first()
      .waitFor();
    expect(await operator.page.locator('.modal-body').getByText('Request card').count()).toBe(0);
    await operator.close();
  });

  it('has its texts on a first visit, also where they come late for the application, and links to what a person may open', async () => {
    const approver = await signIn('approver');
    const sorting = approver.page.locator('.sort-by').first();
    const sorted = sorting.waitFor({ state: 'attached' });
    await approver.page.route('**/locales/en.json*', async (route) => {
      if (route.request().resourceType() === 'xhr') await sorted;
      await route.continue();
    });
    await approver.openTasklist();
    await sorted;
    expect(await approver.page.locator('body').innerText()).not.toMatch(/\b[A-Z]+_[A-Z_]+\b/);
    await approver.page.getByRole('link', { name: 'Start page' }).waitFor();
    expect(await approver.page.getByRole('link', { name: 'My requests' }).count()).toBe(0);
    await approver.close();
    const operator = await signIn('operator');
    await operator.openTasklist();
    await operator.page.getByRole('link', { name: 'My requests' }).waitFor();
    await operator.close();
  });

  it('with approval: asked for by an operator, approved by an approver', async () => {
    await enable(product, 'with-approval');
    const holder = nextHolder();
    const operator = await signIn('operator');
    await operator.picture('start-page');
    await operator.openTasklist();
    await operator.picture('tasklist');
    await operator.chooseProcess('Request card');
    await operator.fill('Card holder', holder.employee_number);
    await operator.picture('find-holder');
    await operator.fill('Card holder', 'nobody-of-this-name');
    await operator.page.getByRole('button', { name: 'Start', exact: true }).click();
    await operator.page.getByText('No card holder matches "nobody-of-this-name"').waitFor();
    await operator.picture('find-holder-refused');
    await operator.fill('Card holder', holder.employee_number);
    await operator.page.getByRole('button', { name: 'Start', exact: true }).click();
    await operator.openTask('My tasks', 'Choose holder and card type');
    await operator.form.getByText(nameOf(holder)).first().waitFor();
    await operator.complete();
    await operator.page.getByText('Choose a card type.').first().waitFor();
    await operator.select('Card type', 'Employee');
    await operator.form.getByAltText('Photo of the card holder').waitFor();
    await operator.picture('choose-card');
    await operator.complete();
    const id = await requestOf(holder, 'requested');
    await operator.close();

    const approver = await signIn('approver');
    await approver.openTasklist();
    await approver.openTask('Approvals', 'Decide on card request');
    await approver.form.getByText(nameOf(holder)).first().waitFor();
    await approver.form.getByText('operator').first().waitFor();
    await approver.claim();
    await approver.choose('Approve');
    await approver.picture('decide');
    await approver.complete();
    expect(await requestIn(product, id, 'approved')).toMatchObject({
      card: { state: 'approved' },
      decision: { approver: 'approver' },
    });
    await approver.close();
  });

  it('cancel leaves nothing behind', async () => {
    const holder = nextHolder();
    const operator = await signIn('operator');
    await choosing(operator, holder);
    await operator.choose('Cancel');
    await operator.complete();
    await eventually('no process runs', 15_000, async () => {
      const { count } = await product.engine.call<{ count: number }>({
        user: 'card-server',
        path: '/process-instance/count',
      });
      return count === 0;
    });
    expect(await requestsOf(holder)).toEqual([]);
    await operator.close();
  });

  it('a rejection needs a reason, and shows it', async () => {
    const holder = nextHolder();
    const operator = await signIn('operator');
    await ask(operator, holder, 'Contractor');
    const id = await requestOf(holder, 'requested');
    const approver = await signIn('approver2');
    await approver.openTasklist();
    await approver.openTask('Approvals', 'Decide on card request');
    await approver.claim();
    await approver.choose('Reject');
    await approver.complete();
    await approver.page.getByText('Give a reason for the rejection').first().waitFor();
    await approver.picture('reject-needs-reason');
    await approver.fill('Reason', 'The contract has not begun');
    await approver.complete();
    await requestIn(product, id, 'rejected');
    await operator.open('/my-requests');
    await operator.page.getByText('The contract has not begun').first().waitFor();
    await operator.picture('my-requests');
    await Promise.all([approver.close(), operator.close()]);
  });

  it('refuses a second request while the form is open', async () => {
    const holder = nextHolder();
    const operator = await signIn('operator');
    await ask(operator, holder, 'Visitor');
    const id = await requestOf(holder, 'requested');
    await choosing(operator, holder);
    await operator.select('Card type', 'Visitor');
    await operator.complete();
    await operator.page.getByText('There is an open request').first().waitFor();
    await operator.picture('second-request-refused');
    await operator.choose('Cancel');
    await operator.complete();
    expect(await requestsOf(holder)).toHaveLength(1);
    await operator.close();
    await product.call('operator', 'POST', `/card-requests/${id}/abort`, {});
  });

  it('neither the card holder nor the requester can decide', async () => {
    const own = (await product.db('holder').where({ account: 'approver' }).first()) as SampleHolder;
    // An operator who is an approver as well: both roles are theirs, but never for one request.
    await product.engine.call({ user: 'card-server', method: 'PUT', path: '/group/card-approvers/members/operator2' });
    const operator = await signIn('operator2');
    await ask(operator, own, 'Employee');
    const id = await requestOf(own, 'requested');
    const refused = async (person: Person, sentence: string) => {
      await person.openTasklist();
      await person.openTask('Approvals', 'Decide on card request');
      await person.claim();
      await person.choose('Approve');
      await person.complete();
      await person.page.getByText(sentence).first().waitFor();
    };
    const approver = await signIn('approver');
    await refused(approver, 'This card is for you, so another approver has to decide.');
    await approver.picture('self-approval-refused');
    await approver.unclaim();
    await refused(operator, 'You requested this card yourself, so another approver has to decide.');
    expect(await requestsOf(own)).toMatchObject([{ state: 'requested' }]);
    await product.engine.call({
      user: 'card-server',
      method: 'DELETE',
      path: '/group/card-approvers/members/operator2',
    });
    await Promise.all([approver.close(), operator.close()]);
    expect(
      await product.call('approver2', 'POST', `/card-requests/${id}/decision`, { decision: 'approve' }),
    ).toMatchObject({ status: 200 });
  });

  it('a request postponed by its follow-up date leaves the Approvals filter until then', async () => {
    const holder = nextHolder();
    const operator = await signIn('operator');
    await ask(operator, holder, 'Employee');
    const id = await requestOf(holder, 'requested');
    await operator.close();
    const approver = await signIn('approver');
    await approver.openTasklist();
    await approver.openTask('Approvals', 'Decide on card request');
    await approver.postponeToNextMonth();
    await approver.picture('postponed');
    await approver.openTasklist();
    await approver.page.locator('.task-filters').getByText('Approvals').first().click();
    await approver.page.getByText('No task matching filters found.').waitFor();
    expect(await requestsOf(holder)).toMatchObject([{ state: 'requested' }]);
    await approver.close();
    expect(
      await product.call('approver2', 'POST', `/card-requests/${id}/decision`, { decision: 'approve' }),
    ).toMatchObject({ status: 200 });
  });

  it('the approval time limit rejects what nobody decided, and My requests says why', async () => {
    const limit = (value: string | null) => product.call('admin', 'PUT', '/options/approval-time-limit', { value });
    const holder = nextHolder();
    const operator = await signIn('operator');
    await limit('PT1S');
    await ask(operator, holder, 'Employee');
    const id = await requestOf(holder, 'rejected');
    await limit(null);
    await operator.open(`/my-requests/${id}`);
    await operator.page.getByText('not decided in time').first().waitFor();
    await operator.picture('not-decided-in-time');
    await operator.close();
  });

  it('the requester aborts in Tasklist', async () => {
    const holder = nextHolder();
    const operator = await signIn('operator2');
    await ask(operator, holder, 'Employee');
    const id = await requestOf(holder, 'requested');
    await operator.openTasklist();
    await operator.chooseProcess('Abort card request');
    await operator.page.getByRole('button', { name: 'Start', exact: true }).click();
    await operator.openTask('My tasks', 'Choose the request to abort');
    await operator.select('Request to abort', nameOf(holder));
    await operator.choose('Abort this request');
    await operator.picture('abort-request');
    await operator.complete();
    await requestIn(product, id, 'aborted');
    await operator.close();
  });

  it('a form left open across a switch has to confirm again; without approval the card is approved at once', async () => {
    const holder = nextHolder();
    const operator = await signIn('operator');
    await choosing(operator, holder);
    await operator.select('Card type', 'Employee');
    await enable(product, 'without-approval');
    await operator.complete();
    await operator.page.getByText('has changed meanwhile').first().waitFor();
    await operator.picture('confirm-again');
    expect(await requestsOf(holder)).toEqual([]);
    await operator.complete();
    const id = await requestOf(holder, 'approved');
    expect(await requestIn(product, id, 'approved')).toMatchObject({
      card: { state: 'approved' },
      processDefinitionKey: 'request-card-without-approval',
    });
    await operator.close();
  });

  it('signing out in Tasklist signs out everywhere', async () => {
    const operator = await signIn('operator');
    await operator.openTasklist();
    await operator.page.locator('.account, .user').getByText('Olga Operator').first().click();
    await operator.page.getByText('Log out').first().click();
    await operator.page.waitForTimeout(500);
    await operator.open('/my-requests');
    expect(operator.page.url()).toContain('/sign-in');
    await operator.open('/camunda/app/tasklist/default/');
    expect(operator.page.url()).toContain('/sign-in');
    await operator.close();
  });
});
