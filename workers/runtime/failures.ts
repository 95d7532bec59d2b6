import { delayAfter } from './backoff.js';
import type { RetryPolicy } from './contract-types.js';
import { parseDuration } from './durations.js';
import type { FetchedTask } from './task-protocol.js';

/** Extension properties of a service task by which a designer overrides the contract's retry policy. */
export const retryProperties = {
  /** Attempts in all, for example `3`. */
  attempts: 'retries',
  /** ISO 8601 duration before the second attempt, for example `PT10S`; further ones double as ever. */
  firstDelay: 'retryDelay',
} as const;

/** Which attempt at a task this is. */
export interface AttemptPlan {
  readonly number: number;
  readonly total: number;
  /** Attempts left, this one included; 0 when crashes have used them all up. */
  readonly left: number;
  readonly policy: RetryPolicy;
}

/** `permanent`: no further attempt; `retry`: another one as long as there are any left. */
export type RetryClass = 'retry' | 'permanent';

/** A failure as it is reported to the engine. */
export interface Failure {
  readonly message: string;
  readonly retries: number;
  readonly delayMs: number;
}

/**
 * Counts what the engine knows of (failures) and what it cannot know of (crashes of workers).
 * @param crashes earlier starts of the task that never ended
 */
export function planAttempts(task: FetchedTask, contractPolicy: RetryPolicy, crashes: number): AttemptPlan {
  const policy = withOverrides(contractPolicy, task.extensionProperties ?? {});
  const left = Math.max(0, (task.retries ?? policy.attempts) - crashes);
  return { number: Math.max(1, policy.attempts - left + 1), total: policy.attempts, left, policy };
}

/** Overrides that make no sense are ignored here; the lint of the diagrams names them. */
function withOverrides(policy: RetryPolicy, properties: Readonly<Record<string, string>>): RetryPolicy {
  const attempts = properties[retryProperties.attempts];
  const delayMs = parseDuration(properties[retryProperties.firstDelay] ?? '');
  return {
    attempts: attempts !== undefined && /^[1-9]\d{0,3}$/.test(attempts) ? Number(attempts) : policy.attempts,
    firstDelayMs: delayMs ?? policy.firstDelayMs,
    maxDelayMs: Math.max(policy.maxDelayMs, delayMs ?? 0),
  };
}

/** The engine keeps 666 characters of a message. */
const longestMessage = 600;

/**
 * The engine call for an error: another attempt later, or an incident with a message for people.
 * @param message public: one sentence without secrets
 */
export function failureOf(retryClass: RetryClass, message: string, plan: AttemptPlan): Failure {
  const retries = retryClass === 'permanent' ? 0 : Math.max(0, plan.left - 1);
  const gaveUp = `Gave up after ${plan.total} attempt${plan.total === 1 ? '' : 's'}.`;
  const text = retryClass === 'retry' && retries === 0 ? `${gaveUp} ${message}` : message;
  return {
    message: text.length <= longestMessage ? text : `${text.slice(0, longestMessage)}…`,
    retries,
    delayMs:
      retries === 0 ? 0 : delayAfter(plan.number, { firstMs: plan.policy.firstDelayMs, maxMs: plan.policy.maxDelayMs }),
  };
}

/**
 * What people may read of an error: its own public message if it has one. Anything else may quote secrets or personal
 * data, so it is only referred to.
 * @param reference id under which the log has the whole error
 */
export function publicMessageOf(raw: unknown, reference: string): string {
  if (typeof raw === 'object' && raw !== null && 'publicMessage' in raw && typeof raw.publicMessage === 'string') {
    return raw.publicMessage;
  }
  return `Unexpected error; the worker's log has it under ${reference}.`;
}
