import { createHash } from 'node:crypto';
import { ProductError } from '../kernel/errors.js';

/** The entity tag of something that has a version number. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The entity tag of something that has none, made from what the interface answers about it. */
export function etagOfContent(body: object): string {
  return `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22)}"`;
}

/** What proxies that compress append to the tag inside its quotes: `-gzip` (Apache), `--gzip` (Jetty), `;br`, `:zstd`. */
const suffix = /^(?:--?|[;:.])(?:gzip|x-gzip|br|zstd|deflate|df)$/;

/**
 * Compares an optional `If-Match` header with the present entity tag. Only what is ours counts: proxies that compress
 * answers make a tag weak (`W/`) or append the coding, and a client sends it back as it got it.
 * @throws ProductError `stale` when the caller saw another state
 */
export function assertMatch(ifMatch: string | null, etag: string): void {
  if (ifMatch === null || ifMatch.trim() === '*') return;
  if (ifMatch.split(',').some((tag) => isOurs(tag.trim(), etag))) return;
  throw new ProductError('stale', 'It was changed meanwhile. Read it again, then repeat the change.', { etag });
}

function isOurs(tag: string, etag: string): boolean {
  const [own, sent] = [etag.slice(1, -1), /^(?:W\/)?"([^"]*)"$/.exec(tag)?.[1]];
  return sent !== undefined && sent.startsWith(own) && (sent === own || suffix.test(sent.slice(own.length)));
}
