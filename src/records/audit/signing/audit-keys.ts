import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { AuditKey } from '../../../kernel/config.js';

/** What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410). */
const derOfPrivate = Buffer.from('302e020100300506032b657004220420', 'hex');
const derOfPublic = Buffer.from('302a300506032b6570032100', 'hex');

/** A block as far as its signature goes. */
export interface SignedBlock {
  readonly number: string;
  /** 32 bytes. */
  readonly hash: Buffer;
}

export interface Signature {
  readonly keyId: string;
  /** Ed25519, 64 bytes. */
  readonly signature: Buffer;
}

/** The keys that blocks are signed with and judged by. They are kept outside the database. */
export class AuditKeys {
  private readonly known: ReadonlyMap<string, { readonly privateKey: KeyObject | null; readonly publicKey: KeyObject }>;

  /** @param keys the first one signs, the others judge what they have signed */
  constructor(private readonly keys: readonly AuditKey[]) {
    this.known = new Map(keys.map((key) => [key.id, keyObjectsOf(key)]));
  }

  /** Id of the key that signs; undefined where only public keys are known. */
  get current(): string | undefined {
    const [first] = this.keys;
    return first?.isPrivate === true ? first.id : undefined;
  }

  /** Whether what a key has signed can be judged. */
  knows(id: string): boolean {
    return this.known.has(id);
  }

  /** Null where only public keys are known. */
  sign(block: SignedBlock): Signature | null {
    const keyId = this.current;
    const key = keyId === undefined ? null : this.known.get(keyId)?.privateKey;
    if (keyId === undefined || key === null || key === undefined) return null;
    return { keyId, signature: sign(null, signedText(keyId, block), key) };
  }

  judge(block: SignedBlock, { keyId, signature }: Signature): 'right' | 'wrong' | 'unknown-key' {
    const key = this.known.get(keyId);
    if (key === undefined) return 'unknown-key';
    return verify(null, signedText(keyId, block), key.publicKey, signature) ? 'right' : 'wrong';
  }

  /** One line a key, as a file of keys takes them: enough to verify elsewhere, and nothing to sign with. */
  get publicLines(): string[] {
    return [...this.known].map(([id, { publicKey }]) => {
      const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(derOfPublic.length);
      return `${id}:public:${raw.toString('base64')}`;
    });
  }
}

function keyObjectsOf({ isPrivate, bytes }: AuditKey) {
  if (!isPrivate) {
    const der = Buffer.concat([derOfPublic, bytes]);
    return { privateKey: null, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
  }
  const privateKey = createPrivateKey({ key: Buffer.concat([derOfPrivate, bytes]), format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** The key's id is signed too: nobody can pass a signature off as another key's. */
function signedText(keyId: string, { number, hash }: SignedBlock): Buffer {
  return Buffer.from(`open-card-requests audit signature 1\n${JSON.stringify([keyId, number, hash.toString('hex')])}`);
}
