import { eventually } from '../support/eventually.js';
import { enable, requestIn, startProduct, type Product } from '../support/product.js';

let product: Product;
/** Employee numbers of active sample holders with a photo and no account, each used once. */
let holders: string[];

beforeAll(async () => {
  product = await startProduct();
  const rows = await product
    .db('holder')
    .where({ state: 'active', account: null })
    .whereNotNull('photo_id')
    .orderBy('employee_number')
    .pluck('employee_number');
  holders = rows as string[];
}, 120_000);

afterAll(() => product.stop(), 60_000);

const nextHolder = () => {
  const holder = holders.pop();
  if (holder === undefined) throw new Error('no sample holders left');
  return holder;
};

const ask = (account = 'operator', holder = nextHolder(), cardType = 'employee') =>
  product.call(account, 'POST', '/card-requests', { holder, cardType });

/** A request that waits for its decision. */
async function waiting(account?: string, holder?: string, cardType?: string): Promise<string> {
  const { status, body } = await ask(account, holder, cardType);
  expect({ status, body }).toMatchObject({ status: 202 });
  await requestIn(product, body.id, 'requested');
  return body.id as string;
}

const decide = (id: string, account = 'approver', decision = 'approve', reason?: string) =>
  product.call(account, 'POST', `/card-requests/${id}/decision`, { decision, reason });

/** The story of a request as soon as its deciding task is there. */
const waitingForDecision = (id: string) =>
  eventually('it waits at its decision', 15_000, async () => {
    const { body } = await product.call('admin', 'GET', `/card-requests/${id}`);
    return body.currentStep?.id === 'decide-request' ? body : null;
  });

/** Instances that still run for a request, entry and variant. */
async function runningInstances(id: string): Promise<number> {
  const { processInstanceId } = (await product.call('admin', 'GET', `/card-requests/${id}`)).body;
  const found = await product.engine.call<unknown[]>({
    user: 'card-server',
    method: 'POST',
    path: '/process-instance',
    body: { businessKey: id },
  });
  const variant = await product.engine.call<unknown[]>({
    user: 'card-server',
    method: 'POST',
    path: '/process-instance',
    body: { processInstanceIds: [processInstanceId] },
  });
  return found.length + variant.length;
}

const ended = (id: string) =>
  eventually(`no instance runs for ${id}`, 15_000, async () => (await runningInstances(id)) === 0);

describe('a fresh installation', () => {
  it('has nothing enabled, says so and refuses', async () => {
    const { body } = await product.call('admin', 'GET', '/use-cases');
    expect(body).toMatchObject({
      next: null,
      items: [
        ...['request-card', 'issue-card'].map((id) => ({ id, enabled: false, variant: null })),
        { id: 'issue-multiple-cards', enabled: true, variant: null },
        { id: 'request-multiple-cards', enabled: false, variant: null },
      ],
    });
    expect(body.items[0].variants.map((variant: { id: string }) => variant.id).sort()).toEqual([
      'with-approval',
      'without-approval',
    ]);
    expect(await (await fetch(`${product.url}/healthz`)).json()).toMatchObject({
      status: 'up',
      hint: expect.stringContaining('At least one use case must be enabled'),
    });
    expect(await ask()).toMatchObject({ status: 409, body: { code: 'use-case-disabled' } });
  });

  it('is enabled by administrators only, with a variant that exists', async () => {
    const put = (account: string, body: unknown, headers?: Record<string, string>) =>
      product.call(account, 'PUT', '/use-cases/request-card', body, headers);
    expect(await put('operator', { enabled: true, variant: 'with-approval' })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await put('admin', { enabled: true })).toMatchObject({
      status: 422,
      body: { code: 'variant-unknown', variants: ['with-approval', 'without-approval'] },
    });
    expect(await put('admin', { enabled: true, variant: 'by-magic' })).toMatchObject({
      status: 422,
      body: { code: 'variant-unknown' },
    });
    const { headers } = await product.call('admin', 'GET', '/use-cases/request-card');
    const etag = headers.get('etag') ?? '';
    expect(await put('admin', { enabled: true, variant: 'with-approval' }, { 'if-match': etag })).toMatchObject({
      status: 200,
      body: { enabled: true, variant: 'with-approval', version: 1 },
    });
    expect(await put('admin', { enabled: true, variant: 'without-approval' }, { 'if-match': etag })).toMatchObject({
      status: 412,
      body: { code: 'stale' },
    });
    expect(await put('admin', { enabled: false })).toMatchObject({ status: 409, body: { code: 'last-use-case' } });
    expect(await (await fetch(`${product.url}/healthz`)).json()).not.toHaveProperty('hint');
  });
});

