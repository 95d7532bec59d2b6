/**
 * Does something that can be given up, for at most `ms` milliseconds.
 *
 * In place of `AbortSignal.any([signal, AbortSignal.timeout(ms)])`: Node forgets such a timeout when it next collects
 * garbage, and the call then waits for ever (nodejs/node#57736; seen with Node 20).
 * @param signal gives it up as well; null where nobody does
 * @param work is given the signal to heed; its reason is a TimeoutError when the time is over
 */
export async function withinTime<T>(
  ms: number,
  signal: AbortSignal | null,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const giveUp = (): void => {
    limit.abort(signal?.reason);
  };
  if (signal?.aborted === true) giveUp();
  signal?.addEventListener('abort', giveUp);
  const timer = setTimeout(() => limit.abort(new DOMException(`took longer than ${ms} ms`, 'TimeoutError')), ms);
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
