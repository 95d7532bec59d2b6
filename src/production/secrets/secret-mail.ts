import type { Knex } from '../../kernel/db/database.js';
import type { NewMail, SealedPart } from '../../records/mail/mail-types.js';
import type { CardSecrets } from './card-secrets.js';
import type { SecretOrder } from './secret-types.js';

const words = { pin: 'PIN', puk: 'PUK' } as const;

export interface MailedCard {
  /** Of the card holder. */
  readonly address: string;
  readonly cardNumber: string;
  /** Name of the card type. */
  readonly cardType: string;
  readonly kinds: readonly (keyof typeof words)[];
  /** Mails about the same secrets so far. */
  readonly earlier: number;
}

/** To the card holder: the PIN, the PUK or both, which are put in at the moment of sending. */
export function secretMail(
  { cardId, number }: SecretOrder,
  { address, cardNumber, cardType, kinds, earlier }: MailedCard,
): NewMail {
  const what = kinds.map((kind) => words[kind]).join(' and ');
  return {
    eventKey: `card-secret:${cardId}-${number}:${earlier + 1}`,
    toAddress: address,
    subject: `The ${what} of your card ${cardNumber}`,
    body: [
      `Your card ${cardNumber} (${cardType}) has been produced. This is its ${what}. Nobody else knows it.`,
      'Remember it, delete this mail, and keep the card and what is below apart.',
    ].join('\n'),
    linkPath: null,
    sealedPart: { cardId, number },
  };
}

/**
 * Opens what a mail carries sealed.
 * @returns null when there is nothing (any more)
 * @throws ProductError `secret-unreadable`
 */
export async function openSealedPart(db: Knex, secrets: CardSecrets, order: SecretOrder): Promise<SealedPart | null> {
  const { pin, puk } = await secrets.openFor(db, order, 'e-mail');
  const lines = [pin === null ? null : `PIN: ${pin}`, puk === null ? null : `PUK: ${puk}`].filter(
    (line) => line !== null,
  );
  return lines.length === 0
    ? null
    : { text: lines.join('\n'), secrets: [pin, puk].filter((secret) => secret !== null) };
}
