import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Milliseconds on a clock that nobody sets and that keeps running while the process is stopped (SIGSTOP), so that a
 * process that comes back notices how long it was away.
 */
export const monotonicMs = (): number => performance.now();

/** Waits; an abort of the signal ends the wait early, without an error. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
  });
}

/**
 * The promise's result, if it comes in time; the promise itself stays pending.
 * @throws Error after `ms` milliseconds, saying what was waited for
 */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${Math.round(ms)} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
