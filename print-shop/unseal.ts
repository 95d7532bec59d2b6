import { compactDecrypt, importJWK, type CryptoKey, type JWK } from 'jose';

const algorithms = ['RSA-OAEP-256', 'ECDH-ES+A256KW'];

/** Opens what clients have sealed for the shop. */
export type Unseal = (sealed: string, order: string) => Promise<Uint8Array | null>;

/**
 * @param privateKey JWK of the pair whose public half the clients have
 * @returns a function whose result is null where the text cannot be opened, or was sealed for another order
 * @throws Error when the key is none
 */
export async function unsealWith(privateKey: JWK): Promise<Unseal> {
  const key = (await importJWK(privateKey, privateKey.kty === 'RSA' ? 'RSA-OAEP-256' : 'ECDH-ES+A256KW')) as CryptoKey;
  return async (sealed, order) => {
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
        keyManagementAlgorithms: algorithms,
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return protectedHeader['order'] === order ? plaintext : null;
    } catch {
      return null;
    }
  };
}
