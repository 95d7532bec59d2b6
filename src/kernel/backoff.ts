/** Pauses between the tries of something that fails, in milliseconds. */
export interface Backoff {
  /** Longest pause after the first try that failed. */
  readonly firstDelayMs: number;
  /** Longest pause of all. */
  readonly longestDelayMs: number;
}

/**
 * The pause before the next try: doubled with each failure up to the longest, then cut by up to a half, so that what
 * failed together does not come back together.
 * @param failures tries in a row that failed, at least 1
 * @returns milliseconds
 */
export function backoffMs(failures: number, { firstDelayMs, longestDelayMs }: Backoff): number {
  // The exponent is bounded so that the factor stays a finite number.
  const doubled = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 64));
  return doubled * (0.5 + Math.random() / 2);
}
