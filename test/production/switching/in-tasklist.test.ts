import { Browser } from '../../http/support/browser.js';
import { eventually } from '../../support/eventually.js';
import { patience } from '../../support/issuing.js';
import { password, startIssuingProduct, type IssuingProduct } from '../../support/product.js';
import { faultsOf, type OrderNote } from './judge.js';
import {
  after,
  allowsDirectOrders,
  allSwitches,
  mainSwitches,
  nothingEnabled,
  words,
  type Situation,
  type Switch,
} from './situation.js';

const ENGINE = '/camunda/api/engine/engine/default';
const begin: readonly Switch[] = ['issue on', 'request off'];

let product: IssuingProduct;
let producer: Browser;
let now: Situation = nothingEnabled;

beforeAll(async () => {
  product = await startIssuingProduct();
  producer = new Browser(product.url);
  await producer.signIn('producer', password);
  await producer.get('/camunda/api/engine/engine/');
}, 180_000);
afterAll(() => product?.stop(), 60_000);

const submit = (path: string, values: Record<string, string>) =>
  producer.request('POST', `${ENGINE}${path}/submit-form`, {
    body: {
      variables: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, type: 'String' }])),
    },
    headers: { 'x-xsrf-token': producer.cookies.get('XSRF-TOKEN') ?? '', accept: 'application/json' },
  });

/** Switches over the API; what is refused changes nothing. */
async function switchTo(name: Switch): Promise<void> {
  const then = after(now, name);
  const wanted: Situation = allSwitches[name].asksFor(now);
  const { useCase } = allSwitches[name];
  const body =
    useCase === 'issue-card'
      ? { enabled: wanted.issue }
      : { enabled: wanted.request, ...(wanted.everyone === null ? {} : { variant: wanted.everyone }) };
  const { status } = await product.call('admin', 'PUT', `/use-cases/${useCase}`, body);
  expect([name, status]).toEqual([name, then === null ? 409 : 200]);
  now = then ?? now;
}

/** A form of Issue card that is open for a card holder. */
interface Parked {
  readonly holder: string;
  readonly instance: string;
  readonly task: string;
}

const definitionOf = async (key: string): Promise<string> =>
  (await product.db('process_version').where({ process_key: key }).first()).definition_id;

const openTask = async (instance: string): Promise<string | undefined> =>
  (
    await product.engine.call<{ id: string }[]>({
      user: 'producer',
      path: '/task',
      query: { processInstanceId: instance, taskDefinitionKey: 'choose-issuable' },
    })
  )[0]?.id;

async function park({ id, employee_number: query }: { id: string; employee_number: string }): Promise<Parked> {
  const started = await submit(`/process-definition/${await definitionOf('issue-card')}`, { query });
  expect(started.status).toBe(200);
  const { id: instance } = started.json<{ id: string }>();
  const task = await eventually('the form is open', patience, () => openTask(instance));
  return { holder: id, instance, task };
}

/** Completes the task at the engine itself, with what the door would have added. */
async function pastTheDoor({ holder, task }: Parked): Promise<void> {
  const { version } = await product.db('process_version').where({ process_key: 'issue-card-directly' }).first();
  const text = (value: string) => ({ value, type: 'String' });
  const variables = {
    action: text('next'),
    holder: text(holder),
    cardType: text('visitor'),
    placed: text('no'),
    variantKey: text('issue-card-directly'),
    variantVersion: { value: version, type: 'Integer' },
  };
  await product.engine.call({ user: 'producer', method: 'POST', path: `/task/${task}/complete`, body: { variables } });
}

const cardsOf = (holder: string) =>
  product.db('card').where({ holder_id: holder }).select<{ id: string; state: string }[]>('id', 'state');

it('a form that was opened for a direct issue makes no card once requests need an approval, for every switch in between', async () => {
  for (const name of begin) await switchTo(name);
  const orders = words(Object.keys(mainSwitches) as Switch[], 2);
  const people = await product
    .db('holder')
    .where({ state: 'active', account: null })
    .orderBy('employee_number')
    .limit(orders.length * 2);
  const parked: Parked[] = [];
  for (let at = 0; at < people.length; at += 4) parked.push(...(await Promise.all(people.slice(at, at + 4).map(park))));
  const notes = new Map<string, OrderNote>();

  for (const order of orders) {
    for (const name of begin) if (!allowsDirectOrders(now)) await switchTo(name);
    for (const name of order) await switchTo(name);
    const [open, other] = parked.splice(0, 2);
    if (open === undefined || other === undefined) throw new Error('not enough sample holders');
    const answer = await submit(`/task/${open.task}`, { action: 'next', holder: open.holder, cardType: 'visitor' });
    await pastTheDoor(other);
    if (allowsDirectOrders(now)) {
      expect([order, answer.status]).toEqual([order, 204]);
      for (const { holder } of [open, other]) {
        const [card] = await eventually('the card is issued', patience, async () => {
          const cards = await cardsOf(holder);
          return cards[0]?.state === 'issued' ? cards : null;
        });
        notes.set(`${card?.id}-1`, { cardId: card?.id ?? '', ordered: now, requestedBy: null, handedOver: now });
      }
    } else {
      expect([order, answer.status]).toEqual([order, 409]);
      expect(answer.json()['message']).toMatch(now.issue ? /needs an approved request/ : /Issue card is disabled/);
      expect(await openTask(open.instance)).toBe(open.task);
      await eventually('the worker has refused, and the form is back', patience, async () => {
        const task = await openTask(other.instance);
        return task !== undefined && task !== other.task;
      });
      for (const { holder } of [open, other]) expect(await cardsOf(holder)).toEqual([]);
    }
  }

  const { cards: made } = await product.shop.ledger();
  expect(made.map(({ key }) => key).sort()).toEqual([...notes.keys()].sort());
  expect(await faultsOf(product.db, made, notes)).toEqual([]);
  expect(notes.size).toBeGreaterThan(0);
}, 300_000);
