import { technicalAccounts } from '../../src/domain/roles.js';
import { ProductError } from '../../src/kernel/errors.js';
import type { DoorCheckContext, DoorChecks } from '../../src/web/door/door-checks.js';
import { lentEngine } from '../support/engine.js';
import { STARTUP, startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { deployTestProcess } from './support/process.js';

const ENGINE = '/camunda/api/engine/engine/default';
const system = technicalAccounts.server;

let app: TestApp;
let definition: string;
let operator: Browser;
let approver: Browser;
let secondApprover: Browser;
const names = new Map<Browser, string>();

/** What the checks were asked, and what they answer. */
let asked: [string, DoorCheckContext][] = [];
let answer: DoorChecks['run'];

beforeAll(async () => {
  app = await startApp(await lentEngine(), { checks: { run: (name, context) => answer(name, context) } });
  definition = await deployTestProcess(app.engine);
  operator = await arrive('operator');
  approver = await arrive('approver');
  secondApprover = await arrive('approver');
}, STARTUP);
afterAll(() => app.close());
beforeEach(() => {
  asked = [];
  answer = async (name, context) => {
    asked.push([name, context]);
    return { add: {} };
  };
});

async function arrive(...roles: Parameters<TestApp['account']>): Promise<Browser> {
  const browser = new Browser(app.url);
  const account = await app.account(...roles);
  expect((await browser.signIn(account)).status).toBe(303);
  names.set(browser, account);
  // The web applications hand out their CSRF token with the first answer.
  await browser.get(`${ENGINE}/user/${account}/profile`);
  return browser;
}

/** A change as the web applications send it. */
function send(browser: Browser, method: string, path: string, body?: unknown) {
  return browser.request(method, path, {
    body,
    headers: { 'x-xsrf-token': browser.cookies.get('XSRF-TOKEN') ?? '', accept: 'application/json' },
  });
}

const start = (browser: Browser, variables: unknown) =>
  send(browser, 'POST', `${ENGINE}/process-definition/${definition}/submit-form`, { variables });

/** Starts an instance by its form and returns the id of its task. */
async function newTask(): Promise<{ task: string; instance: string }> {
  const started = await start(operator, { query: { value: 'Ada' } });
  expect(started.status).toBe(200);
  const { id: instance } = started.json<{ id: string }>();
  const [task] = await app.engine.call<{ id: string }[]>({
    user: system,
    path: '/task',
    query: { processInstanceId: instance },
  });
  return { task: task?.id ?? '', instance };
}

const variablesOf = (instance: string) =>
  app.engine.call<Record<string, { value: unknown }>>({
    user: system,
    path: `/process-instance/${instance}/variables`,
  });

const countInstances = async () =>
  (
    await app.engine.call<{ count: number }>({
      user: system,
      path: '/process-instance/count',
      query: { processDefinitionId: definition },
    })
  ).count;

describe('a start form', () => {
  test('is checked in the name of the person, who is also the one that starts', async () => {
    answer = async (name, context) => {
      asked.push([name, context]);
      return {
        add: { variantKey: { value: 'some-variant', type: 'String' }, variantVersion: { value: 3, type: 'Integer' } },
      };
    };
    const { instance } = await newTask();
    expect(asked).toHaveLength(1);
    const [name, context] = asked[0] ?? [];
    expect(name).toBe('request-card');
    expect(context).toMatchObject({
      processDefinitionId: definition,
      processInstanceId: null,
      taskId: null,
      fields: { query: 'Ada' },
    });
    expect(context?.user.id).toBe(names.get(operator));
    expect(await variablesOf(instance)).toMatchObject({
      query: { value: 'Ada' },
      starter: { value: names.get(operator) },
      variantKey: { value: 'some-variant' },
      variantVersion: { value: 3 },
    });
  });

  test('that its check refuses leaves nothing behind, and says why as the engine would', async () => {
    answer = async () => {
      throw new ProductError('holder-unknown', 'There is no such card holder.');
    };
    const before = await countInstances();
    const refused = await start(operator, { query: { value: 'Nobody' } });
    expect(refused.status).toBe(422);
    expect(refused.json()).toEqual({ type: 'holder-unknown', message: 'There is no such card holder.' });
    expect(await countInstances()).toBe(before);
  });

  test.each(['variantKey', 'starter', 'requestId'])('takes no variable past its fields: %s', async (name) => {
    const before = await countInstances();
    const refused = await start(operator, { query: { value: 'Ada' }, [name]: { value: 'mine', type: 'String' } });
    expect([refused.status, refused.json()]).toEqual([
      403,
      { type: 'forbidden', message: `The form has no field "${name}".` },
    ]);
    expect([await countInstances(), asked]).toEqual([before, []]);
  });

  test('gets no variable that the contract does not let its check add', async () => {
    answer = async () => ({ add: { starter: { value: 'someone else', type: 'String' } } });
    const before = await countInstances();
    expect((await start(operator, { query: { value: 'Ada' } })).status).toBe(500);
    expect(await countInstances()).toBe(before);
  });

  test('is refused, without a word from its check, to whoever may not start the process', async () => {
    const refused = await start(approver, { query: { value: 'Ada' } });
    expect([refused.status, refused.json()]).toMatchObject([
      403,
      { message: expect.stringContaining('may not start this process') },
    ]);
    expect(asked).toEqual([]);
  });

  test('that names an unknown check starts nothing', async () => {
    const other = await deployTestProcess(app.engine, 'no-such-check');
    const refused = await send(operator, 'POST', `${ENGINE}/process-definition/${other}/submit-form`, {
      variables: {},
    });
    expect(refused.status).toBe(403);
    expect(refused.json()).toMatchObject({ message: expect.stringContaining('"no-such-check"') });
  });
});

describe('a task', () => {
  test('is shown and handed in by the group it is for, with its check', async () => {
    const { task, instance } = await newTask();
    expect((await approver.get(`${ENGINE}/task/${task}`)).status).toBe(200);
    expect((await send(approver, 'POST', `${ENGINE}/task/${task}/claim`, { userId: names.get(approver) })).status).toBe(
      204,
    );
    let seen: unknown;
    answer = async (name, context) => {
      asked.push([name, context]);
      seen = [await context.readVariable('query'), await context.readVariable('nothing')];
      return { add: {} };
    };
    const done = await send(approver, 'POST', `${ENGINE}/task/${task}/submit-form`, {
      variables: { decision: { value: 'approve' }, holderOptions: { value: '[]', type: 'Json' } },
    });
    expect(done.status).toBe(204);
    expect(seen).toEqual(['Ada', undefined]);
    expect(asked.at(-1)?.[1]).toMatchObject({
      taskId: task,
      taskDefinitionKey: 'decide',
      processInstanceId: instance,
      fields: { decision: 'approve' },
    });
    const history = await app.engine.call<{ name: string }[]>({
      user: system,
      path: '/history/variable-instance',
      query: { processInstanceId: instance },
    });
    expect(history.map((variable) => variable.name).sort()).toEqual(['decision', 'query', 'starter']);
    const [entry] = await app.engine.call<{ userId: string }[]>({
      user: system,
      path: '/history/user-operation',
      query: { taskId: task, operationType: 'Complete' },
    });
    expect(entry?.userId).toBe(names.get(approver));
  });

  test('is neither shown to nor handed in by anyone else', async () => {
    const { task } = await newTask();
    for (const path of [
      '',
      '/form',
      '/deployed-form',
      '/form-variables',
      '/variables',
      '/comment',
      '/identity-links',
    ]) {
      expect([path, (await operator.get(`${ENGINE}/task/${task}${path}`)).status]).not.toEqual([path, 200]);
    }
    const refused = await send(operator, 'POST', `${ENGINE}/task/${task}/submit-form`, {
      variables: { decision: { value: 'approve' } },
    });
    expect([refused.status, refused.json()]).toEqual([
      403,
      { type: 'forbidden', message: 'This task is not yours to work on.' },
    ]);
    expect((await send(operator, 'POST', `${ENGINE}/task/${task}/claim`, { userId: names.get(operator) })).status).toBe(
      403,
    );
    expect(asked).toHaveLength(1);
    expect((await approver.get(`${ENGINE}/task/${task}`)).status).toBe(200);
  });

  test('keeps its form open when its check refuses', async () => {
    const { task } = await newTask();
    answer = async () => {
      throw new ProductError('self-approval', 'You requested this card yourself.');
    };
    const refused = await send(approver, 'POST', `${ENGINE}/task/${task}/submit-form`, {
      variables: { decision: { value: 'approve' } },
    });
    expect([refused.status, refused.json()]).toEqual([
      403,
      { type: 'self-approval', message: 'You requested this card yourself.' },
    ]);
    expect((await approver.get(`${ENGINE}/task/${task}`)).status).toBe(200);
  });

  test('takes no variable past its form', async () => {
    const { task } = await newTask();
    const refused = await send(approver, 'POST', `${ENGINE}/task/${task}/submit-form`, {
      variables: { decision: { value: 'approve' }, starter: { value: 'x' } },
    });
    expect([refused.status, refused.json()]).toEqual([
      403,
      { type: 'forbidden', message: 'The form has no field "starter".' },
    ]);
  });

  test('is decided by the first of two people, and the other reads so', async () => {
    const { task } = await newTask();
    const body = { variables: { decision: { value: 'approve' } } };
    const answers = await Promise.all(
      [approver, secondApprover].map((each) => send(each, 'POST', `${ENGINE}/task/${task}/submit-form`, body)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
    const message = 'This task was completed meanwhile, in another window or by someone else. Nothing was changed.';
    expect(answers.find(({ status }) => status === 404)?.json()).toEqual({ type: 'not-found', message });
    expect((await send(approver, 'POST', `${ENGINE}/task/${task}/submit-form`, body)).json()).toEqual({
      type: 'not-found',
      message,
    });
  });

  test('is gone with its instance, which is not called completed', async () => {
    const { task, instance } = await newTask();
    await app.engine.call({ user: system, method: 'DELETE', path: `/process-instance/${instance}` });
    const body = { variables: { decision: { value: 'approve' } } };
    const to = (id: string) => send(approver, 'POST', `${ENGINE}/task/${id}/submit-form`, body);
    expect((await to(task)).json()).toEqual({
      type: 'not-found',
      message: 'This task was withdrawn meanwhile: its process went another way or was ended. Nothing was changed.',
    });
    expect((await to('00000000-0000-0000-0000-000000000000')).json()).toEqual({
      type: 'not-found',
      message: 'There is no such task.',
    });
  });

  test('is postponed by its follow-up date, and changed in no other way', async () => {
    const { task } = await newTask();
    await send(approver, 'POST', `${ENGINE}/task/${task}/claim`, { userId: names.get(approver) });
    const shown = (await approver.get(`${ENGINE}/task/${task}`)).json();
    const followUp = '2031-05-06T07:08:09.000+0000';
    const postponed = await send(approver, 'PUT', `${ENGINE}/task/${task}`, { ...shown, followUp });
    expect([postponed.status, postponed.text]).toEqual([204, '']);
    expect((await approver.get(`${ENGINE}/task/${task}`)).json()).toEqual({
      ...shown,
      followUp,
      lastUpdated: expect.anything(),
    });
    for (const change of [
      { assignee: names.get(secondApprover) },
      { name: 'x' },
      { due: followUp },
      { owner: 'x' },
      { priority: 1 },
    ]) {
      const refused = await send(approver, 'PUT', `${ENGINE}/task/${task}`, { ...shown, ...change });
      expect(refused.json()).toMatchObject({
        type: 'forbidden',
        message: expect.stringContaining(Object.keys(change)[0] ?? ''),
      });
    }
  });

  test('can be claimed for oneself only', async () => {
    const { task } = await newTask();
    const refused = await send(approver, 'POST', `${ENGINE}/task/${task}/claim`, { userId: names.get(secondApprover) });
    expect([refused.status, refused.json()]).toMatchObject([
      403,
      { message: 'A task can be claimed for yourself only.' },
    ]);
  });
});
