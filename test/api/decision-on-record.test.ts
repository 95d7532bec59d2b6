/**
 * What is on record as a decision is what a person's form said, whatever else a diagram sets, and only from people who may approve. The
 * engine is real; its diagrams are those that the gate refuses, deployed past it.
 */
import { technicalAccounts } from '../../src/domain/roles.js';
import { bootstrapEngine } from '../../src/engine/bootstrap.js';
import { EngineClient } from '../../src/engine/client.js';
import { EngineHistory } from '../../src/engine/history.js';
import { engineSources } from '../../src/requests/decision-sources.js';
import { decidedBy } from '../../src/requests/decided-by.js';
import { chain, flow, sample } from '../bpmn/model-cases/model-case.js';
import { lentEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { typed, type Values } from '../support/process-run.js';

const server = technicalAccounts.server;
let engine: EngineClient;
let sources: ReturnType<typeof engineSources>;
let database: TestDatabase;

beforeAll(async () => {
  const connection = await lentEngine();
  engine = new EngineClient(connection.engineUrl, connection.door);
  await bootstrapEngine(engine, server, {
    approver: 'sample-Pass-1',
    approver2: 'sample-Pass-2',
    operator: 'sample-Pass-3',
  });
  database = await createTestDatabase();
  sources = engineSources(database.knex, engine, technicalAccounts.worker);
}, 120_000);
afterAll(async () => {
  await engine?.close();
  await database?.drop();
});

const mapping = (...parameters: readonly string[]) =>
  `<extensionElements><camunda:inputOutput>${parameters.join('')}</camunda:inputOutput></extensionElements>`;
const into = (name: string, value: string) =>
  `<camunda:inputParameter name="${name}">${value}</camunda:inputParameter>`;
const outOf = (name: string, value: string) =>
  `<camunda:outputParameter name="${name}">${value}</camunda:outputParameter>`;
const deciding = (inner = '', id = 'decide'): readonly [string, string] => [
  id,
  `<userTask id="${id}" name="Decide" camunda:candidateGroups="card-approvers">${inner}</userTask>`,
];
/** Waits as a worker's task does, with the inputs that the last release mapped for a time limit. */
const recording = (id = 'record', inner = ''): readonly [string, string] => [
  id,
  `<serviceTask id="${id}" name="Record" camunda:type="external" camunda:topic="record-decision">${inner}</serviceTask>`,
];
const manual = (inner: string): readonly [string, string] => [
  'look',
  `<manualTask id="look" name="Look">${inner}</manualTask>`,
];
const mappedByLastRelease = mapping(into('decision', 'reject'), into('cause', 'time-limit'));
/** An approval that a time limit can end, both recorded by a task of their own. */
const withTimeLimit = [
  chain(deciding(), recording()),
  '<boundaryEvent id="late" name="Too late" attachedToRef="decide"><messageEventDefinition messageRef="limit" /></boundaryEvent>',
  recording('record-late', mappedByLastRelease)[1],
  '<endEvent id="rejected" />',
  flow('late', 'record-late'),
  flow('record-late', 'rejected'),
].join('');
const roots = '<message id="limit" name="approval-time-limit-reached" />';

interface Running {
  readonly processInstanceId: string;
  readonly processDefinitionId: string;
}

let count = 0;

/** Deploys a diagram past the gate and starts it. */
async function begin(inner: string): Promise<Running> {
  count += 1;
  const id = `tampered-${count}`;
  const { name, content } = sample(inner, { id, roots });
  const form = new FormData();
  form.set('deployment-name', id);
  form.set(name, new Blob([content]), name);
  await engine.call({ user: server, method: 'POST', path: '/deployment/create', body: form });
  const started = await engine.call<{ id: string; definitionId: string }>({
    user: server,
    method: 'POST',
    path: `/process-definition/key/${id}/start`,
    body: {},
  });
  return { processInstanceId: started.id, processDefinitionId: started.definitionId };
}

async function taskOf({ processInstanceId }: Running, taskDefinitionKey = 'decide'): Promise<string> {
  const [task] = await engine.call<{ id: string }[]>({
    user: server,
    path: '/task',
    query: { processInstanceId, taskDefinitionKey },
  });
  if (task === undefined) throw new Error(`${taskDefinitionKey} is not open`);
  return task.id;
}

/** A person completes a task by its form. */
async function submit(running: Running, entered: Values, user = 'approver', task = 'decide'): Promise<void> {
  const path = `/task/${await taskOf(running, task)}/submit-form`;
  await engine.call({ user, method: 'POST', path, body: { variables: typed(entered) } });
}

const tellTimeLimit = ({ processInstanceId }: Running) =>
  engine.call({
    user: server,
    method: 'POST',
    path: '/message',
    body: { messageName: 'approval-time-limit-reached', processInstanceId },
  });

const decided = (running: Running, ...tasks: readonly string[]) => decidedBy(sources, running, tasks);
const entered = { decision: 'approve', reason: null, seenContent: 'what Anna saw' };
const asEntered = {
  cause: 'approver',
  decision: 'approve',
  reason: null,
  seenContent: 'what Anna saw',
  proof: { user: 'approver' },
};

describe('the form alone answers', () => {
  const others = ['decision', 'reason', 'seenContent'].map((name) => outOf(name, 'reject'));

  test.each<[string, string]>([
    ['nothing else', chain(deciding(), recording())],
    ['a mapping out of the approval', chain(deciding(mapping(...others)), recording())],
    [
      'a mapping into it and out of it',
      chain(deciding(mapping(into('decision', 'reject'), into('seenContent', 'else'), ...others)), recording()),
    ],
    ['another activity', chain(deciding(), manual(mapping(...others)), recording())],
    [
      'inputs of the task that records',
      chain(deciding(), recording('record', mapping(into('decision', 'reject'), into('cause', 'time-limit')))),
    ],
  ])('beside %s', async (_what, diagram) => {
    const running = await begin(diagram);
    await submit(running, entered);
    expect(await decided(running, 'decide')).toMatchObject(asEntered);
  });

  test('the latest time that people came to it', async () => {
    const running = await begin(
      [
        '<startEvent id="begin" />',
        deciding()[1],
        '<exclusiveGateway id="again" default="again-to-record" />',
        recording()[1],
        '<endEvent id="end" />',
        flow('begin', 'decide'),
        flow('decide', 'again'),
        flow('again', 'decide', "${decision == 'reject'}"),
        flow('again', 'record'),
        flow('record', 'end'),
      ].join(''),
    );
    await submit(running, { decision: 'reject', reason: 'Not now.', seenContent: 'before' }, 'approver2');
    await submit(running, entered);
    expect(await decided(running, 'decide')).toMatchObject(asEntered);
  });

  test('nothing where the task was completed without its form', async () => {
    const running = await begin(chain(deciding(), recording()));
    const path = `/task/${await taskOf(running)}/complete`;
    await engine.call({ user: 'approver', method: 'POST', path, body: { variables: typed(entered) } });
    expect(await decided(running, 'decide')).toEqual({
      cause: null,
      refusal: 'The form said neither approve nor reject. Decide again.',
    });
  });

  test('a completion in another instance is none of this one', async () => {
    const diagram = chain(deciding(), recording());
    await submit(await begin(diagram), entered);
    expect(await decided(await begin(diagram), 'decide')).toMatchObject({ cause: null });
  });

  describe('about the exceptions of a batch', () => {
    const exceptions = [{ row: 3, reason: 'Not employed any more.' }];
    const replaced = outOf('exceptions', '[]');

    test.each<[string, string]>([
      ['nothing else', ''],
      ['a mapping out of the approval', mapping(replaced)],
      ['a mapping into it and out of it', mapping(into('exceptions', '[]'), replaced)],
    ])('beside %s', async (_what, mapped) => {
      const running = await begin(chain(deciding(mapped), manual(mapping(replaced)), recording()));
      await submit(running, { decision: 'approve', exceptions });
      const history = new EngineHistory(engine, technicalAccounts.worker);
      const [completion] = await history.completionsOf(running.processInstanceId, 'decide');
      if (completion === undefined) throw new Error('nobody completed it');
      expect(JSON.parse((await history.jsonEntered(completion, 'exceptions')) ?? 'null')).toEqual(exceptions);
    });
  });
});

describe('a time limit decides by its event', () => {
  test('in a diagram of the last release, which maps the cause', async () => {
    const running = await begin(withTimeLimit);
    await tellTimeLimit(running);
    expect(await decided(running)).toEqual({ cause: 'time-limit' });
  });

  test('never by a text that a diagram maps', async () => {
    const running = await begin(chain(deciding(), recording('record', mappedByLastRelease)));
    await submit(running, entered);
    await expect(decided(running)).rejects.toThrow('No time limit has ended this approval');
  });

  test('and ends what people had decided before, but not what they decide after', async () => {
    const running = await begin(
      [
        '<startEvent id="begin" />',
        deciding()[1],
        '<exclusiveGateway id="again" default="again-to-record" />',
        recording()[1],
        '<endEvent id="end" />',
        '<boundaryEvent id="late" name="Too late" attachedToRef="decide"><messageEventDefinition messageRef="limit" /></boundaryEvent>',
        flow('begin', 'decide'),
        flow('decide', 'again'),
        flow('again', 'decide', "${decision == 'reject'}"),
        flow('again', 'record'),
        flow('record', 'end'),
        flow('late', 'decide'),
      ].join(''),
    );
    await submit(running, { decision: 'reject', reason: 'Not now.', seenContent: 'before' });
    expect(await decided(running, 'decide')).toMatchObject({ decision: 'reject', reason: 'Not now.' });
    await tellTimeLimit(running);
    expect(await decided(running, 'decide')).toEqual({ cause: 'time-limit' });
    await submit(running, entered);
    expect(await decided(running, 'decide')).toMatchObject(asEntered);
  });
});

describe('only people who may approve', () => {
  const refusal = (who: string) => ({
    cause: null,
    refusal: `${who} is not one of those who may approve. Decide again.`,
  });

  test('not whoever was given the task', async () => {
    const running = await begin(chain(deciding(), recording()));
    const path = `/task/${await taskOf(running)}/assignee`;
    await engine.call({ user: server, method: 'POST', path, body: { userId: 'operator' } });
    await submit(running, entered, 'operator');
    expect(await decided(running, 'decide')).toEqual(refusal('operator'));
  });

  test('not who has left the approvers when it is recorded, neither as the last nor as the first of two', async () => {
    const running = await begin(chain(deciding('', 'first'), deciding('', 'second'), recording()));
    await submit(running, entered, 'approver2', 'first');
    await submit(running, { ...entered, seenContent: 'what Anna saw, too' }, 'approver', 'second');
    expect(await decided(running, 'first', 'second')).toMatchObject({
      decision: 'approve',
      shared: { task: 'second', earlier: [{ user: 'approver2' }] },
    });
    await engine.call({ user: server, method: 'DELETE', path: '/group/card-approvers/members/approver2' });
    await eventually('the engine knows', 5_000, async () => !(await sources.mayApprove('approver2')));
    expect(await decided(running, 'first', 'second')).toEqual(refusal('approver2'));
    expect(await decided(running, 'first')).toEqual(refusal('approver2'));
  });

  test('members of a group of the organisation that an administrator has marked, and only while it is marked', async () => {
    const group = { id: 'line-managers', name: 'Line managers' };
    await engine.call({ user: server, method: 'POST', path: '/group/create', body: { ...group, type: 'WORKFLOW' } });
    await engine.call({ user: server, method: 'PUT', path: '/group/line-managers/members/operator' });
    await database.knex('own_group').insert({ ...group, may_approve: true });
    const running = await begin(chain(deciding(), recording()));
    const path = `/task/${await taskOf(running)}/assignee`;
    await engine.call({ user: server, method: 'POST', path, body: { userId: 'operator' } });
    await submit(running, entered, 'operator');
    expect(await decided(running, 'decide')).toMatchObject({ ...asEntered, proof: { user: 'operator' } });
    await database.knex('own_group').update({ may_approve: false });
    expect(await decided(running, 'decide')).toEqual(refusal('operator'));
  });
});