describe('without approval', () => {
  beforeAll(() => enable(product, 'without-approval'));

  it('the card is approved at once, in one start and one external task', async () => {
    const { status, body, headers } = await ask();
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/api/v1/card-requests/${body.id}`);
    const request = await requestIn(product, body.id, 'approved');
    expect(request).toMatchObject({
      state: 'approved',
      requester: 'operator',
      card: { state: 'approved', number: null },
      decision: null,
      currentStep: null,
      processDefinitionKey: 'request-card-without-approval',
      processDefinitionVersion: 1,
    });
    expect(request.transitions.map((step: { to: string }) => step.to)).toEqual(['registered', 'approved']);
    expect(await product.call('operator', 'GET', `/cards/${request.card.id}`)).toMatchObject({
      status: 200,
      body: { state: 'approved', requestId: body.id },
    });
    await ended(body.id);
    const tasks = await product.engine.call<unknown[]>({
      user: 'card-server',
      path: '/history/external-task-log',
      query: { processInstanceId: request.processInstanceId, successLog: true },
    });
    expect(tasks).toHaveLength(1);
  });

  it('the same idempotency key makes one request', async () => {
    const holder = nextHolder();
    const again = () =>
      product.call(
        'operator',
        'POST',
        '/card-requests',
        { holder, cardType: 'visitor' },
        { 'idempotency-key': 'key-1' },
      );
    const answers = await Promise.all([again(), again(), again()]);
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(
      await product.call(
        'operator',
        'POST',
        '/card-requests',
        { holder: nextHolder(), cardType: 'visitor' },
        { 'idempotency-key': 'key-1' },
      ),
    ).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
  });
});

describe('with approval', () => {
  beforeAll(() => enable(product, 'with-approval'));

  it('an approver approves', async () => {
    const id = await waiting();
    const before = await waitingForDecision(id);
    expect(before).toMatchObject({
      state: 'requested',
      card: { state: 'requested' },
      currentStep: { id: 'decide-request' },
    });
    expect(await decide(id)).toMatchObject({
      status: 200,
      body: {
        state: 'approved',
        card: { state: 'approved' },
        decision: { decision: 'approve', approver: 'approver', reason: null },
      },
    });
    await ended(id);
    const row = await product.db('decision').where({ request_id: id }).first();
    expect(row).toMatchObject({ approver: 'approver', requester: 'operator' });
    expect(row.operation_id).toBeTruthy();
    const tasks = await product.engine.call<unknown[]>({
      user: 'card-server',
      path: '/history/external-task-log',
      query: { processInstanceId: before.processInstanceId, successLog: true },
    });
    expect(tasks).toHaveLength(2);
  });

  it('an approver rejects, with a reason', async () => {
    const id = await waiting();
    expect(await decide(id, 'approver', 'reject')).toMatchObject({ status: 422, body: { code: 'reason-missing' } });
    expect(await decide(id, 'approver', 'reject', 'The photo shows someone else')).toMatchObject({
      status: 200,
      body: { state: 'rejected', reason: 'The photo shows someone else', card: { state: 'rejected' } },
    });
    await ended(id);
  });

  it('nobody else decides, and neither requester nor card holder do', async () => {
    await product.engine.call({ user: 'card-server', method: 'PUT', path: '/group/card-operators/members/approver2' });
    const id = await eventually('approver2 is an operator too', 60_000, async () => {
      const answer = await ask('approver2', holders[0]);
      return answer.status === 202 ? (holders.shift(), answer.body.id as string) : null;
    });
    await requestIn(product, id, 'requested');
    expect(await decide(id, 'operator')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await decide(id, 'approver2')).toMatchObject({ status: 403, body: { code: 'self-approval' } });
    const { employee_number: own } = await product.db('holder').where({ account: 'approver' }).first();
    const forApprover = await waiting('operator', own);
    expect(await decide(forApprover, 'approver')).toMatchObject({ status: 403, body: { code: 'self-approval' } });
    expect(await decide(forApprover, 'approver2')).toMatchObject({ status: 200, body: { state: 'approved' } });
    expect(await decide(id)).toMatchObject({ status: 200 });
  });

  it("an approver who gets past the door is still stopped by the worker, from the engine's own history", async () => {
    const { employee_number: own } = await product.db('holder').where({ account: 'approver' }).first();
    const id = await waiting('operator', own, 'visitor');
    const { processInstanceId } = (await product.call('admin', 'GET', `/card-requests/${id}`)).body;
    const deciding = () =>
      product.engine.call<{ id: string }[]>({ user: 'approver', path: '/task', query: { processInstanceId } });
    const task = await eventually('the approval is open', 60_000, async () => (await deciding())[0]);
    await product.engine.call({
      user: 'approver',
      method: 'POST',
      path: `/task/${task.id}/complete`,
      body: {
        variables: { decision: { value: 'approve', type: 'String' }, approver: { value: 'approver2', type: 'String' } },
      },
    });
    await eventually('the request waits in a new task', 60_000, async () => {
      const [again] = await deciding();
      return again !== undefined && again.id !== task.id;
    });
    expect((await product.call('admin', 'GET', `/card-requests/${id}`)).body).toMatchObject({
      state: 'requested',
      decision: null,
    });
    expect(await decide(id, 'approver2')).toMatchObject({
      status: 200,
      body: { state: 'approved', decision: { approver: 'approver2' } },
    });
  });

  it('of two approvers at once one wins, and the other reads why not', async () => {
    const id = await waiting();
    const answers = await Promise.all([decide(id, 'approver'), decide(id, 'approver2', 'reject', 'late')]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    const loser = answers.find((answer) => answer.status === 409);
    expect(loser?.body).toMatchObject({
      code: 'already-decided',
      detail: expect.stringContaining('Nothing was changed'),
    });
    expect(await decide(id)).toMatchObject({ status: 409, body: { code: 'already-decided' } });
  });

  it('postponing hides the task from the Approvals filter and decides nothing', async () => {
    const id = await waiting();
    const { processInstanceId } = (await product.call('admin', 'GET', `/card-requests/${id}`)).body;
    const filters = await product.engine.call<{ id: string; name: string }[]>({ user: 'approver', path: '/filter' });
    const approvals = filters.find((filter) => filter.name === 'Approvals');
    const listed = async () => {
      const tasks = await product.engine.call<{ processInstanceId: string }[]>({
        user: 'approver',
        path: `/filter/${approvals?.id}/list`,
      });
      return tasks.some((task) => task.processInstanceId === processInstanceId);
    };
    await eventually('the filter lists it', 15_000, listed);
    const until = new Date(Date.now() + 86_400_000).toISOString();
    expect(
      await product.call('approver', 'POST', `/card-requests/${id}/postpone`, { until: '2001-01-01' }),
    ).toMatchObject({ status: 400 });
    expect(await product.call('approver', 'POST', `/card-requests/${id}/postpone`, { until })).toMatchObject({
      status: 200,
      body: { state: 'requested' },
    });
    expect(await listed()).toBe(false);
    expect(await decide(id)).toMatchObject({ status: 200, body: { state: 'approved' } });
  });

  it('the requester aborts; nobody else does', async () => {
    const id = await waiting();
    const abort = (account: string) =>
      product.call(account, 'POST', `/card-requests/${id}/abort`, { reason: 'not needed any more' });
    expect(await abort('operator2')).toMatchObject({ status: 403, body: { code: 'not-own-request' } });
    expect(await abort('operator')).toMatchObject({
      status: 200,
      body: { state: 'aborted', reason: 'not needed any more', card: { state: 'aborted' } },
    });
    await ended(id);
    expect(await decide(id)).toMatchObject({ status: 409, body: { code: 'not-requested' } });
    const done = await waiting();
    await decide(done);
    expect(await product.call('operator', 'POST', `/card-requests/${done}/abort`, {})).toMatchObject({
      status: 409,
      body: { code: 'not-requested' },
    });
  });

  it('the approval time limit rejects what nobody decided', async () => {
    const set = (value: string | null) => product.call('admin', 'PUT', '/options/approval-time-limit', { value });
    expect(await set('tomorrow')).toMatchObject({ status: 400 });
    expect(await set('PT1S')).toMatchObject({ status: 200 });
    const { body } = await ask();
    expect(await set(null)).toMatchObject({ status: 200 });
    const request = await requestIn(product, body.id, 'rejected');
    expect(request).toMatchObject({
      reason: 'not decided in time',
      decision: { cause: 'time-limit', approver: null },
      card: { state: 'rejected' },
    });
    await ended(body.id);
    expect((await product.call('admin', 'GET', `/card-requests/${await waiting()}`)).body.decideBefore).toBeNull();
  });

  it.each([
    ['an unknown holder', { holder: 'nobody@example.org', cardType: 'employee' }, 422, 'holder-unknown'],
    ['an unknown card type', { holder: 'E-0', cardType: 'golden' }, 422, 'holder-unknown'],
    ['nonsense', { holder: 7 }, 400, 'invalid-request'],
  ])('refuses %s with a stable code', async (_what, body, status, code) => {
    const answer = await product.call('operator', 'POST', '/card-requests', body);
    expect(answer).toMatchObject({ status, body: { code, status } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('refuses inactive holders, missing photos and a second open request', async () => {
    const inactive = await product.db('holder').where({ state: 'inactive' }).first();
    const bare = await product.db('holder').where({ state: 'active', photo_id: null }).first();
    expect(await ask('operator', inactive.employee_number)).toMatchObject({
      status: 409,
      body: { code: 'holder-inactive' },
    });
    expect(await ask('operator', bare.employee_number, 'contractor')).toMatchObject({
      status: 409,
      body: { code: 'photo-missing', detail: expect.stringContaining('under Photos') },
    });
    expect(await ask('operator', bare.employee_number, 'visitor')).toMatchObject({ status: 202 });
    const holder = nextHolder();
    const open = await waiting('operator', holder);
    expect(await ask('operator2', holder)).toMatchObject({
      status: 409,
      body: { code: 'open-request-exists', openRequest: open },
    });
    expect(await ask('operator2', holder, 'contractor')).toMatchObject({ status: 202 });
  });

  it('an operator sees own requests only, others see all', async () => {
    const id = await waiting('operator2');
    expect(await product.call('operator', 'GET', `/card-requests/${id}`)).toMatchObject({ status: 404 });
    const mine = await product.call('operator', 'GET', '/card-requests?requester=operator2&limit=200');
    expect(new Set(mine.body.items.map((item: { requester: string }) => item.requester))).toEqual(
      new Set(['operator']),
    );
    const page = await product.call('approver', 'GET', '/card-requests?state=requested&limit=2');
    expect(page.body.items).toHaveLength(2);
    const next = await product.call(
      'approver',
      'GET',
      `/card-requests?state=requested&limit=2&cursor=${page.body.next}`,
    );
    const ids = [...page.body.items, ...next.body.items].map((item: { id: string }) => item.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('switching while requests are on their way', () => {
  it('a reserved request keeps its variant', async () => {
    await enable(product, 'with-approval');
    await product.stopWorker();
    const { body } = await ask();
    await eventually(
      'the process was started',
      15_000,
      async () => (await product.db('engine_command').where({ request_id: body.id, state: 'done' })).length === 1,
    );
    await enable(product, 'without-approval');
    await product.startWorker();
    expect(await requestIn(product, body.id, 'requested')).toMatchObject({
      processDefinitionKey: 'request-card-with-approval',
    });
    expect(await decide(body.id)).toMatchObject({ status: 200, body: { state: 'approved' } });
  });

  it('a parked instance of Tasklist has to confirm again, and a smuggled variant is refused', async () => {
    await enable(product, 'with-approval');
    const holder = await product.db('holder').where({ employee_number: nextHolder() }).first();
    const text = (value: string) => ({ value, type: 'String' });
    const start = await product.engine.call<{ id: string }>({
      user: 'operator',
      method: 'POST',
      path: '/process-definition/key/request-card/start',
      body: { variables: { query: text(holder.employee_number) } },
    });
    const task = () =>
      product.engine.call<{ id: string }[]>({
        user: 'operator',
        path: '/task',
        query: { processInstanceId: start.id },
      });
    const [choose] = await eventually('the holder can be chosen', 15_000, async () =>
      (await task()).length > 0 ? task() : null,
    );
    // Past the door: what a form can't say.
    await product.engine.call({
      user: 'operator',
      method: 'POST',
      path: `/task/${choose?.id}/complete`,
      body: {
        variables: {
          action: text('next'),
          holder: text(holder.id),
          cardType: text('visitor'),
          variantKey: text('request-card-without-approval'),
          variantVersion: { value: 1, type: 'Integer' },
        },
      },
    });
    const [again] = await eventually('the operator is asked again', 15_000, async () => {
      const tasks = await task();
      return tasks.length > 0 && tasks[0]?.id !== choose?.id ? tasks : null;
    });
    const { value } = await product.engine.call<{ value: string }>({
      user: 'card-server',
      path: `/task/${again?.id}/variables/notice`,
    });
    expect(value).toContain('has changed meanwhile');
    expect(await product.db('card_request').where({ holder_id: holder.id })).toEqual([]);
  });

  it('a reserved request that its requester may not start any more is refused, with the reason', async () => {
    const grants = {
      path: '/authorization',
      user: 'card-server',
      query: { resourceType: 6, resourceId: 'request-card' },
    } as const;
    for (const { id } of await product.engine.call<{ id: string }[]>(grants)) {
      await product.engine.call({ user: 'card-server', method: 'DELETE', path: `/authorization/${id}` });
    }
    const { body } = await ask();
    expect(await requestIn(product, body.id, 'refused')).toMatchObject({
      reason: expect.stringContaining('may not request cards'),
      card: null,
    });
    await enable(product, 'without-approval');
    await enable(product, 'with-approval');
    await waiting();
  });
});

describe('an instance cancelled in Cockpit', () => {
  it('is started again, and waits where it waited', async () => {
    await enable(product, 'with-approval');
    const id = await waiting();
    const { processInstanceId } = await waitingForDecision(id);
    await product.engine.call({
      user: 'card-server',
      method: 'DELETE',
      path: `/process-instance/${processInstanceId}`,
    });
    await product
      .db('card_request')
      .where({ id })
      .update({ registered_at: new Date(Date.now() - 120_000) });
    const after = await eventually('a new instance waits', 60_000, async () => {
      const { body } = await product.call('admin', 'GET', `/card-requests/${id}`);
      return body.processInstanceId !== null &&
        body.processInstanceId !== processInstanceId &&
        body.currentStep?.id === 'decide-request'
        ? body
        : null;
    });
    expect(after).toMatchObject({ state: 'requested', currentStep: { id: 'decide-request' } });
    expect(await decide(id)).toMatchObject({ status: 200, body: { state: 'approved' } });
  }, 90_000);
});
