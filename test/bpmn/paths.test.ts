import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../../src/engine/client.js';
import { messages } from '../../src/process/contract/index.js';
import { readModelFiles } from '../../src/process/model-checks/index.js';
import { lentEngine } from '../support/engine.js';
import { ProcessKit } from '../support/process-kit.js';
import type { ProcessRun } from '../support/process-run.js';
import { paintCoverage } from './coverage-picture.js';
import { issueCardWalks } from './issue-card-walks.js';
import { issueMultipleCardsWalks } from './issue-multiple-cards-walks.js';
import { requestMultipleCardsWalks } from './request-multiple-cards-walks.js';
import { coverageReport, pathCoverage, percent } from './path-coverage.js';

/** What the workers would answer, where it does not matter what. */
const found = {
  holders: [],
  holderOptions: [{ label: 'Ada Example', value: 'ada' }],
  holder: 'ada',
  cardTypeOptions: [],
  offers: [],
  notice: 'One card holder found.',
  refusal: null,
};
const ownRequests = { requests: [], requestOptions: [], notice: 'One request waits.', refusal: null };
const registered = { requestId: 'request-1', request: { id: 'request-1' } };

let kit: ProcessKit;
/** What is shipped, and the example of the guide beside it, whose forms are the shipped ones. */
let folder: string;

beforeAll(async () => {
  kit = new ProcessKit(await lentEngine());
  folder = await mkdtemp(join(tmpdir(), 'cards-diagrams-'));
  for (const from of ['bpmn', 'docs/examples']) await cp(from, folder, { recursive: true });
  await kit.deploy(folder);
}, 180_000);

afterAll(async () => {
  await kit?.close();
  await rm(folder, { recursive: true, force: true });
});

type Variant = 'request-card-with-approval' | 'request-card-with-two-approvals' | 'request-card-without-approval';

function chosen(variant: Variant) {
  return { variantKey: variant, variantVersion: kit.versions.get(variant) ?? 0 };
}

/** What a request over the API brings. */
function reserved(variant: Variant) {
  return { holder: 'ada', cardType: 'employee', requestId: 'request-1', ...chosen(variant) };
}

/** Next in the form of choice, with what its check adds. */
function next(variant: Variant) {
  return { action: 'next', holder: 'ada', cardType: 'employee', ...chosen(variant) };
}

async function startInTasklist(): Promise<ProcessRun> {
  return kit.submitStart('request-card', { query: 'Ada' });
}

/** A request that waits for its approver. */
async function waiting(variant: Variant = 'request-card-with-approval'): Promise<ProcessRun> {
  const run = await kit.sendStart(messages.requestReserved, reserved(variant));
  await run.complete('register-request', registered);
  return run;
}

const intoVariant = ['request-reserved', 'run-variant', 'request-begins', 'register-request'];

describe('Request card in Tasklist', () => {
  const chosenCard = ['card-wanted', 'find-holder', 'choose-card', 'next-step'];

  test('without approval ends when the request is registered', async () => {
    const run = await startInTasklist();
    expect((await run.complete('find-holder', found)).inputs).toMatchObject({ query: 'Ada' });
    const task = await run.submit('choose-card', next('request-card-without-approval'));
    expect(task.assignee).toBe('card-server');
    const { inputs, processKey } = await run.complete('register-request', registered);
    expect(processKey).toBe('request-card-without-approval');
    expect(inputs).toEqual({ requestedState: 'approved', holder: 'ada', cardType: 'employee', requestId: null });
    expect(await run.path()).toEqual([...chosenCard, ...intoVariant.slice(1), 'request-approved', 'request-closed']);
    expect(await run.state()).toBe('COMPLETED');
    expect(await run.steps()).toEqual({ externalTasks: 2, userTasks: 1, jobs: 0 });
  });

  test('searching again, then cancelling, leaves nothing running', async () => {
    const run = await startInTasklist();
    await run.complete('find-holder', found);
    await run.submit('choose-card', { action: 'search', query: 'Grace' });
    expect((await run.complete('find-holder', found)).inputs).toMatchObject({ query: 'Grace' });
    await run.submit('choose-card', { action: 'cancel' });
    expect(await run.path()).toEqual([...chosenCard, 'find-holder', 'choose-card', 'next-step', 'cancelled']);
    expect(await run.state()).toBe('COMPLETED');
  });

  test.each([
    ['variant-changed', 'The variant has changed.'],
    ['request-refused', 'There is an open request.'],
  ] as const)('%s brings the operator back to the form, which says why', async (code, refusal) => {
    const run = await startInTasklist();
    await run.complete('find-holder', found);
    await run.submit('choose-card', next('request-card-without-approval'));
    await run.refuse('register-request', code, refusal);
    expect((await run.complete('find-holder', found)).inputs).toMatchObject({ refusal });
    await run.submit('choose-card', next('request-card-with-approval'));
    await run.complete('register-request', registered);
    expect((await run.openTask('decide-request')).candidateGroups).toEqual(['card-approvers']);
    expect(await run.path()).toEqual([
      ...chosenCard,
      ...['run-variant', 'request-begins', 'register-request'],
      ...[code, 'someone-asking', 'find-holder', 'choose-card', 'next-step'],
      ...['run-variant', 'request-begins', 'register-request', 'decide-request'],
    ]);
  });

  test('with approval takes one external task more than over the API', async () => {
    const run = await startInTasklist();
    await run.complete('find-holder', found);
    await run.submit('choose-card', next('request-card-with-approval'));
    await run.complete('register-request', registered);
    await run.submit('decide-request', { decision: 'approve' });
    await run.complete('record-decision', { outcome: 'approved' });
    expect(await run.state()).toBe('COMPLETED');
    expect(await run.steps()).toEqual({ externalTasks: 3, userTasks: 2, jobs: 0 });
  });
});

