import { orderKeyText } from '../../src/production/backends/backend.js';
import { Browser } from '../http/support/browser.js';
import { eventually } from '../support/eventually.js';
import { approvedCard, cardIn, enableIssuing, patience, productionsOf } from '../support/issuing.js';
import { password, startIssuingProduct, type IssuingProduct } from '../support/product.js';

/** Issue card as Tasklist does it: forms through the door, the engine, the worker and the print shop. */
const ENGINE = '/camunda/api/engine/engine/default';

let product: IssuingProduct;
let producer: Browser;
/** Each used once. */
let holders: { id: string; employee_number: string; given_name: string; family_name: string }[];

beforeAll(async () => {
  product = await startIssuingProduct();
  await enableIssuing(product);
  holders = await product
    .db('holder')
    .where({ state: 'active', account: null })
    .whereNotNull('photo_id')
    .orderBy('employee_number');
  producer = new Browser(product.url);
  await producer.signIn('producer', password);
  await producer.get('/camunda/api/engine/engine/');
}, 180_000);
afterAll(() => product?.stop(), 60_000);

const nextHolder = () => {
  const holder = holders.pop();
  if (holder === undefined) throw new Error('no sample holders left');
  return holder;
};

const send = (method: string, path: string, body?: unknown) =>
  producer.request(method, `${ENGINE}${path}`, {
    body,
    headers: { 'x-xsrf-token': producer.cookies.get('XSRF-TOKEN') ?? '', accept: 'application/json' },
  });

const submit = (path: string, values: Record<string, string>) =>
  send('POST', `${path}/submit-form`, {
    variables: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, type: 'String' }])),
  });

async function start(query: string) {
  const { definition_id: definition } = await product
    .db('process_version')
    .where({ process_key: 'issue-card' })
    .first();
  return submit(`/process-definition/${definition}`, { query });
}

/** The open task of an instance or of one that it has called, another one than `not`; Tasklist lists it to the producer. */
const openTask = (instance: string, key: string, not?: string) =>
  eventually(`the task ${key} is open`, patience, async () => {
    const called = await product.engine.call<{ id: string }[]>({
      user: 'card-server',
      path: '/process-instance',
      query: { superProcessInstance: instance },
    });
    for (const { id } of [{ id: instance }, ...called]) {
      const [task] = (await send('GET', `/task?processInstanceId=${id}&taskDefinitionKey=${key}`)).json<
        { id: string }[]
      >();
      if (task !== undefined && task.id !== not) return task.id;
    }
    return null;
  });

/** What a form shows, by name. */
async function shown(task: string): Promise<Record<string, any>> {
  const variables = (await send('GET', `/task/${task}/form-variables?deserializeValues=false`)).json<
    Record<string, { type: string; value: any }>
  >();
  return Object.fromEntries(
    Object.entries(variables).map(([name, { type, value }]) => [name, type === 'Json' ? JSON.parse(value) : value]),
  );
}

/** The form of Issue card, open for what a search means. */
async function opened(query: string): Promise<{ instance: string; task: string }> {
  const started = await start(query);
  expect(started.status).toBe(200);
  const { id: instance } = started.json<{ id: string }>();
  return { instance, task: await openTask(instance, 'choose-issuable') };
}

const stateOf = async (instance: string) =>
  (await product.engine.call<{ state: string }>({ user: 'card-server', path: `/history/process-instance/${instance}` }))
    .state;

const completed = (instance: string) =>
  eventually('the process is completed', patience, async () => (await stateOf(instance)) === 'COMPLETED');

