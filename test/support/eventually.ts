import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls until `probe` answers something truthy and returns that. An error thrown by the probe counts as "not yet".
 * @param what completes the sentence "waited in vain until …"
 * @throws Error after `timeoutMs`, with the probe's last error as its cause
 */
export async function eventually<T>(
  what: string,
  timeoutMs: number,
  probe: () => T | Promise<T>,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`Waited ${timeoutMs} ms in vain until ${what}.`, { cause: lastError });
    }
    await sleep(20);
  }
}
