import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { SecretsKey } from './config.js';
import { ProductError } from './errors.js';

/** AES-256-GCM as NIST SP 800-38D has it: a random nonce of 96 bits, which is safe for 2^32 seals under one key. */
const cipherName = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** What a sealed secret belongs to. It can be opened nowhere else: a row copied to another place is useless. */
export interface SealedFor {
  /** Authenticated with the secret; unique to its place among all that the installation seals. */
  readonly place: string;
  /** The secret in words, for refusals: `PIN of card …`. */
  readonly what: string;
}

export interface Sealed {
  /** Nonce, ciphertext and tag in one. */
  readonly sealed: Buffer;
  readonly keyId: string;
}

/** The keys of an installation: the first one seals, every one opens what it has sealed. */
export class KeyRing {
  /** Id of the key that seals from now on. */
  readonly current: string;
  private readonly keys: ReadonlyMap<string, Buffer>;

  /** @param keys the current one first, at least one */
  constructor(keys: readonly SecretsKey[]) {
    const [first] = keys;
    if (first === undefined) throw new Error('A key ring needs a key.');
    this.current = first.id;
    this.keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  /** Ids of all keys, the current one first. */
  get ids(): string[] {
    return [...this.keys.keys()];
  }

  /** Seals with the current key. */
  seal(secret: string, belongsTo: SealedFor): Sealed {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(cipherName, this.keyOf(this.current, belongsTo), nonce, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(belongsTo.place, 'utf8'));
    const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return { sealed: Buffer.concat([nonce, body, cipher.getAuthTag()]), keyId: this.current };
  }

  /** @throws ProductError `secret-unreadable` without the key, or when it was altered or belongs to something else */
  open({ sealed, keyId }: Sealed, belongsTo: SealedFor): string {
    const key = this.keyOf(keyId, belongsTo);
    try {
      const decipher = createDecipheriv(cipherName, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(belongsTo.place, 'utf8'));
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString(
        'utf8',
      );
    } catch (cause) {
      throw new ProductError(
        'secret-unreadable',
        `The sealed ${belongsTo.what} cannot be opened with the key "${keyId}": it was altered, or that id names another key now.`,
        {},
        { cause },
      );
    }
  }

  /**
   * Distinguishes this value of a secret from another one. Without the key it can be neither made nor tried.
   * @param keyId one of `ids`
   * @returns hexadecimal
   */
  fingerprint(secret: string, place: string, keyId: string): string {
    const key = this.keyOf(keyId, { place, what: place });
    return createHmac('sha256', key)
      .update(JSON.stringify(['fingerprint', place, secret]))
      .digest('hex');
  }

  private keyOf(id: string, { what }: SealedFor): Buffer {
    const key = this.keys.get(id);
    if (key !== undefined) return key;
    throw new ProductError(
      'secret-unreadable',
      `The ${what} is sealed with the key "${id}", which is not among the keys of SECRETS_KEYS or SECRETS_KEYS_FILE. Put it back and start again.`,
    );
  }
}
