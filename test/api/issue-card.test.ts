import sharp from 'sharp';
import { orderKeyText } from '../../src/production/backends/backend.js';
import { CardSecrets } from '../../src/production/secrets/card-secrets.js';
import { KeyRing } from '../../src/kernel/key-ring.js';
import { eventually } from '../support/eventually.js';
import {
  approvedCard,
  cardIn,
  change,
  employeeNumbers,
  enableIssuing,
  instancesOf,
  patience,
  productionsOf,
} from '../support/issuing.js';
import { password, secretsKeys, startIssuingProduct, type Answer, type IssuingProduct } from '../support/product.js';

let product: IssuingProduct;
/** Each used once. */
let holders: string[];

beforeAll(async () => {
  product = await startIssuingProduct();
  await enableIssuing(product);
  // Long enough to be found by, and not by chance.
  await product.call('admin', 'PUT', '/options/puk-length', { value: 12 });
  holders = await employeeNumbers(product);
}, 180_000);
afterAll(() => product?.stop(), 60_000);

const nextHolder = (): string => {
  const holder = holders.pop();
  if (holder === undefined) throw new Error('no sample holders left');
  return holder;
};
const approved = (cardType?: string, approver?: string) => approvedCard(product, nextHolder(), cardType, approver);
const post = (path: string, body?: unknown, account = 'producer', headers?: Record<string, string>) =>
  product.call(account, 'POST', path, body, headers);
const order = (id: string, account?: string, headers?: Record<string, string>) =>
  post(`/cards/${id}/production`, undefined, account, headers);
const repeat = (id: string, number: number, headers?: Record<string, string>) =>
  post(`/cards/${id}/production/${number}/repeat`, undefined, 'producer', headers);
const productions = (id: string) => productionsOf(product, id);
const key = (cardId: string, number: number) => orderKeyText({ cardId, number });

/** What the shop has physically made of a card: production numbers and serial numbers. */
async function madeOf(id: string) {
  const { cards } = await product.shop.ledger();
  return cards.flatMap((card) =>
    card.key.startsWith(id) ? [{ key: card.key, name: card.name, serialNumber: card.serialNumber }] : [],
  );
}

/** The steps of a card, by the audit log; when its PIN letter goes out is another story. */
async function storyOf(id: string): Promise<string[]> {
  const rows = await product
    .db('audit')
    .where({ object_type: 'card', object_id: id })
    .whereNotNull('to_state')
    .orderBy('id')
    .select('actor', 'action', 'from_state', 'to_state');
  return rows.map((row) => `${row.actor}: ${row.action}, ${row.from_state} > ${row.to_state}`);
}

/** Entry and variant have come to their end. */
const closed = (businessKey: string) =>
  eventually(`the process of ${businessKey} is closed`, patience, async () => {
    const instances = await instancesOf(product, businessKey);
    return instances.length === 2 && instances.every(({ state }) => state === 'COMPLETED') ? instances : null;
  });

async function issued(cardType?: string): Promise<string> {
  const id = await approved(cardType);
  expect((await order(id)).status).toBe(202);
  await cardIn(product, id, 'issued');
  return id;
}

/** Orders a card that jams. */
async function jam(id: string): Promise<void> {
  await eventually(
    'no other card is in the machine',
    patience,
    async () => (await product.db('production_order').whereNull('ended_at').first('number')) === undefined,
  );
  await product.shop.play('jam');
  expect((await order(id)).status).toBe(202);
  await cardIn(product, id, 'failed');
}

/** A card of which a production has failed. */
async function jammed(): Promise<string> {
  const id = await approved();
  await jam(id);
  return id;
}

