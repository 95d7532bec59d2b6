import { createHmac } from 'node:crypto';

/** The header that the engine host's filter trusts; see docs/decisions/one-door.md. */
export const SIGNATURE_HEADER = 'x-door-signature';

/** `door` may sign for any user; `worker` only for the technical account of the workers. */
export type SigningKeyId = 'door' | 'worker';

export interface SigningKey {
  readonly id: SigningKeyId;
  readonly secret: string;
}

export interface SignedRequest {
  readonly user: string;
  readonly method: string;
  /** Path and query exactly as sent to the engine host, for example `/engine-rest/task?maxResults=1`. */
  readonly target: string;
}

/**
 * Signs one request to the engine host.
 *
 * The value is `<key id>:<user, base64url>:<unix time in ms>:<HMAC-SHA256, hex>`; the HMAC covers key id, user, time,
 * method and target, one a line, so that a captured header opens nothing but the same request within its 30 seconds.
 */
export function signRequest(key: SigningKey, request: SignedRequest, now: number = Date.now()): string {
  const message = [key.id, request.user, String(now), request.method.toUpperCase(), request.target].join('\n');
  const mac = createHmac('sha256', key.secret).update(message).digest('hex');
  return `${key.id}:${Buffer.from(request.user, 'utf8').toString('base64url')}:${now}:${mac}`;
}
