import type { SealedFor } from '../../kernel/key-ring.js';

/** Which PIN or PUK of which production. */
export interface CardSecretPlace {
  readonly cardId: string;
  /** Production number. */
  readonly number: number;
  readonly kind: 'pin' | 'puk';
}

/** What the key ring seals a PIN or PUK for. */
export function sealedFor({ cardId, number, kind }: CardSecretPlace): SealedFor {
  return {
    place: `${cardId}:${number}:${kind}`,
    what: `${kind.toUpperCase()} of card ${cardId}, production ${number},`,
  };
}