describe('an approved card', () => {
  it('is ordered, made by the print shop and issued, with its evidence, its audit rows and its process', async () => {
    const id = await approved();
    const answer = await order(id);
    expect(answer).toMatchObject({
      status: 202,
      body: { number: 1, backend: 'print-shop', orderedBy: 'producer', cancelRequestedBy: null, spoilt: null },
    });
    expect(answer.headers.get('location')).toBe(`/api/v1/cards/${id}/production`);
    expect(await cardIn(product, id, 'issued')).toMatchObject({ number: expect.stringMatching(/^E\d{6}$/) });
    const [made] = await madeOf(id);
    expect(made?.key).toBe(key(id, 1));
    expect(await productions(id)).toMatchObject([
      {
        number: 1,
        state: 'produced',
        backend: 'print-shop',
        orderId: expect.stringMatching(/^PS-\d{6}$/),
        reason: null,
        evidence: {
          serialNumber: made?.serialNumber,
          chipUid: expect.stringMatching(/^04[0-9A-F]{12}$/),
          simulated: true,
        },
      },
    ]);
    expect(await storyOf(id)).toEqual([
      'operator: card-registered, registered > requested',
      'approver: request-approved, requested > approved',
      'producer: card-ordered, approved > ordered',
      'system: card-produced, ordered > issued',
    ]);
    const [entry, variant] = await closed(key(id, 1));
    expect(entry).toMatchObject({ processDefinitionKey: 'issue-card', startUserId: 'producer' });
    expect(variant).toMatchObject({ processDefinitionKey: 'issue-card-from-approved' });
  });

  it('is printed as it was approved, also after its holder has another name', async () => {
    const holder = nextHolder();
    const { given_name: given, family_name: family } = await product
      .db('holder')
      .where({ employee_number: holder })
      .first();
    const id = await approvedCard(product, holder);
    await product
      .db('holder')
      .where({ employee_number: holder })
      .update({ given_name: 'Renamed', family_name: 'Since' });
    await order(id);
    await cardIn(product, id, 'issued');
    expect(await madeOf(id)).toMatchObject([{ name: `${given} ${family}` }]);
  });

  it('is previewed as it will be printed, front and back', async () => {
    const id = await approved();
    const look = (path: string) =>
      fetch(`${product.url}/api/v1/cards/${id}/${path}`, {
        headers: { authorization: `Basic ${btoa(`producer:${password}`)}` },
      });
    const [front, back, pdf] = await Promise.all([
      look('preview.png'),
      look('preview.png?side=back'),
      look('preview.pdf'),
    ]);
    const pictures = await Promise.all([front, back].map(async (side) => Buffer.from(await side.arrayBuffer())));
    for (const picture of pictures)
      expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', width: 1011, height: 638 });
    expect(pictures[0]?.equals(pictures[1] ?? Buffer.alloc(0))).toBe(false);
    expect([
      pdf.headers.get('content-type'),
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ]).toEqual(['application/pdf', '%PDF-']);
    expect([front, pdf].map((answer) => answer.headers.get('cache-control'))).toEqual([
      'private, no-cache',
      'private, no-cache',
    ]);
  });

  it('is ordered once for an idempotency key, for any number of concurrent calls', async () => {
    const [id, other] = [await approved(), await approved()];
    const answers = await Promise.all([1, 2, 3].map(() => order(id, 'producer', { 'idempotency-key': 'order-once' })));
    expect(answers.map(({ status, body }) => [status, body.number])).toEqual([
      [202, 1],
      [202, 1],
      [202, 1],
    ]);
    expect(await order(other, 'producer', { 'idempotency-key': 'order-once' })).toMatchObject({
      status: 422,
      body: { code: 'idempotency-mismatch' },
    });
    await cardIn(product, id, 'issued');
    expect(await order(id, 'producer', { 'idempotency-key': 'order-once' })).toMatchObject({
      status: 202,
      body: { number: 1, state: 'produced' },
    });
    expect(await madeOf(id)).toHaveLength(1);
    const { paths } = (await product.call('producer', 'GET', '/openapi.json')).body;
    const takesKey = (path: string) =>
      paths[`/cards/{id}/${path}`].post.parameters.some(
        (parameter: { name: string }) => parameter.name === 'Idempotency-Key',
      );
    const what = [
      'production',
      'production/{number}/repeat',
      'production/{number}/cancel',
      'production/{number}/spoilt',
      'cancel',
    ];
    expect(what.filter(takesKey)).toEqual(['production', 'production/{number}/repeat']);
  });

  it('is withdrawn with a reason, and never produced then', async () => {
    const id = await approved();
    expect(await post(`/cards/${id}/cancel`, { reason: ' ' })).toMatchObject({ status: 400 });
    expect(await post(`/cards/${id}/cancel`, { reason: 'Not needed any more' })).toMatchObject({
      status: 200,
      body: { state: 'cancelled', number: null },
    });
    expect(await order(id)).toMatchObject({ status: 409, body: { code: 'transition-refused' } });
    expect((await storyOf(id)).at(-1)).toBe('producer: card-cancelled, approved > cancelled');
    expect(await productions(id)).toEqual([]);
  });
});