describe('Request card over the API', () => {
  test('without approval is one start and one external task', async () => {
    const run = await kit.sendStart(messages.requestReserved, reserved('request-card-without-approval'));
    const { inputs } = await run.complete('register-request', registered);
    expect(inputs).toMatchObject({ requestedState: 'approved', requestId: 'request-1' });
    expect(await run.path()).toEqual([...intoVariant, 'request-approved', 'request-closed']);
    expect(await run.state()).toBe('COMPLETED');
    expect(await run.steps()).toEqual({ externalTasks: 1, userTasks: 0, jobs: 0 });
  });

  test('with approval is one start, two external tasks and the approver', async () => {
    const run = await waiting();
    expect(run.taken[0]?.inputs).toMatchObject({ requestedState: 'requested', requestId: 'request-1' });
    await run.submit('decide-request', { decision: 'approve' });
    const { inputs } = await run.complete('record-decision', { outcome: 'approved' });
    expect(inputs).toEqual({ requestId: 'request-1', approvalTask: 'decide-request' });
    expect(await run.path()).toEqual([
      ...intoVariant,
      ...['decide-request', 'record-decision', 'which-outcome', 'request-approved', 'request-closed'],
    ]);
    expect(await run.state()).toBe('COMPLETED');
    expect(await run.steps()).toEqual({ externalTasks: 2, userTasks: 1, jobs: 0 });
  });

  test.each(['variant-changed', 'request-refused'] as const)('%s ends it: nobody is there to ask', async (code) => {
    const run = await kit.sendStart(messages.requestReserved, reserved('request-card-without-approval'));
    await run.refuse('register-request', code, 'No.');
    expect(await run.path()).toEqual([...intoVariant, code, 'someone-asking', 'refused']);
    expect(await run.state()).toBe('COMPLETED');
  });

  test('a variant or version that was never deployed refuses the start', async () => {
    const known = reserved('request-card-without-approval');
    for (const wrong of [{ variantKey: 'request-card-by-magic' }, { variantVersion: 999 }]) {
      await expect(kit.sendStart(messages.requestReserved, { ...known, ...wrong })).rejects.toThrow(EngineError);
    }
  });
});

