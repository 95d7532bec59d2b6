import type { Hash } from 'node:crypto';

/** The digest of a body (RFC 9530), so that a signature over the header covers the body. */
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
