import { messages } from '../../src/process/contract/index.js';
import type { ProcessKit } from '../support/process-kit.js';
import type { ProcessRun } from '../support/process-run.js';

const batch = {
  number: 1,
  label: '',
  owner: 'producer',
  chosen: 3,
  skipped: 0,
  ordered: 0,
  produced: 0,
  failed: 0,
  cancelled: 0,
  rows: [],
};
const prepared = {
  ...{ batchId: 'batch-1', round: 0, batch: { id: 'batch-1', ...batch } },
  ...{ exceptionOptions: [], cardTypeOptions: [], notice: '3 approved cards are chosen.', refusal: null },
};
const chosen = ['cards-wanted', 'prepare-batch', 'choose-batch', 'next-step'];
const waited = ['wait-for-round', 'how-it-ended'];

/**
 * The walks through Issue multiple cards.
 * @param kit read when a walk begins, since the engine starts after the walks are declared
 */
export function issueMultipleCardsWalks(kit: () => ProcessKit): void {
  const ended = (run: ProcessRun, batchState: 'completed' | 'reviewing', round = 1) =>
    run.send(messages.batchRoundEnded, { batchState, round, batch: { id: 'batch-1', ...batch } });

  async function started(): Promise<ProcessRun> {
    const run = await kit().submitStart('issue-multiple-cards', { department: 'Testing' });
    await run.complete('prepare-batch', prepared);
    return run;
  }

  async function waiting(): Promise<ProcessRun> {
    const run = await started();
    await run.submit('choose-batch', { action: 'next', exceptions: ['card-1'] });
    await run.complete('order-batch', {});
    return run;
  }

  async function reviewing(): Promise<ProcessRun> {
    const run = await waiting();
    await ended(run, 'reviewing');
    return run;
  }

  describe('Issue multiple cards in Tasklist', () => {
    test('is two external tasks, one form and one message for any number of cards', async () => {
      const run = await waiting();
      expect(run.taken[1]?.inputs).toEqual({
        batchId: 'batch-1',
        round: 0,
        exceptions: '["card-1"]',
        orderTask: 'choose-batch',
      });
      await ended(run, 'completed');
      expect(await run.path()).toEqual([...chosen, 'order-batch', ...waited, 'batch-completed']);
      expect(await run.state()).toBe('COMPLETED');
      expect(await run.steps()).toEqual({ externalTasks: 2, userTasks: 1, jobs: 0 });
    });

    test('choosing again, then cancelling, drops the draft', async () => {
      const run = await started();
      await run.submit('choose-batch', { action: 'search', department: 'Night Shift' });
      expect((await run.complete('prepare-batch', prepared)).inputs).toMatchObject({ department: 'Night Shift' });
      await run.submit('choose-batch', { action: 'cancel' });
      const { inputs } = await run.complete('close-batch', {});
      expect(inputs).toEqual({ batchId: 'batch-1', decision: 'cancel', reason: null, closeTask: 'choose-batch' });
      expect((await run.path()).slice(-3)).toEqual(['next-step', 'drop-draft', 'cancelled']);
    });

    test('a draft that was dropped already is cancelled all the same', async () => {
      const run = await started();
      await run.submit('choose-batch', { action: 'cancel' });
      await run.refuse('close-batch', 'batch-refused', 'It is ordered already.');
      expect((await run.path()).slice(-3)).toEqual(['drop-draft', 'drop-refused', 'cancelled']);
    });

    test('a refused order brings the operator back to the form, which says why', async () => {
      const run = await started();
      await run.submit('choose-batch', { action: 'next' });
      await run.refuse('order-batch', 'batch-refused', 'No card is left.');
      expect((await run.complete('prepare-batch', prepared)).inputs).toMatchObject({ refusal: 'No card is left.' });
      await run.openTask('choose-batch');
      expect((await run.path()).slice(-4)).toEqual([
        'order-refused',
        'someone-asking',
        'prepare-batch',
        'choose-batch',
      ]);
    });
  });

  describe('Issue multiple cards over the API', () => {
    const start = () => kit().sendStart(messages.batchOrdered, { batchId: 'batch-1', round: 0 });

    test('orders at once', async () => {
      const run = await start();
      await run.complete('order-batch', {});
      await ended(run, 'completed');
      expect(await run.path()).toEqual(['batch-ordered', 'order-batch', ...waited, 'batch-completed']);
      expect(await run.steps()).toEqual({ externalTasks: 1, userTasks: 0, jobs: 0 });
    });

    test('is refused where nobody is there to ask', async () => {
      const run = await start();
      await run.refuse('order-batch', 'batch-refused', 'No.');
      expect((await run.path()).slice(-3)).toEqual(['order-refused', 'someone-asking', 'refused']);
      expect(await run.state()).toBe('COMPLETED');
    });
  });

  describe('A round with failures', () => {
    test('is repeated and ends', async () => {
      const run = await reviewing();
      expect((await run.openTask('review-batch')).candidateGroups).toEqual(['card-producers']);
      await run.submit('review-batch', { decision: 'repeat' });
      const { inputs } = await run.complete('order-batch', {});
      expect(inputs).toMatchObject({ batchId: 'batch-1', round: 1, orderTask: 'review-batch' });
      await ended(run, 'completed', 2);
      expect((await run.path()).slice(-7)).toEqual([
        'how-it-ended',
        'review-batch',
        'what-next',
        'order-again',
        ...waited,
        'batch-completed',
      ]);
    });

    test.each(['complete', 'cancel'])('is closed: %s', async (decision) => {
      const run = await reviewing();
      await run.submit('review-batch', { decision, reason: 'Wrong layout.' });
      const { inputs } = await run.complete('close-batch', {});
      expect(inputs).toEqual({ batchId: 'batch-1', decision, reason: 'Wrong layout.', closeTask: 'review-batch' });
      expect((await run.path()).slice(-3)).toEqual(['what-next', 'close-batch', 'batch-closed']);
    });

    test.each([
      ['repeat', 'order-batch', 'order-again', 'again-refused'],
      ['complete', 'close-batch', 'close-batch', 'close-refused'],
    ] as const)('%s refused asks again and says why', async (decision, topic, activity, boundary) => {
      const run = await reviewing();
      const { id } = await run.submit('review-batch', { decision });
      await run.refuse(topic, 'batch-refused', 'Not now.');
      expect((await run.openTask('review-batch')).id).not.toBe(id);
      expect((await run.path()).slice(-4)).toEqual(['what-next', activity, boundary, 'review-batch']);
    });

    test.each([
      ['ordering', ['reviewed-how', 'order-again']],
      ['completed', ['reviewed-how', 'closed-elsewhere']],
    ])('that was reviewed elsewhere continues there: %s', async (batchState, path) => {
      const run = await reviewing();
      await run.openTask('review-batch');
      await run.send(messages.batchReviewed, { batchState });
      expect((await run.path()).slice(-3)).toEqual(['reviewed-elsewhere', ...path]);
    });
  });
}
