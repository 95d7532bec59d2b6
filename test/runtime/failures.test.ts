import { delayAfter } from '../../workers/runtime/backoff.js';
import { parseDuration } from '../../workers/runtime/durations.js';
import { failureOf, planAttempts, publicMessageOf } from '../../workers/runtime/failures.js';
import { describeError } from '../../workers/runtime/log.js';
import type { FetchedTask } from '../../workers/runtime/task-protocol.js';

const policy = { attempts: 4, firstDelayMs: 1_000, maxDelayMs: 5_000 };

const task = (retries: number | null, extensionProperties: Record<string, string> = {}): FetchedTask => ({
  ...{ id: 'id', topicName: 'topic', businessKey: null, activityId: 'work', createTime: null, variables: {} },
  ...{ processInstanceId: 'i', processDefinitionId: 'p:1', processDefinitionKey: 'p' },
  retries,
  extensionProperties,
});

test.each([
  // retries told by the engine, crashes → number of this attempt, attempts left with it
  [null, 0, 1, 4],
  [3, 0, 2, 3],
  [1, 0, 4, 1],
  [null, 2, 3, 2],
  [3, 2, 4, 1],
  [2, 2, 5, 0],
  [null, 9, 5, 0],
  // an administrator has raised the retries above the policy
  [9, 0, 1, 9],
])('retries %p and %i crashes: attempt %i, %i left', (retries, crashes, number, left) => {
  expect(planAttempts(task(retries), policy, crashes)).toMatchObject({ number, left, total: 4 });
});

test('extension properties override the policy, and nonsense in them does not', () => {
  expect(planAttempts(task(null, { retries: '2', retryDelay: 'PT10S' }), policy, 0)).toEqual({
    number: 1,
    total: 2,
    left: 2,
    policy: { attempts: 2, firstDelayMs: 10_000, maxDelayMs: 10_000 },
  });
  for (const retries of ['0', '-1', 'many', '1e9', '']) {
    expect(planAttempts(task(null, { retries, retryDelay: 'soon' }), policy, 0).policy).toEqual(policy);
  }
});

test('a failure costs one attempt and waits; the last one is an incident', () => {
  const first = failureOf('retry', 'No paper.', planAttempts(task(null), policy, 0));
  expect(first).toMatchObject({ message: 'No paper.', retries: 3 });
  expect(first.delayMs).toBeGreaterThanOrEqual(800);
  expect(first.delayMs).toBeLessThanOrEqual(1_200);
  const last = failureOf('retry', 'No paper.', planAttempts(task(1), policy, 0));
  expect(last).toEqual({ message: 'Gave up after 4 attempts. No paper.', retries: 0, delayMs: 0 });
});

test('a permanent failure is an incident at once', () => {
  const failure = failureOf('permanent', 'The card type is unknown.', planAttempts(task(null), policy, 0));
  expect(failure).toEqual({ message: 'The card type is unknown.', retries: 0, delayMs: 0 });
});

test('messages fit into the engine’s column', () => {
  expect(failureOf('permanent', 'x'.repeat(5_000), planAttempts(task(null), policy, 0)).message.length).toBeLessThan(
    666,
  );
});

test('delays double up to the longest, spread by a fifth', () => {
  const delays = (random: number) =>
    [1, 2, 3, 4, 20].map((n) => delayAfter(n, { firstMs: 100, maxMs: 1_000 }, () => random));
  expect(delays(0.5)).toEqual([100, 200, 400, 800, 1_000]);
  expect(delays(0)).toEqual([80, 160, 320, 640, 800]);
  expect(delays(1)).toEqual([120, 240, 480, 960, 1_200]);
});

test('only an error’s own public message reaches people', () => {
  const secret = new Error('password hunter2');
  expect(publicMessageOf(secret, 'a1b2')).toBe("Unexpected error; the worker's log has it under a1b2.");
  expect(publicMessageOf(Object.assign(secret, { publicMessage: 'No paper.' }), 'a1b2')).toBe('No paper.');
  expect(publicMessageOf('text', 'a1b2')).not.toContain('text');
});

test('a logged error keeps its causes, and leaves out what drivers add to it', () => {
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (email)=(a@example.test) exists.',
  });
  const described = describeError(new Error('not stored', { cause }));
  expect(described).toMatchObject({ message: 'not stored', cause: { message: 'duplicate key', code: '23505' } });
  expect(JSON.stringify(described)).not.toContain('example.test');
  expect(describeError('thrown text')).toEqual({ message: 'something other than an error was thrown: string' });
});

test.each([
  ['PT10S', 10_000],
  ['PT1M30S', 90_000],
  ['P1DT2H', 93_600_000],
  ['PT0.5S', 500],
  ['P', undefined],
  ['P1DT', undefined],
  ['P1M', undefined],
  ['P30D', 2_592_000_000],
  ['P30DT1S', undefined],
  ['P99999999999D', undefined],
  ['10s', undefined],
  ['', undefined],
])('duration %p is %p ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});
