import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withinTime } from '../../src/kernel/time-limit.js';

const never = new AbortController().signal;

/** Waits until the signal is given, and throws its reason. */
async function untilGivenUp(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}

describe('a time limit', () => {
  test('gives up in time, also when garbage is collected meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collecting = setInterval(collect, 20);
    try {
      const waiting = withinTime(300, never, untilGivenUp).catch((error: unknown) => error);
      expect(await Promise.race([waiting, sleep(20_000, 'waits for ever', { ref: false })])).toMatchObject({
        name: 'TimeoutError',
      });
    } finally {
      clearInterval(collecting);
    }
  });

  test('leaves what is done in time alone', async () => {
    await expect(withinTime(60_000, never, async (signal) => signal.aborted)).resolves.toBe(false);
  });

  test('gives up when it is asked to', async () => {
    const asked = new AbortController();
    const waiting = withinTime(60_000, asked.signal, untilGivenUp);
    asked.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