describe('Approval', () => {
  const waits = [...intoVariant, 'decide-request'];

  test('a rejection is recorded with its reason', async () => {
    const run = await waiting();
    await run.submit('decide-request', { decision: 'reject', reason: 'Not employed any more.' });
    await run.complete('record-decision', { outcome: 'rejected' });
    expect(await run.path()).toEqual([
      ...waits,
      ...['record-decision', 'which-outcome', 'request-rejected', 'request-closed'],
    ]);
  });

  test('a decision on a request that was closed before changes nothing', async () => {
    const run = await waiting();
    await run.submit('decide-request', { decision: 'approve' });
    await run.complete('record-decision', { outcome: 'aborted' });
    expect(await run.path()).toEqual([...waits, 'record-decision', 'which-outcome', 'closed-before', 'request-closed']);
  });

  test('a refused decision opens the task again and says why', async () => {
    const run = await waiting();
    const { id } = await run.submit('decide-request', { decision: 'approve' });
    await run.refuse('record-decision', 'decision-refused', 'You requested this card yourself.');
    expect((await run.openTask('decide-request')).id).not.toBe(id);
    expect(await run.path()).toEqual([...waits, 'record-decision', 'decision-refused', 'decide-request']);
  });

  test('the requester withdraws the request while it waits', async () => {
    const run = await waiting();
    await run.send(messages.requestAborted);
    expect(await run.path()).toEqual([...waits, 'request-aborted', 'aborted', 'request-closed']);
    expect(await run.state()).toBe('COMPLETED');
  });

  test('the time limit rejects', async () => {
    const run = await waiting();
    await run.send(messages.approvalTimeLimit);
    const { inputs } = await run.complete('record-decision', { outcome: 'rejected' });
    expect(inputs).toMatchObject({ approvalTask: null });
    expect(await run.path()).toEqual([
      ...waits,
      ...['time-limit-reached', 'record-time-limit', 'which-outcome', 'request-rejected', 'request-closed'],
    ]);
    expect((await run.steps()).externalTasks).toBe(2);
  });

  test('a time limit that comes too early leaves the request waiting', async () => {
    const run = await waiting();
    await run.send(messages.approvalTimeLimit);
    await run.refuse('record-decision', 'decision-refused', 'The time limit has not passed.');
    await run.openTask('decide-request');
    expect(await run.path()).toEqual([
      ...waits,
      ...['time-limit-reached', 'record-time-limit', 'time-limit-refused', 'decide-request'],
    ]);
  });
});

describe('Approval by two people', () => {
  const first = [...intoVariant, 'first-approval'];
  const second = [...first, 'first-answer', 'second-approval'];

  /** A request that one approver has approved. */
  async function halfApproved(): Promise<ProcessRun> {
    const run = await waiting('request-card-with-two-approvals');
    await run.submit('first-approval', { decision: 'approve' });
    return run;
  }

  test('the second approval follows the first, and both are recorded at once', async () => {
    const run = await halfApproved();
    expect((await run.openTask('second-approval')).candidateGroups).toEqual(['card-approvers']);
    await run.submit('second-approval', { decision: 'approve' });
    const { inputs } = await run.complete('record-decision', { outcome: 'approved' });
    expect(inputs).toMatchObject({ approvalTask: 'first-approval, second-approval' });
    expect(await run.path()).toEqual([
      ...second,
      'record-decision',
      'which-outcome',
      'request-approved',
      'request-closed',
    ]);
    expect(await run.steps()).toEqual({ externalTasks: 2, userTasks: 2, jobs: 0 });
  });

  const rejection = { decision: 'reject', reason: 'Not employed any more.' };
  const rejected = ['record-decision', 'which-outcome', 'request-rejected', 'request-closed'];

  test('the first approver rejects, and nobody else is asked', async () => {
    const run = await waiting('request-card-with-two-approvals');
    await run.submit('first-approval', rejection);
    await run.complete('record-decision', { outcome: 'rejected' });
    expect(await run.path()).toEqual([...first, 'first-answer', ...rejected]);
  });

  test('the second approver rejects', async () => {
    const run = await halfApproved();
    await run.submit('second-approval', rejection);
    await run.complete('record-decision', { outcome: 'rejected' });
    expect(await run.path()).toEqual([...second, ...rejected]);
  });

  test('a refused decision begins again with the first approval', async () => {
    const run = await halfApproved();
    await run.submit('second-approval', { decision: 'approve' });
    await run.refuse('record-decision', 'decision-refused', 'The same person approved twice.');
    await run.openTask('first-approval');
    expect(await run.path()).toEqual([...second, 'record-decision', 'decision-refused', 'first-approval']);
  });

  test('a decision on a request that was closed before changes nothing', async () => {
    const run = await halfApproved();
    await run.submit('second-approval', { decision: 'approve' });
    await run.complete('record-decision', { outcome: 'aborted' });
    expect(await run.path()).toEqual([
      ...second,
      'record-decision',
      'which-outcome',
      'closed-before',
      'request-closed',
    ]);
  });

  test.each([
    ['first', () => waiting('request-card-with-two-approvals'), first],
    ['second', halfApproved, second],
  ] as const)(
    'withdrawing and the time limit end it while it waits for the %s approval',
    async (which, begin, path) => {
      const withdrawn = await begin();
      await withdrawn.send(messages.requestAborted);
      expect(await withdrawn.path()).toEqual([...path, `${which}-request-aborted`, 'aborted', 'request-closed']);
      const late = await begin();
      await late.send(messages.approvalTimeLimit);
      const { inputs } = await late.complete('record-decision', { outcome: 'rejected' });
      expect(inputs).toMatchObject({ approvalTask: null });
      expect(await late.path()).toEqual([
        ...path,
        ...[`${which}-time-limit-reached`, 'record-time-limit', 'which-outcome', 'request-rejected', 'request-closed'],
      ]);
    },
  );

  test('a time limit that comes too early leaves the request waiting', async () => {
    const run = await halfApproved();
    await run.send(messages.approvalTimeLimit);
    await run.refuse('record-decision', 'decision-refused', 'The time limit has not passed.');
    await run.openTask('first-approval');
    expect(await run.path()).toEqual([
      ...second,
      ...['second-time-limit-reached', 'record-time-limit', 'time-limit-refused', 'first-approval'],
    ]);
  });
});

