import { createHash } from 'node:crypto';
import { ProductError } from '../kernel/errors.js';

/** The entity tag of something that has a version number. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The entity tag of something that has none, made from what the interface tells of it. */
export function etagOfContent(body: object): string {
  return `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22)}"`;
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