describe('a production that failed', () => {
  it('is repeated under the next number, keeps the card number, and stays on record', async () => {
    const id = await jammed();
    const { number: cardNumber } = await cardIn(product, id, 'failed');
    const reason = 'The card jammed in the printer and was thrown away.';
    expect(await productions(id)).toMatchObject([
      { number: 1, state: 'failed', evidence: {}, reason, reasonCode: 'jam' },
    ]);
    const again = () => repeat(id, 1, { 'idempotency-key': `repeat-${id}` });
    expect(await again()).toMatchObject({ status: 202, body: { number: 2 } });
    expect(await again()).toMatchObject({ status: 202, body: { number: 2 } });
    expect(await cardIn(product, id, 'issued')).toMatchObject({ number: cardNumber });
    expect(await productions(id)).toMatchObject([
      { number: 1, state: 'failed', reason },
      { number: 2, state: 'produced', reason: null },
    ]);
    expect((await madeOf(id)).map((card) => card.key)).toEqual([key(id, 2)]);
    expect((await storyOf(id)).slice(2)).toEqual([
      'producer: card-ordered, approved > ordered',
      'system: card-failed, ordered > failed',
      'producer: card-ordered, failed > ordered',
      'system: card-produced, ordered > issued',
    ]);
    await closed(key(id, 2));
    await eventually('the process that asked what to do is ended', patience, async () =>
      (await instancesOf(product, key(id, 1))).every(({ state }) => state !== 'ACTIVE'),
    );
    expect(await repeat(id, 1)).toMatchObject({ status: 409, body: { code: 'transition-refused' } });
    expect(await repeat(id, 2)).toMatchObject({ status: 409, body: { code: 'transition-refused' } });
  });

  it('ends with the card when that is cancelled, and so does the process that asks what to do', async () => {
    const id = await jammed();
    await eventually('production operators are asked', patience, async () => {
      const query = {
        processInstanceBusinessKey: key(id, 1),
        taskDefinitionKey: 'decide-on-failure',
        candidateGroup: 'card-producers',
      };
      return (await product.engine.call<unknown[]>({ user: 'card-server', path: '/task', query })).length === 1;
    });
    expect(await post(`/cards/${id}/cancel`, { reason: 'Left the company' })).toMatchObject({
      status: 200,
      body: { state: 'cancelled' },
    });
    await closed(key(id, 1));
    expect(await repeat(id, 1)).toMatchObject({ status: 409, body: { code: 'transition-refused' } });
    expect(await madeOf(id)).toEqual([]);
    expect(await product.db('audit').where({ object_id: id, action: 'card-cancelled' }).first('details')).toEqual({
      details: { reason: 'Left the company' },
    });
  });
});

describe('a card that turned out badly', () => {
  it('is declared spoilt with a reason, and produced again', async () => {
    const id = await issued();
    const spoilt = (number: number, reason: string) => post(`/cards/${id}/production/${number}/spoilt`, { reason });
    expect(await spoilt(1, '')).toMatchObject({ status: 400 });
    expect(await spoilt(1, 'Stripes across the photo')).toMatchObject({
      status: 200,
      body: { number: 1, state: 'produced', spoilt: { by: 'producer', reason: 'Stripes across the photo' } },
    });
    const { number: cardNumber } = await cardIn(product, id, 'failed');
    expect(await repeat(id, 1)).toMatchObject({ status: 202, body: { number: 2 } });
    expect(await cardIn(product, id, 'issued')).toMatchObject({ number: cardNumber });
    const [first, second] = await productions(id);
    expect([first, second]).toMatchObject([
      { state: 'produced', spoilt: { reason: 'Stripes across the photo' } },
      { state: 'produced', spoilt: null },
    ]);
    expect((await madeOf(id)).map((card) => card.serialNumber)).toEqual([
      first.evidence.serialNumber,
      second.evidence.serialNumber,
    ]);
    expect(await storyOf(id)).toContain('producer: card-spoilt, issued > failed');
    expect(await spoilt(1, 'Twice')).toMatchObject({
      status: 200,
      body: { spoilt: { reason: 'Stripes across the photo' } },
    });
    await cardIn(product, id, 'issued');
  });
});

