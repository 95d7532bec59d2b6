import type { IncomingMessage } from 'node:http';
import { ProductError } from '../../kernel/errors.js';

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Refuses a change that another site could have made a browser send. Browsers say where a request comes from; programs
 * say nothing of it, and are known by a content type that no form of another site can send without asking first.
 * @param publicOrigin origin under which people reach the server
 * @throws ProductError `cross-site`
 */
export function assertSameSite(request: IncomingMessage, publicOrigin: string): void {
  if (SAFE.includes(request.method ?? '') || comesFromHere(request, publicOrigin)) return;
  throw new ProductError('cross-site', 'The request comes from another site. Use the pages of this one.');
}

function comesFromHere({ headers }: IncomingMessage, publicOrigin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = headers;
  if (origin !== undefined) return origin === publicOrigin || hostOf(origin) === headers.host;
  return /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
