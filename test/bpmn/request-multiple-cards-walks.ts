import { messages } from '../../src/process/contract/index.js';
import type { ProcessKit } from '../support/process-kit.js';
import type { ProcessRun } from '../support/process-run.js';

type Variant = 'request-multiple-cards-with-approval' | 'request-multiple-cards-without-approval';

const batch = {
  id: 'batch-1',
  number: 1,
  label: '',
  owner: 'operator',
  chosen: 3,
  skipped: 0,
  ordered: 3,
  produced: 0,
  failed: 0,
  cancelled: 0,
  rows: [],
};
const prepared = {
  batchId: 'batch-1',
  batch: { ...batch, skippedRows: [] },
  cardTypeOptions: [],
  variant: null,
  notice: '3 card holders are chosen.',
  refusal: null,
};
const running = { batchState: 'running', batch };
const completed = { batchState: 'completed', batch };
const chosen = ['cards-wanted', 'prepare-requests', 'choose-holders', 'next-step'];
const registered = ['requests-begin', 'register-requests', 'anything-registered'];

/**
 * The walks through Request multiple cards.
 * @param kit read when a walk begins, since the engine starts after the walks are declared
 */
export function requestMultipleCardsWalks(kit: () => ProcessKit): void {
  const by = (variant: Variant) => ({ variantKey: variant, variantVersion: kit().versions.get(variant) ?? 0 });

  async function started(): Promise<ProcessRun> {
    const run = await kit().submitStart('request-multiple-cards', { cardType: 'employee', department: 'Testing' });
    await run.complete('prepare-requests', prepared);
    return run;
  }

  const overTheApi = (variant: Variant) =>
    kit().sendStart(messages.requestsOrdered, { batchId: 'batch-1', ...by(variant) });

  /** Over the API, waiting for its decision. */
  async function waiting(): Promise<ProcessRun> {
    const run = await overTheApi('request-multiple-cards-with-approval');
    await run.complete('register-requests', running);
    await run.openTask('decide-requests');
    return run;
  }

  describe('Request multiple cards in Tasklist', () => {
    test('is three external tasks, two forms and no job for any number of cards', async () => {
      const run = await started();
      await run.submit('choose-holders', { action: 'next', ...by('request-multiple-cards-with-approval') });
      expect((await run.complete('register-requests', running)).inputs).toEqual({
        batchId: 'batch-1',
        requestedState: 'requested',
      });
      expect((await run.openTask('decide-requests')).candidateGroups).toEqual(['card-approvers']);
      const exceptions = [{ row: 2, reason: 'Has left.' }];
      await run.submit('decide-requests', { decision: 'approve', exceptions });
      const { inputs } = await run.complete('record-decisions', { ...completed, refusal: null });
      expect(inputs).toEqual({ batchId: 'batch-1', approvalTask: 'decide-requests' });
      expect(await run.path()).toEqual([
        ...chosen,
        'run-variant',
        ...registered,
        'decide-requests',
        'record-decisions',
        'all-decided',
        'requests-decided',
        'requests-closed',
      ]);
      expect(await run.state()).toBe('COMPLETED');
      expect(await run.steps()).toEqual({ externalTasks: 3, userTasks: 2, jobs: 0 });
    });

    test('choosing others, then cancelling, drops the draft', async () => {
      const run = await started();
      await run.submit('choose-holders', { action: 'search', holderNames: 'P-1\nP-2' });
      expect((await run.complete('prepare-requests', prepared)).inputs).toMatchObject({ holderNames: 'P-1\nP-2' });
      await run.submit('choose-holders', { action: 'cancel' });
      expect((await run.complete('close-batch', {})).inputs).toMatchObject({
        batchId: 'batch-1',
        decision: 'cancel',
        closeTask: 'choose-holders',
      });
      expect((await run.path()).slice(-3)).toEqual(['next-step', 'drop-draft', 'cancelled']);
    });

    test('a draft that was dropped already is cancelled all the same', async () => {
      const run = await started();
      await run.submit('choose-holders', { action: 'cancel' });
      await run.refuse('close-batch', 'batch-refused', 'It is requested already.');
      expect((await run.path()).slice(-3)).toEqual(['drop-draft', 'drop-refused', 'cancelled']);
    });

    test.each([
      ['variant-changed', 'variant-changed'],
      ['batch-refused', 'requests-refused'],
    ] as const)(
      'a registration that is refused (%s) brings the operator back to the form, which says why',
      async (code, boundary) => {
        const run = await started();
        await run.submit('choose-holders', { action: 'next', ...by('request-multiple-cards-with-approval') });
        await run.refuse('register-requests', code, 'Not like this.');
        expect((await run.complete('prepare-requests', prepared)).inputs).toMatchObject({ refusal: 'Not like this.' });
        await run.openTask('choose-holders');
        expect((await run.path()).slice(-4)).toEqual([
          boundary,
          'someone-asking',
          'prepare-requests',
          'choose-holders',
        ]);
      },
    );
  });

  describe('Request multiple cards over the API', () => {
    test('without an approval is one external task', async () => {
      const run = await overTheApi('request-multiple-cards-without-approval');
      expect((await run.complete('register-requests', completed)).inputs).toEqual({
        batchId: 'batch-1',
        requestedState: 'approved',
      });
      expect(await run.path()).toEqual([
        'requests-ordered',
        'run-variant',
        'requests-begin',
        'register-requests',
        'requests-approved',
        'requests-closed',
      ]);
      expect(await run.steps()).toEqual({ externalTasks: 1, userTasks: 0, jobs: 0 });
    });

    test('is refused where nobody is there to ask', async () => {
      const run = await overTheApi('request-multiple-cards-with-approval');
      await run.refuse('register-requests', 'batch-refused', 'No.');
      expect((await run.path()).slice(-3)).toEqual(['requests-refused', 'someone-asking', 'refused']);
    });

    test('ends where nobody could be registered', async () => {
      const run = await overTheApi('request-multiple-cards-with-approval');
      await run.complete('register-requests', completed);
      expect((await run.path()).slice(-3)).toEqual(['anything-registered', 'nothing-to-decide', 'requests-closed']);
    });
  });

  describe('A batch of requests that waits', () => {
    test('comes again for another approver where something is left', async () => {
      const run = await waiting();
      const { id } = await run.submit('decide-requests', { decision: 'approve', exceptions: [] });
      await run.complete('record-decisions', { ...running, refusal: 'Some requests still wait: one is for you.' });
      expect((await run.openTask('decide-requests')).id).not.toBe(id);
      expect((await run.path()).slice(-3)).toEqual(['record-decisions', 'all-decided', 'decide-requests']);
    });

    test('comes again where the decision was refused', async () => {
      const run = await waiting();
      await run.submit('decide-requests', { decision: 'approve', exceptions: [] });
      await run.refuse('record-decisions', 'decision-refused', 'All are yours.');
      await run.openTask('decide-requests');
      expect((await run.path()).slice(-2)).toEqual(['decision-refused', 'decide-requests']);
    });

    test('ends when its requester has aborted all', async () => {
      const run = await waiting();
      await run.send(messages.requestsEnded);
      expect((await run.path()).slice(-3)).toEqual(['requests-ended', 'aborted', 'requests-closed']);
    });

    test('is rejected for time', async () => {
      const run = await waiting();
      await run.send(messages.approvalTimeLimit);
      expect((await run.complete('record-decisions', { ...completed, refusal: null })).inputs).toMatchObject({
        approvalTask: null,
      });
      expect((await run.path()).slice(-5)).toEqual([
        'time-limit-reached',
        'record-time-limit',
        'all-decided',
        'requests-decided',
        'requests-closed',
      ]);
    });

    test('waits on where the time limit has come too early', async () => {
      const run = await waiting();
      await run.send(messages.approvalTimeLimit);
      await run.refuse('record-decisions', 'decision-refused', 'Too early.');
      await run.openTask('decide-requests');
      expect((await run.path()).slice(-2)).toEqual(['time-limit-refused', 'decide-requests']);
    });
  });
}