describe('an order under way', () => {
  beforeAll(() => product.shop.play('stop'));
  afterAll(() => product.shop.play('go'));

  /** Ordered, and in the queue of the shop. */
  async function queued(): Promise<string> {
    const id = await approved();
    expect((await order(id)).status).toBe(202);
    await eventually(
      'it waits at the shop',
      patience,
      async () =>
        (await productions(id))[0].state === 'submitted' && (await product.shop.ledger()).waiting.includes(key(id, 1)),
    );
    return id;
  }

  it('is the only one of its card', async () => {
    const id = await queued();
    for (const refused of [await order(id), await repeat(id, 1), await post(`/cards/${id}/cancel`, { reason: 'No' })]) {
      expect(refused).toMatchObject({ status: 409, body: { code: 'order-live' } });
    }
    expect(await post(`/cards/${id}/production/1/spoilt`, { reason: 'No' })).toMatchObject({
      status: 409,
      body: { code: 'not-produced' },
    });
    const two = await approved();
    expect((await Promise.all([order(two), order(two)])).map(({ status }) => status).sort()).toEqual([202, 409]);
  });

  it('shows its PIN and PUK nowhere, keeps them sealed, and erases them in the end', async () => {
    const id = await queued();
    const [secrets] = (
      await new CardSecrets(new KeyRing(secretsKeys)).openSecrets(product.db, [{ cardId: id, number: 1 }])
    ).values();
    expect(secrets).toMatchObject({ pin: expect.stringMatching(/^\d{6}$/), puk: expect.stringMatching(/^\d{12}$/) });
    const paths = [
      `/cards/${id}`,
      `/cards/${id}/production`,
      '/cards',
      '/secrets',
      `/audit?objectId=${id}`,
      '/mails',
      '/backends',
    ];
    const answers = await Promise.all(
      paths.flatMap((path) => ['producer', 'admin'].map((account) => product.call(account, 'GET', path))),
    );
    const instances = await instancesOf(product, key(id, 1));
    const variables = await Promise.all(
      instances.map((instance) =>
        product.engine.call<unknown[]>({
          user: 'card-server',
          path: '/history/variable-instance',
          query: { processInstanceId: instance.id },
        }),
      ),
    );
    const told = JSON.stringify([answers.map(({ body }) => body), variables, await product.shop.ledger()]);
    expect(told).toContain('PIN received: 6 digits, PUK received: 12 digits');
    expect(told).not.toContain(secrets?.puk);
    expect(told).not.toMatch(new RegExp(`\\b${secrets?.pin}\\b`));
    expect((await post(`/cards/${id}/production/1/cancel`, { reason: 'Seen enough' })).status).toBe(202);
    await cardIn(product, id, 'cancelled');
    expect(await product.db('card_secret').where({ card_id: id })).toEqual([]);
    expect(await product.db('production_order').where({ card_id: id }).first('body')).toEqual({ body: null });
  });

  it('is called off at the shop, and the card is cancelled then', async () => {
    const id = await queued();
    expect(await post(`/cards/${id}/production/1/cancel`, { reason: 'Wrong card' })).toMatchObject({
      status: 202,
      body: { state: 'submitted', cancelRequestedBy: 'producer' },
    });
    await cardIn(product, id, 'cancelled');
    expect((await product.shop.ledger()).notMade).toContainEqual(
      expect.objectContaining({ key: key(id, 1), why: 'cancelled' }),
    );
    await closed(key(id, 1));
    expect(await post(`/cards/${id}/production/1/cancel`, { reason: 'Again' })).toMatchObject({
      status: 200,
      body: { state: 'cancelled' },
    });
  });
});

