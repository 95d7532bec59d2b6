import { createHmac } from 'node:crypto';

/** The header that the engine host's filter trusts; see docs/decisions/one-door.md. */
export const SIGNATURE_HEADER = 'x-door-signature';

/** The header of the command line at our own interface; see docs/decisions/command-line.md. */
export const CLI_SIGNATURE_HEADER = 'x-cli-signature';

/**
 * `door` may sign for any user; `worker` only for the technical account of the workers. `cli` signs for the command line
 * at our own interface, and the engine host knows no such key.
 */
export type SigningKeyId = 'door' | 'worker' | 'cli';

export interface SigningKey {
  readonly id: SigningKeyId;
  readonly secret: string;
}

export interface SignedRequest {
  readonly user: string;
  readonly method: string;
  /** Path and query exactly as sent, for example `/engine-rest/task?maxResults=1`. */
  readonly target: string;
  /** The `Content-Digest` header, where the signature is for one very body too. */
  readonly contentDigest?: string;
}

/**
 * Signs one request.
 *
 * The value is `<key id>:<user, base64url>:<unix time in ms>:<HMAC-SHA256, hex>`; the HMAC covers key id, user, time,
 * method, target and digest (where there is one), one a line, so that a captured header opens nothing but the same
 * request within its 30 seconds.
 */
export function signRequest(key: SigningKey, request: SignedRequest, now: number = Date.now()): string {
  const lines = [key.id, request.user, String(now), request.method.toUpperCase(), request.target];
  if (request.contentDigest !== undefined) lines.push(request.contentDigest);
  const mac = createHmac('sha256', key.secret).update(lines.join('\n')).digest('hex');
  return `${key.id}:${Buffer.from(request.user, 'utf8').toString('base64url')}:${now}:${mac}`;
}
