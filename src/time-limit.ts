/**
 * Does something that can be given up, for at most `ms` milliseconds.
 *
 * In place of `AbortSignal.any([signal, AbortSignal.timeout(ms)])`: Node forgets such a timeout when it next collects
 * garbage, and the call then waits for ever (nodejs/node#57736; seen with Node 20).
 * @param signal gives it up as well
 * @param work is given the signal to heed; its reason is a TimeoutError when the time is over
 */
export async function withinTime<T>(ms: number, signal: AbortSignal, work: (limited: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new DOMException(`took longer than ${ms} ms`, 'TimeoutError')), ms);
  try {
    return await work(AbortSignal.any([signal, limit.signal]));
  } finally {
    clearTimeout(timer);
  }
}