describe('Abort card request', () => {
  const choosing = ['abort-wanted', 'find-own-requests', 'choose-request', 'abort-or-not'];

  async function begin(): Promise<ProcessRun> {
    const run = await kit.submitStart('abort-card-request');
    await run.complete('find-own-requests', ownRequests);
    return run;
  }

  test('withdraws the chosen request', async () => {
    const run = await begin();
    await run.submit('choose-request', { action: 'next', requestId: 'request-1', reason: 'Wrong person.' });
    const { inputs } = await run.complete('abort-request', {});
    expect(inputs).toEqual({ requestId: 'request-1', reason: 'Wrong person.' });
    expect(await run.path()).toEqual([...choosing, 'abort-request', 'request-aborted']);
    expect(await run.state()).toBe('COMPLETED');
  });

  test('cancelling keeps everything', async () => {
    const run = await begin();
    await run.submit('choose-request', { action: 'cancel' });
    expect(await run.path()).toEqual([...choosing, 'kept']);
  });

  test('a request that was decided meanwhile leads back to the list, which says why', async () => {
    const run = await begin();
    await run.submit('choose-request', { action: 'next', requestId: 'request-1' });
    await run.refuse('abort-request', 'abort-refused', 'It was approved meanwhile.');
    const { inputs } = await run.complete('find-own-requests', ownRequests);
    expect(inputs).toMatchObject({ refusal: 'It was approved meanwhile.' });
    expect(await run.path()).toEqual([
      ...choosing,
      ...['abort-request', 'abort-refused', 'find-own-requests', 'choose-request'],
    ]);
  });
});

issueCardWalks(() => kit);
issueMultipleCardsWalks(() => kit);
requestMultipleCardsWalks(() => kit);

describe('What the diagrams rely on', () => {
  test('an error that nobody catches is refused by the engine and ends nothing', async () => {
    const run = await waiting();
    await run.submit('decide-request', { decision: 'approve' });
    const uncaught = run.refuse(
      'record-decision',
      'nobody-catches-this' as 'decision-refused',
      'Nobody knows this code.',
    );
    await expect(uncaught).rejects.toThrow(EngineError);
    expect(await run.state()).toBe('ACTIVE');
    expect((await run.path()).at(-1)).toBe('record-decision');
  });

  test('work that is given up is an incident, and the process stays where it is', async () => {
    const run = await startInTasklist();
    await run.fail('find-holder', 'The directory does not answer.');
    expect(await run.incidents()).toEqual(['The directory does not answer.']);
    expect(await run.path()).toEqual(['card-wanted', 'find-holder']);
  });

  test('a message that nobody waits for is refused', async () => {
    const run = await kit.sendStart(messages.requestReserved, reserved('request-card-with-approval'));
    await expect(run.send(messages.requestAborted)).rejects.toMatchObject({ status: 400 });
  });
});

test('the walks above cover at least 95 % of the flow nodes and of the sequence flows of each diagram', async () => {
  const traces = await Promise.all(kit.runs.map((run) => run.trace()));
  const files = await readModelFiles(folder);
  const coverage = await pathCoverage(files, traces);
  await paintCoverage(files, coverage, 'test-results/paths');
  process.stdout.write(`${coverageReport(coverage)}\nPainted in test-results/paths.\n`);
  const short = coverage.filter(({ nodes, flows }) => percent(nodes) < 95 || percent(flows) < 95);
  expect(short).toEqual([]);
});
