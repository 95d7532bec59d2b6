import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { invalidRequest } from './problem.js';

/** What a body hashes to (RFC 9530), so that whoever signs a header signs the body with it. */
export const CONTENT_DIGEST = 'content-digest';

const FORM = /^sha-256=:[A-Za-z0-9+/]{43}=:$/;

/** The header's value for a body that went through this SHA-256. */
export function contentDigest(sha256: Hash): string {
  return `sha-256=:${sha256.digest('base64')}:`;
}

/** Whether a header's value is one SHA-256, the only digest that we write ourselves. */
export function isContentDigest(value: string | undefined): value is string {
  return value !== undefined && FORM.test(value);
}

/**
 * Hashes a body while it is read, where its sender says what it must hash to. Other kinds of digests are not judged.
 * @param request whose body nobody reads yet, but somebody begins to in this very turn
 * @returns called after the body was read, throws ProductError `invalid-request` when it is another one
 */
export function watchContentDigest(request: IncomingMessage): () => void {
  const announced = request.headers[CONTENT_DIGEST];
  if (typeof announced !== 'string' || !isContentDigest(announced)) return () => undefined;
  const hash = createHash('sha256');
  request.on('data', (chunk: Buffer) => hash.update(chunk));
  return () => {
    if (contentDigest(hash) === announced) return;
    throw invalidRequest([{ field: 'body', message: 'is not what Content-Digest says; it was changed on its way' }]);
  };
}