describe('an approved card', () => {
  it('is found, shown with its request, approval, preview and changes, issued, and followed to its end', async () => {
    const holder = nextHolder();
    const id = await approvedCard(product, holder.employee_number);
    await product.db('holder').where({ id: holder.id }).update({ department: 'Elsewhere' });
    const { instance, task } = await opened(holder.employee_number);
    const { direct, card, cards, cardOptions } = await shown(task);
    expect({ direct, card, options: cardOptions.length }).toEqual({ direct: false, card: id, options: 1 });
    expect(cards).toMatchObject([
      {
        id,
        requester: 'operator',
        approver: 'approver',
        changed: true,
        changes: [{ now: 'Elsewhere' }],
        holder: { name: `${holder.given_name} ${holder.family_name}` },
      },
    ]);
    for (const url of [cards[0].frontUrl, cards[0].backUrl]) {
      const { pathname, search } = new URL(url);
      const picture = await producer.get(pathname + search);
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
    }
    expect((await submit(`/task/${task}`, { action: 'next', card: id })).status).toBe(204);
    await cardIn(product, id, 'issued');
    await completed(instance);
    expect(await productionsOf(product, id)).toMatchObject([{ number: 1, state: 'produced', orderedBy: 'producer' }]);
    const [ordered] = await product.db('audit').where({ object_id: id, action: 'card-ordered' });
    expect(ordered).toMatchObject({ actor: 'producer', process_key: 'issue-card-from-approved', process_version: 1 });
  });

  it('that is not there is not searched for, and one that was cancelled meanwhile is refused in the open form', async () => {
    expect(await start('nobody of this name')).toMatchObject({ status: 409 });
    const holder = nextHolder();
    const id = await approvedCard(product, holder.employee_number);
    const { instance, task } = await opened(id);
    await product.call('producer', 'POST', `/cards/${id}/cancel`, { reason: 'Not needed any more' });
    const refused = await submit(`/task/${task}`, { action: 'next', card: id });
    expect([refused.status, refused.json()['message']]).toEqual([
      409,
      expect.stringContaining('is cancelled, not approved'),
    ]);
    expect((await submit(`/task/${task}`, { action: 'next' })).json()['message']).toBe(
      'Choose a card, or search again.',
    );
    expect((await submit(`/task/${task}`, { action: 'cancel' })).status).toBe(204);
    await completed(instance);
    expect(await productionsOf(product, id)).toEqual([]);
  });

  it('is ordered once when two people issue it at the same time; the other one sees it in the form', async () => {
    const holder = nextHolder();
    const id = await approvedCard(product, holder.employee_number);
    await product.stopWorker();
    const forms: { instance: string; task: string }[] = [];
    try {
      const before = [await start(id), await start(id)].map((answer) => answer.json<{ id: string }>().id);
      await product.startWorker();
      for (const instance of before) forms.push({ instance, task: await openTask(instance, 'choose-issuable') });
      await product.stopWorker();
      for (const { task } of forms)
        expect((await submit(`/task/${task}`, { action: 'next', card: id })).status).toBe(204);
    } finally {
      await product.startWorker();
    }
    await cardIn(product, id, 'issued');
    const refusal = await eventually('the form is back', patience, async () => {
      for (const { instance, task } of forms) {
        const [open] = (
          await send('GET', `/task?processInstanceId=${instance}&taskDefinitionKey=choose-issuable`)
        ).json<{ id: string }[]>();
        if (open !== undefined && open.id !== task) return (await shown(open.id))['notice'];
      }
      return null;
    });
    expect(refusal).toMatch(/is being produced already|is issued, not approved/);
    expect(await productionsOf(product, id)).toHaveLength(1);
  });
});

