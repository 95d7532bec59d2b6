import type { Response } from 'express';
import type { ProductError } from '../kernel/errors.js';

/** Says when to try again, where a refusal knows (`retryAfterSeconds` among its further members). */
export function setRetryAfter(response: Response, error: ProductError): void {
  const seconds = error.extra['retryAfterSeconds'];
  if (typeof seconds === 'number') response.set('Retry-After', String(seconds));
}
