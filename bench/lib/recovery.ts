/** How long interrupted tasks waited, computed from what was seen; all times are Unix times in milliseconds. */

/** A worker was killed or stopped while it had begun the case. */
export interface Interruption {
  readonly at: number;
  readonly businessKey: string;
}

export interface Case {
  readonly businessKey: string;
  readonly createdAt: number;
  readonly endedAt: number;
}

export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** A task that nobody has started so long after its creation was locked by a worker that is gone (milliseconds). */
const unnoticedMs = 1_000;

/**
 * The waits until somebody took a case up again: after each interruption, and after its creation where the worker that
 * got it was gone before it could begin. While the engine is down nobody can: such a wait counts from its return.
 * @param starts times at which handlers began, by business key, in ascending order
 * @returns milliseconds
 */
export function recoveryTimes(
  cases: readonly Case[],
  interruptions: readonly Interruption[],
  starts: ReadonlyMap<string, readonly number[]>,
  outages: readonly Outage[],
): number[] {
  const waits: number[] = [];
  for (const { at, businessKey } of interruptions) {
    // Without another start the result had got through just before.
    const next = starts.get(businessKey)?.find((start) => start > at);
    if (next !== undefined) waits.push(waitBetween(at, next, outages));
  }
  for (const { businessKey, createdAt } of cases) {
    const wait = waitBetween(createdAt, starts.get(businessKey)?.[0] ?? createdAt, outages);
    if (wait > unnoticedMs) waits.push(wait);
  }
  return waits;
}

function waitBetween(from: number, to: number, outages: readonly Outage[]): number {
  const during = outages.find((outage) => to > outage.from && from < outage.to);
  return Math.max(0, to - Math.max(from, during?.to ?? from));
}
