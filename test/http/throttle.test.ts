import { isProductError } from '../../src/kernel/errors.js';
import { SignInThrottle } from '../../src/web/sign-in/throttle.js';

/** Seconds to wait before the next try, or 0 when it is let through (and counted as failed). */
function tryAgain(throttle: SignInThrottle, account: string, address = 'a'): number {
  try {
    throttle.begin(account, address);
    return 0;
  } catch (raw) {
    if (!isProductError(raw, 'too-many-attempts')) throw raw;
    return Number(raw.extra['retryAfterSeconds']);
  }
}

function setup(maxEntries?: number) {
  const clock = { ms: 0 };
  return { clock, throttle: new SignInThrottle(() => clock.ms, maxEntries) };
}

test('waits double from one second to a quarter of an hour', () => {
  const { clock, throttle } = setup();
  for (let free = 0; free < 5; free += 1) expect(tryAgain(throttle, 'ada')).toBe(0);
  const waits = Array.from({ length: 12 }, () => {
    const seconds = tryAgain(throttle, 'ada');
    clock.ms += seconds * 1_000;
    expect(tryAgain(throttle, 'ada')).toBe(0);
    return seconds;
  });
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
});

test('other accounts and other addresses are not slowed down', () => {
  const { throttle } = setup();
  for (let at = 0; at < 5; at += 1) tryAgain(throttle, 'ada');
  expect(tryAgain(throttle, 'ada')).toBe(1);
  expect(tryAgain(throttle, 'bob')).toBe(0);
  expect(tryAgain(throttle, 'ada', 'b')).toBe(0);
});

test('one password tried on everybody is slowed down by its address', () => {
  const { throttle } = setup();
  for (let at = 0; at < 50; at += 1) expect(tryAgain(throttle, `person ${at}`)).toBe(0);
  expect(tryAgain(throttle, 'person 51')).toBeGreaterThan(0);
});

test('the right password starts afresh, an hour of peace too', () => {
  const { clock, throttle } = setup();
  for (let at = 0; at < 4; at += 1) tryAgain(throttle, 'ada');
  throttle.begin('ada', 'a');
  throttle.succeeded('ada', 'a');
  for (let at = 0; at < 5; at += 1) expect(tryAgain(throttle, 'ada')).toBe(0);
  expect(tryAgain(throttle, 'ada')).toBe(1);
  clock.ms += 3_600_000;
  for (let at = 0; at < 5; at += 1) expect(tryAgain(throttle, 'ada')).toBe(0);
});

test('a try that nobody judged does not count', () => {
  const { throttle } = setup();
  for (let at = 0; at < 100; at += 1) {
    expect(tryAgain(throttle, 'ada')).toBe(0);
    throttle.withdraw('ada', 'a');
  }
  for (let at = 0; at < 5; at += 1) expect(tryAgain(throttle, 'ada')).toBe(0);
  expect(tryAgain(throttle, 'ada')).toBe(1);
});

test('memory is bounded', () => {
  const { throttle } = setup(10);
  for (let at = 0; at < 5; at += 1) tryAgain(throttle, 'ada');
  for (let at = 0; at < 20; at += 1) tryAgain(throttle, `person ${at}`, `address ${at}`);
  expect(tryAgain(throttle, 'ada')).toBe(0);
});
