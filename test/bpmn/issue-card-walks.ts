import { messages, type topics } from '../../src/process/contract/index.js';
import type { Outputs } from '../../workers/runtime/index.js';
import type { ProcessKit } from '../support/process-kit.js';
import type { ProcessRun } from '../support/process-run.js';

/** What the worker would find, where it does not matter what. */
const found: Outputs<(typeof topics)['find-issuable']> = {
  ...{ direct: false, cards: [], cardOptions: [{ label: 'Ada Example', value: 'card-1' }], card: 'card-1' },
  ...{ holders: [], holderOptions: [], holder: null, cardTypeOptions: [] },
  ...{ notice: 'One approved card.', refusal: null },
};
const ordered = { card: 'card-1', productionNumber: 1 };
const variants = ['issue-card-from-approved', 'issue-card-directly'] as const;

type Variant = (typeof variants)[number];

const chosenCard = ['card-to-issue', 'find-issuable', 'choose-issuable', 'next-step'];
const ordering = ['run-variant', 'issue-begins', 'ordered-already', 'order-card'];
const failing = ['wait-for-production', 'how-it-ended', 'decide-on-failure'];

/**
 * The walks through Issue card and its variants.
 * @param kit read when a walk begins, since the engine starts after the walks are declared
 */
export function issueCardWalks(kit: () => ProcessKit): void {
  /** What the check of the form adds. */
  const applies = (variant: Variant) => ({ variantKey: variant, variantVersion: kit().versions.get(variant) ?? 0 });

  async function startInTasklist(outputs = found): Promise<ProcessRun> {
    const run = await kit().submitStart('issue-card', { query: 'Ada' });
    await run.complete('find-issuable', outputs);
    return run;
  }

  /** A card that a production operator has issued, and that the backend is at. */
  async function waiting(variant: Variant): Promise<ProcessRun> {
    const direct = variant === 'issue-card-directly';
    const run = await startInTasklist(direct ? { ...found, direct, card: null } : found);
    const choice = direct ? { holder: 'ada', cardType: 'employee' } : { card: 'card-1' };
    await run.submit('choose-issuable', { action: 'next', ...choice, placed: 'no', ...applies(variant) });
    await run.complete('order-production', ordered);
    return run;
  }

  const ended = (run: ProcessRun, productionState: string, productionReason: string | null = null) =>
    run.send(messages.productionEnded, { productionState, productionReason });

  async function failed(variant: Variant): Promise<ProcessRun> {
    const run = await waiting(variant);
    await ended(run, 'failed', 'The card jammed.');
    return run;
  }

  describe('Issue card in Tasklist', () => {
    test('is two external tasks, one form and one message', async () => {
      const run = await waiting('issue-card-from-approved');
      expect(run.taken[1]).toMatchObject({
        processKey: 'issue-card-from-approved',
        inputs: { source: 'approved', card: 'card-1', orderTask: null },
      });
      await ended(run, 'produced');
      expect(await run.path()).toEqual([
        ...[...chosenCard, ...ordering],
        ...['wait-for-production', 'how-it-ended', 'card-issued', 'issue-closed'],
      ]);
      expect(await run.state()).toBe('COMPLETED');
      expect(await run.steps()).toEqual({ externalTasks: 2, userTasks: 1, jobs: 0 });
    });

    test('without a request, makes the card for the holder', async () => {
      const run = await waiting('issue-card-directly');
      expect(run.taken[1]?.inputs).toMatchObject({ source: 'holder', card: null, holder: 'ada', cardType: 'employee' });
    });

    test('searching again, then cancelling, leaves nothing running', async () => {
      const run = await startInTasklist();
      await run.submit('choose-issuable', { action: 'search', query: 'Grace' });
      expect((await run.complete('find-issuable', found)).inputs).toMatchObject({ query: 'Grace' });
      await run.submit('choose-issuable', { action: 'cancel' });
      expect(await run.path()).toEqual([...chosenCard, 'find-issuable', 'choose-issuable', 'next-step', 'cancelled']);
      expect(await run.state()).toBe('COMPLETED');
    });

    test.each(variants)('%s: a refused order brings the operator back to the form, which says why', async (variant) => {
      const run = await startInTasklist();
      const choice = { card: 'card-1', holder: 'ada', cardType: 'employee' };
      await run.submit('choose-issuable', { action: 'next', ...choice, placed: 'no', ...applies(variant) });
      await run.refuse('order-production', 'production-refused', 'The holder is not active.');
      const { inputs } = await run.complete('find-issuable', found);
      expect(inputs).toMatchObject({ refusal: 'The holder is not active.' });
      await run.openTask('choose-issuable');
      expect(await run.path()).toEqual([
        ...[...chosenCard, ...ordering],
        ...['production-refused', 'someone-asking', 'find-issuable', 'choose-issuable'],
      ]);
    });
  });

  describe.each(variants)('Issue card over the API by %s', (variant) => {
    const placed = { card: 'card-1', productionNumber: 1, placed: 'yes' };

    test('waits at once for the order that is placed already', async () => {
      const run = await kit().sendStart(messages.productionOrdered, { ...placed, ...applies(variant) });
      await ended(run, 'produced');
      expect(await run.path()).toEqual([
        ...['production-ordered', 'run-variant', 'issue-begins', 'ordered-already'],
        ...['wait-for-production', 'how-it-ended', 'card-issued', 'issue-closed'],
      ]);
      expect(await run.steps()).toEqual({ externalTasks: 0, userTasks: 0, jobs: 0 });
    });

    test('is refused where nobody is there to ask', async () => {
      const run = await kit().sendStart(messages.productionOrdered, {
        ...{ ...placed, holder: 'ada', cardType: 'employee' },
        ...{ ...applies(variant), placed: 'no' },
      });
      await run.refuse('order-production', 'production-refused', 'No.');
      expect((await run.path()).slice(-3)).toEqual(['production-refused', 'someone-asking', 'refused']);
      expect(await run.state()).toBe('COMPLETED');
    });
  });

  describe.each(variants)('Production followed by %s', (variant) => {
    test('that failed is tried again and issued', async () => {
      const run = await failed(variant);
      expect((await run.openTask('decide-on-failure')).candidateGroups).toEqual(['card-producers']);
      await run.submit('decide-on-failure', { action: 'next' });
      const { inputs } = await run.complete('order-production', { ...ordered, productionNumber: 2 });
      expect(inputs).toMatchObject({ source: 'failed', card: 'card-1', orderTask: 'decide-on-failure' });
      await ended(run, 'produced');
      expect(await run.path()).toEqual([
        ...[...chosenCard, ...ordering, ...failing],
        ...['what-next', 'order-again', 'wait-for-production', 'how-it-ended', 'card-issued', 'issue-closed'],
      ]);
      expect(await run.state()).toBe('COMPLETED');
    });

    test('that failed is cancelled with a reason', async () => {
      const run = await failed(variant);
      await run.submit('decide-on-failure', { action: 'cancel', reason: 'Left the company.' });
      const { inputs } = await run.complete('cancel-card', {});
      expect(inputs).toEqual({ card: 'card-1', reason: 'Left the company.', cancelTask: 'decide-on-failure' });
      expect((await run.path()).slice(-4)).toEqual(['what-next', 'cancel-card', 'card-cancelled', 'issue-closed']);
    });

    test('that failed was cancelled elsewhere: the task goes away', async () => {
      const run = await failed(variant);
      await run.openTask('decide-on-failure');
      await ended(run, 'cancelled', 'Left the company.');
      expect((await run.path()).slice(-3)).toEqual(['ended-elsewhere', 'cancelled-elsewhere', 'issue-closed']);
      expect(await run.state()).toBe('COMPLETED');
    });

    test.each([
      ['next', 'order-production', 'production-refused', 'order-again', 'again-refused'],
      ['cancel', 'cancel-card', 'cancel-refused', 'cancel-card', 'cancel-refused'],
    ] as const)(
      '%s refused after a failure asks again and says why',
      async (action, topic, code, activity, boundary) => {
        const run = await failed(variant);
        const { id } = await run.submit('decide-on-failure', { action, reason: 'Left the company.' });
        if (topic === 'cancel-card') await run.refuse(topic, code, 'Not now.');
        else await run.refuse(topic, code, 'Not now.');
        expect((await run.openTask('decide-on-failure')).id).not.toBe(id);
        expect((await run.path()).slice(-4)).toEqual(['what-next', activity, boundary, 'decide-on-failure']);
      },
    );

    test('that was cancelled ends the process', async () => {
      const run = await waiting(variant);
      await ended(run, 'cancelled', 'Withdrawn.');
      expect((await run.path()).slice(-3)).toEqual(['how-it-ended', 'production-cancelled', 'issue-closed']);
      expect(await run.state()).toBe('COMPLETED');
    });
  });
}
