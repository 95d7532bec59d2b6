import type { Response } from 'express';
import type { ProductError } from '../kernel/errors.js';

/** When to try again where a part does not answer at present (seconds). */
const usualSeconds = 5;

/** Says when to try again, where a refusal knows (`retryAfterSeconds` among its further members) or a part is away. */
export function setRetryAfter(response: Response, error: ProductError): void {
  const seconds = error.extra['retryAfterSeconds'] ?? (error.status === 503 ? usualSeconds : undefined);
  if (typeof seconds === 'number') response.set('Retry-After', String(seconds));
}
