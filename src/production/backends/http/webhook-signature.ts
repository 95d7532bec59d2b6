import { createHmac, timingSafeEqual } from 'node:crypto';
import { ProductError } from '../../../kernel/errors.js';

/**
 * Signatures of webhooks after the public specification "Standard Webhooks" (standardwebhooks.com, version 1): the event's
 * id, the time and the body are signed with HMAC-SHA256; a header may carry several signatures while keys are changed.
 */
export const webhookHeaders = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const;

/** How far the clocks of both sides may be apart, and how long a call may be on its way (seconds). */
export const windowSeconds = 300;

const keyPrefix = 'whsec_';

export interface SignedCall {
  readonly id: string;
  /** Unix time in seconds, as it stands in the header. */
  readonly timestamp: string;
  readonly body: Buffer;
}

/**
 * The value of the signature header.
 * @param key `whsec_` and 24 to 64 bytes in base64
 */
export function signWebhook(call: SignedCall, key: string): string {
  return `v1,${macOf(call, key).toString('base64')}`;
}

/**
 * @param header as Express's `request.get`
 * @returns id of the event
 * @throws ProductError `signature-refused` for a header that is missing, a time outside the window, or another signature
 */
export function verifyWebhook(
  header: (name: string) => string | undefined,
  body: Buffer,
  key: string,
  now = Date.now(),
): string {
  const [id = '', timestamp = '', signatures = ''] = Object.values(webhookHeaders).map((name) => header(name));
  if (id === '' || !/^\d{1,12}$/.test(timestamp))
    throw refused('The headers of the signature are missing or not well-formed.');
  if (Math.abs(now / 1_000 - Number(timestamp)) > windowSeconds) {
    throw refused(
      `The call is older or newer than ${windowSeconds / 60} minutes: sign it again, and check both clocks.`,
    );
  }
  const expected = macOf({ id, timestamp, body }, key);
  const given = signatures
    .split(' ')
    .flatMap((each) => (each.startsWith('v1,') ? [Buffer.from(each.slice(3), 'base64')] : []));
  if (!given.some((mac) => mac.length === expected.length && timingSafeEqual(mac, expected))) {
    throw refused('The signature is not that of this body and key.');
  }
  return id;
}

function macOf({ id, timestamp, body }: SignedCall, key: string): Buffer {
  return createHmac('sha256', keyBytes(key)).update(`${id}.${timestamp}.`).update(body).digest();
}

/** @throws Error when the key is none; its value is not in the message */
function keyBytes(key: string): Buffer {
  const bytes = Buffer.from(key.startsWith(keyPrefix) ? key.slice(keyPrefix.length) : '', 'base64');
  if (bytes.length < 24 || bytes.length > 64) throw new Error('a webhook key is "whsec_" and 24 to 64 bytes in base64');
  return bytes;
}

function refused(message: string): ProductError {
  return new ProductError('signature-refused', message);
}
