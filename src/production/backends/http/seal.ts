import { CompactEncrypt, importJWK, type JWK } from 'jose';
import type { BureauKey } from './http-settings.js';

/** How the content key is wrapped, by kind of the bureau's key. Source: RFC 7518, section 4.1. */
const algorithms = { RSA: 'RSA-OAEP-256', EC: 'ECDH-ES+A256KW' } as const;

/**
 * Seals something for the bureau alone (JWE, AES-256-GCM).
 * @param order key that the bureau must find in the protected header, so that nothing sealed can be moved to another order
 * @param contentType media type of the content
 */
export async function seal(
  content: Uint8Array,
  { order, contentType }: { order: string; contentType: string },
  key: BureauKey,
): Promise<string> {
  const alg = algorithms[key.kty];
  const { kid } = key;
  return new CompactEncrypt(content)
    .setProtectedHeader({ alg, enc: 'A256GCM', cty: contentType, order, ...(kid === undefined ? {} : { kid }) })
    .encrypt(await importJWK(key as JWK, alg));
}
