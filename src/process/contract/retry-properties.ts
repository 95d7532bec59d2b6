/**
 * Extension properties of a service task by which a designer overrides the retry policy of its topic. An empty one
 * leaves the policy as it is.
 */
export const retryProperties = {
  /** Attempts in all, from 1 to 9999. */
  attempts: 'retries',
  /** ISO 8601 duration before the second attempt, for example `PT10S`; further ones double as ever. */
  firstDelay: 'retryDelay',
} as const;