describe('a production that failed asks in Tasklist', () => {
  /** A card issued by form that has jammed, and the task that asks what to do. */
  async function jammed() {
    const id = await approvedCard(product, nextHolder().employee_number);
    const { instance, task } = await opened(id);
    await product.shop.play('jam');
    expect((await submit(`/task/${task}`, { action: 'next', card: id })).status).toBe(204);
    return { id, instance, task: await openTask(instance, 'decide-on-failure') };
  }

  it('and is tried again until the card is issued, in the name of who says so', async () => {
    const { id, instance, task } = await jammed();
    expect((await shown(task))['productionReason']).toBe('The card jammed in the printer and was thrown away.');
    await product.shop.play('jam');
    expect((await submit(`/task/${task}`, { action: 'next' })).status).toBe(204);
    const again = await openTask(instance, 'decide-on-failure', task);
    expect((await submit(`/task/${again}`, { action: 'next' })).status).toBe(204);
    await cardIn(product, id, 'issued');
    await completed(instance);
    expect(await productionsOf(product, id)).toMatchObject(
      [1, 2, 3].map((number) => ({ number, state: number === 3 ? 'produced' : 'failed', orderedBy: 'producer' })),
    );
    const { cards } = await product.shop.ledger();
    expect(cards.filter(({ key }) => key.startsWith(id)).map(({ key }) => key)).toEqual([
      orderKeyText({ cardId: id, number: 3 }),
    ]);
  });

  it('or the card is cancelled, which takes a reason', async () => {
    const { id, instance, task } = await jammed();
    expect(await submit(`/task/${task}`, { action: 'cancel' })).toMatchObject({ status: 422 });
    expect((await submit(`/task/${task}`, { action: 'cancel', reason: 'Left the company' })).status).toBe(204);
    await cardIn(product, id, 'cancelled');
    await completed(instance);
    expect(await product.db('audit').where({ object_id: id, action: 'card-cancelled' }).first()).toMatchObject({
      actor: 'producer',
      details: { reason: 'Left the company' },
    });
  });

  it('and is refused in the open form while the holder is inactive', async () => {
    const { id, task } = await jammed();
    await product
      .db('holder')
      .whereIn('id', product.db('card').where({ id }).select('holder_id'))
      .update({ state: 'inactive' });
    const refused = await submit(`/task/${task}`, { action: 'next' });
    expect([refused.status, refused.json()['message']]).toEqual([409, expect.stringContaining('is inactive')]);
  });
});

describe('without requests', () => {
  beforeAll(async () => {
    expect((await product.call('admin', 'PUT', '/use-cases/request-card', { enabled: false })).status).toBe(200);
  });

  it('a card is made for an active holder and issued directly, without an approval', async () => {
    const holder = nextHolder();
    const { instance, task } = await opened(holder.employee_number);
    const form = await shown(task);
    expect(form).toMatchObject({
      direct: true,
      holder: holder.id,
      holders: [{ id: holder.id, employeeNumber: holder.employee_number }],
    });
    expect((await submit(`/task/${task}`, { action: 'next', holder: holder.id })).json()['message']).toBe(
      'Choose a card type.',
    );
    expect((await submit(`/task/${task}`, { action: 'next', holder: holder.id, cardType: 'employee' })).status).toBe(
      204,
    );
    await completed(instance);
    const [card] = await product.db('card').where({ holder_id: holder.id });
    expect(card).toMatchObject({ state: 'issued', card_type: 'employee', number: expect.stringMatching(/^E\d{6}$/) });
    expect((await product.shop.ledger()).cards.filter(({ key }) => key.startsWith(card.id))).toMatchObject([
      { name: `${holder.given_name} ${holder.family_name}` },
    ]);
    const story = await product
      .db('audit')
      .where({ object_type: 'card', object_id: card.id })
      .whereNotNull('to_state')
      .orderBy('id');
    expect(story.map((row) => [row.actor, row.action, row.to_state])).toEqual([
      ['producer', 'card-registered', 'registered'],
      ['producer', 'card-ordered', 'ordered'],
      ['system', 'card-produced', 'issued'],
    ]);
  });

  it('nobody but active holders is found', async () => {
    const inactive = await product.db('holder').where({ state: 'inactive' }).first();
    const refused = await start(inactive.employee_number);
    expect([refused.status, refused.json()['message']]).toEqual([
      422,
      expect.stringContaining('No active card holder matches'),
    ]);
  });

  it('the form may be started by production operators only', async () => {
    const operator = new Browser(product.url);
    await operator.signIn('operator', password);
    await operator.get('/camunda/api/engine/engine/');
    const { definition_id: definition } = await product
      .db('process_version')
      .where({ process_key: 'issue-card' })
      .first();
    const headers = { 'x-xsrf-token': operator.cookies.get('XSRF-TOKEN') ?? '', accept: 'application/json' };
    const body = { variables: { query: { value: nextHolder().employee_number, type: 'String' } } };
    expect(
      (await operator.request('POST', `${ENGINE}/process-definition/${definition}/submit-form`, { body, headers }))
        .status,
    ).toBe(403);
  });
});
