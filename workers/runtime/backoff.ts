/** An exponential row of delays in milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * The delay before try number `failures + 1`: the first one doubled with each failure up to the longest, then spread by
 * a fifth either way, so that those who failed together do not come back together.
 * @param failures how many tries have failed; at least 1
 */
export function delayAfter(failures: number, { firstMs, maxMs }: Backoff, random: () => number = Math.random): number {
  const doubled = Math.min(maxMs, firstMs * 2 ** (failures - 1));
  return Math.round(doubled * (0.8 + 0.4 * random()));
}
