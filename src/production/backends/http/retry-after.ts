/** Longest wait that a bureau may ask for (ms): after it the bureau is called again. */
const longestMs = 3_600_000;

/**
 * Reads `Retry-After`, which is a number of seconds or a date. Source: RFC 9110, section 10.2.3.
 * @returns milliseconds, at least one second and at most an hour; null where the header is absent or says nothing
 */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | null {
  if (header === undefined) return null;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.min(longestMs, Math.max(1_000, ms));
}