describe('refused with a code that says why', () => {
  const nobody = '00000000-0000-4000-8000-000000000000';

  it.each(['operator', 'approver', 'admin', 'designer'])(
    'for %s, who is not a production operator',
    async (account) => {
      const id = await approved('visitor');
      expect(await order(id, account)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(await product.call(account, 'GET', `/cards/${id}/production`)).toMatchObject({ status: 403 });
      await cardIn(product, id, 'approved');
    },
  );

  it('for a card that does not exist, in every operation', async () => {
    const asked: Promise<Answer>[] = [
      order(nobody),
      product.call('producer', 'GET', `/cards/${nobody}/production`),
      post(`/cards/${nobody}/cancel`, { reason: 'x' }),
      ...['preview.png', 'preview.pdf'].map((picture) =>
        product.call('producer', 'GET', `/cards/${nobody}/${picture}`),
      ),
      ...['cancel', 'spoilt'].map((what) => post(`/cards/${nobody}/production/1/${what}`, { reason: 'x' })),
    ];
    for (const answer of await Promise.all(asked))
      expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await order('not-an-id')).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });

  it('for a card that is not approved, or was issued', async () => {
    const { body } = await product.call('operator', 'POST', '/card-requests', {
      holder: nextHolder(),
      cardType: 'employee',
    });
    const { card } = await eventually('it waits for a decision', patience, async () => {
      const answer = (await product.call('admin', 'GET', `/card-requests/${body.id}`)).body;
      return answer.state === 'requested' ? answer : null;
    });
    expect(await order(card.id)).toMatchObject({
      status: 409,
      body: { code: 'transition-refused', detail: expect.stringContaining('requested, not approved') },
    });
    expect(await order(await issued('visitor'))).toMatchObject({
      status: 409,
      body: { code: 'transition-refused', detail: expect.stringContaining('issued, not approved') },
    });
  });

  it('for a holder who was deactivated between approval and issue, or between failure and repeat', async () => {
    const setState = (id: string, state: string) =>
      product.db('holder').whereIn('id', product.db('card').where({ id }).select('holder_id')).update({ state });
    const [id, failed] = [await approved(), await jammed()];
    for (const each of [id, failed]) await setState(each, 'inactive');
    const refusal = {
      status: 409,
      body: { code: 'holder-inactive', detail: expect.stringMatching(/^\S+ \S+ is inactive/) },
    };
    expect(await order(id)).toMatchObject(refusal);
    expect(await repeat(failed, 1)).toMatchObject(refusal);
    expect([await productions(id), (await cardIn(product, id, 'approved')).number]).toEqual([[], null]);
    for (const each of [id, failed]) await setState(each, 'active');
    expect([(await order(id)).status, (await repeat(failed, 1)).status]).toEqual([202, 202]);
  });

  it('while Issue card is disabled', async () => {
    const id = await approved('visitor');
    await product.call('admin', 'PUT', '/use-cases/issue-card', { enabled: false });
    expect(await order(id)).toMatchObject({ status: 409, body: { code: 'use-case-disabled' } });
    await product.call('admin', 'PUT', '/use-cases/issue-card', { enabled: true });
    expect((await order(id)).status).toBe(202);
  });

  it('for approvers who would produce what they approved, where the card type separates the two', async () => {
    await product.engine.call({ user: 'card-server', method: 'PUT', path: '/group/card-producers/members/approver2' });
    const [mine, free] = [await approved('contractor', 'approver2'), await approved('visitor', 'approver2')];
    expect(await change(product, '/card-types/contractor', { separateProducer: true })).toMatchObject({ status: 200 });
    await eventually(
      'approver2 is a production operator too',
      patience,
      async () => (await product.call('approver2', 'GET', `/cards/${mine}/production`)).status === 200,
    );
    expect(await order(mine, 'approver2')).toMatchObject({ status: 403, body: { code: 'self-production' } });
    await jam(mine);
    expect(await post(`/cards/${mine}/production/1/repeat`, undefined, 'approver2')).toMatchObject({
      status: 403,
      body: { code: 'self-production' },
    });
    expect((await order(free, 'approver2')).status).toBe(202);
    await cardIn(product, free, 'issued');
  });
});

describe('card numbers', () => {
  const range = async () => (await product.call('admin', 'GET', '/number-ranges/contractor')).body;

  it('are given once, in a row, to concurrent orders; a refused order takes none', async () => {
    await change(product, '/card-types/contractor', { separateProducer: false });
    const ids = await Promise.all([1, 2, 3, 4].map(() => approved('contractor')));
    const { nextNumber } = await range();
    const refused = await product.call('producer', 'POST', `/cards/${ids[0]}/production/1/repeat`);
    expect(refused.status).toBe(409);
    expect((await Promise.all(ids.map((id) => order(id)))).map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    const numbers = await Promise.all(ids.map(async (id) => (await cardIn(product, id, 'issued')).number as string));
    expect(numbers.sort()).toEqual([0, 1, 2, 3].map((at) => `C${String(Number(nextNumber) + at).padStart(6, '0')}`));
    expect((await range()).nextNumber).toBe(Number(nextNumber) + 4);
  });

  it('run out: the order is refused and the card stays approved', async () => {
    const id = await approved('contractor');
    expect(await change(product, '/card-types/contractor', { numberRange: 'last-ones' })).toMatchObject({
      status: 422,
      body: { code: 'number-range-unknown' },
    });
    const last = { id: 'last-ones', name: 'The last ones', prefix: 'L', digits: 1, suffix: '', nextNumber: 9 };
    expect((await product.call('admin', 'POST', '/number-ranges', last)).status).toBe(201);
    await change(product, '/card-types/contractor', { numberRange: 'last-ones' });
    expect((await order(await approved('contractor'))).status).toBe(202);
    expect(await order(id)).toMatchObject({ status: 409, body: { code: 'number-range-exhausted' } });
    await cardIn(product, id, 'approved');
    await change(product, '/card-types/contractor', { numberRange: 'contractor' });
    expect((await order(id)).status).toBe(202);
  });
});
