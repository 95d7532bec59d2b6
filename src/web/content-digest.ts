import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { CONTENT_DIGEST, contentDigest, isContentDigest } from '../engine/content-digest.js';
import { invalidRequest } from './problem.js';

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
