import { ProductError } from '../errors.js';

/** The entity tag of something that has a version number. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * Compares an optional `If-Match` header with the present entity tag.
 * @throws ProductError `stale` when the caller saw another state
 */
export function assertMatch(ifMatch: string | null, etag: string): void {
  if (ifMatch === null || ifMatch.trim() === '*') return;
  if (ifMatch.split(',').some((tag) => tag.trim() === etag)) return;
  throw new ProductError('stale', 'It was changed meanwhile. Read it again, then repeat the change.', { etag });
}
