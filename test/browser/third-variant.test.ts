import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { cards } from '../cli/support/terminal.js';
import { Modeler } from '../deployments/modeler.js';
import { describeInBrowser, openBrowser, People, type Person } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { password, requestIn, startProduct, type Product } from '../support/product.js';

const file = 'request-card-with-two-approvals.bpmn';
const sentence = 'You have approved this request already, so another approver has to be the second.';

/** The worked example of the guide for designers: nothing is compiled or started again on the way. */
describeInBrowser('a third variant, from a diagram to an approved card', () => {
  let product: Product;
  let browser: Browser;
  let people: People;
  let holders: { id: string; employee_number: string; given_name: string; family_name: string }[];

  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct(), openBrowser()]);
    people = new People(browser, product.url, password);
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

  const nextHolder = () => {
    const holder = holders.shift();
    if (holder === undefined) throw new Error('no sample holders left');
    return holder;
  };
  const signIn = (account: string): Promise<Person> => people.come(account);
  const administrator = (line: string) =>
    cards(`--url ${product.url} --user admin ${line}`, { CARDS_PASSWORD: password });
  const decide = (account: string, id: string, body: object) =>
    product.call(account, 'POST', `/card-requests/${id}/decision`, body);

  /** Opens an approval in Tasklist and answers Approve. */
  async function approve(person: Person, task: string): Promise<void> {
    await person.openTasklist();
    await person.openTask('Approvals', task);
    await person.claim();
    await person.choose('Approve');
    await person.complete();
  }

  /** A request over the API that waits for its first approval. */
  async function waiting(): Promise<string> {
    const body = { holder: nextHolder().employee_number, cardType: 'employee' };
    const { body: made } = await product.call('operator', 'POST', '/card-requests', body);
    await requestIn(product, made.id, 'requested');
    return made.id as string;
  }

  /** The user task that a request waits at. */
  const taskOf = (id: string, key: string) =>
    eventually(`${key} is open`, 30_000, async () => {
      const { process_instance_id: processInstanceId } = await product
        .db('card_request')
        .where({ id })
        .first('process_instance_id');
      const query = { processInstanceId, taskDefinitionKey: key };
      const [task] = await product.engine.call<{ id: string }[]>({ user: 'card-server', path: '/task', query });
      return task;
    });

  it('is deployed from Camunda Modeler, chosen, and used in Tasklist by two people', async () => {
    const pressed = Date.now();
    const designer = new Modeler(product.url, { user: 'designer', password });
    const answer = await designer.deploy('Request card with two approvals', [
      { name: file, content: await readFile(`docs/examples/${file}`) },
    ]);
    expect(answer).toMatchObject({ status: 200 });
    const deployed = Date.now();
    const chosen = await administrator('use-case enable request-card --variant with-two-approvals');
    expect(chosen).toMatchObject({ code: 0, stderr: '' });
    const operator = await signIn('operator');
    await operator.openTasklist();
    await operator.chooseProcess('Request card');
    const holder = nextHolder();
    await operator.fill('Card holder', holder.employee_number);
    const inTasklist = Date.now();
    process.stdout.write(
      `From Deploy to "deployed": ${deployed - pressed} ms; to its form in Tasklist, signing in included: ${inTasklist - pressed} ms.\n`,
    );
    await operator.start();
    await operator.openTask('My tasks', 'Choose holder and card type');
    await operator.form.getByText(`${holder.given_name} ${holder.family_name}`).first().waitFor();
    await operator.select('Card type', 'Employee');
    await operator.complete();
    const { id } = await eventually('the request waits', 30_000, () =>
      product.db('card_request').where({ holder_id: holder.id, state: 'requested' }).first(),
    );
    await operator.close();

    const first = await signIn('approver');
    await approve(first, 'Decide on card request (first)');
    await taskOf(id, 'second-approval');
    await approve(first, 'Decide on card request (second)');
    await first.page.getByText(sentence).first().waitFor();
    await first.picture('second-approval-refused');
    expect(await requestIn(product, id, 'requested')).toMatchObject({
      decision: null,
      currentStep: { id: 'second-approval' },
    });
    await first.unclaim();
    await first.close();

    const second = await signIn('approver2');
    await approve(second, 'Decide on card request (second)');
    expect(await requestIn(product, id, 'approved')).toMatchObject({
      processDefinitionKey: 'request-card-with-two-approvals',
      card: { state: 'approved' },
      decision: { approver: 'approver2', approvals: [{ approver: 'approver' }, { approver: 'approver2' }] },
    });
    await second.close();
    const requester = await signIn('operator');
    await requester.open(`/my-requests/${id}`);
    await requester.page.getByText('Approved by approver and approver2').first().waitFor();
    await requester.picture('approved-by-two');
    await requester.close();
  }, 240_000);

  it('over the API each decides on the step that it is at', async () => {
    const id = await waiting();
    expect(await decide('approver', id, { decision: 'approve' })).toMatchObject({ status: 202 });
    await taskOf(id, 'second-approval');
    const again = await decide('approver', id, { decision: 'approve' });
    expect(again).toMatchObject({ status: 403, body: { code: 'approved-already', detail: sentence } });
    await decide('approver2', id, { decision: 'approve' });
    await requestIn(product, id, 'approved');
  }, 120_000);

  it('the first rejection decides', async () => {
    const [early, late] = [await waiting(), await waiting()];
    await decide('approver', early, { decision: 'reject', reason: 'The contract has ended' });
    expect(await requestIn(product, early, 'rejected')).toMatchObject({
      decision: { approver: 'approver', approvals: [] },
    });
    await decide('approver', late, { decision: 'approve' });
    await taskOf(late, 'second-approval');
    await decide('approver2', late, { decision: 'reject', reason: 'The contract has ended' });
    expect(await requestIn(product, late, 'rejected')).toMatchObject({
      decision: { approver: 'approver2', approvals: [] },
    });
  }, 120_000);

  it('the same person, past every form, is refused when the decision is recorded', async () => {
    const id = await waiting();
    const seen = {
      seenContent: { value: 'what the worker compares', type: 'String' },
      decision: { value: 'approve', type: 'String' },
    };
    for (const key of ['first-approval', 'second-approval']) {
      const { id: task } = await taskOf(id, key);
      await product.engine.call({
        user: 'approver',
        method: 'POST',
        path: `/task/${task}/submit-form`,
        body: { variables: seen },
      });
    }
    const { id: open } = await taskOf(id, 'first-approval');
    const refusal = await product.engine.call<{ value: string }>({
      user: 'card-server',
      path: `/task/${open}/variables/refusal`,
    });
    expect(refusal.value).toBe('The same person approved twice, so another approver has to be the second.');
    expect(await requestIn(product, id, 'requested')).toMatchObject({ decision: null });
  }, 120_000);

  it('a first approval of what has changed since is not worth anything', async () => {
    const id = await waiting();
    await decide('approver', id, { decision: 'approve' });
    await taskOf(id, 'second-approval');
    const { holder_id: holder } = await product.db('card_request').where({ id }).first('holder_id');
    await product.db('holder').where({ id: holder }).update({ department: 'Another department' });
    await decide('approver2', id, { decision: 'approve' });
    await taskOf(id, 'first-approval');
    expect(await requestIn(product, id, 'requested')).toMatchObject({ decision: null });
    await decide('approver2', id, { decision: 'approve' });
    await taskOf(id, 'second-approval');
    await decide('approver', id, { decision: 'approve' });
    expect(await requestIn(product, id, 'approved')).toMatchObject({ decision: { approver: 'approver' } });
  }, 120_000);
});
