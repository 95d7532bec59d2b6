/** Every word of a PIN letter, so that it can be written in another language. */
export interface LetterTexts {
  /** Small line above the address, seen in the envelope's window. */
  readonly sender: string;
  readonly internal: string;
  /** @param numbers what the letter holds: PIN, PUK or both */
  readonly title: (numbers: readonly string[]) => string;
  readonly salutation: (holderName: string) => string;
  readonly introduction: (cardTypeName: string, cardNumber: string) => string;
  readonly pin: string;
  readonly puk: string;
  readonly pinHint: string;
  readonly pukHint: string;
  readonly instructions: readonly string[];
  readonly closing: string;
}

export const englishTexts: LetterTexts = {
  sender: 'Security Office',
  internal: 'PERSONAL AND CONFIDENTIAL',
  title: (numbers) => `Your ${numbers.join(' and ')}`,
  salutation: (holderName) => `Dear ${holderName},`,
  introduction: (cardTypeName, cardNumber) =>
    `here is what you need to use your ${cardTypeName} with the number ${cardNumber}. The card itself reaches you separately.`,
  pin: 'PIN',
  puk: 'PUK',
  pinHint: 'asked for whenever you use the chip of your card',
  pukHint: 'unblocks the card after the PIN was entered wrongly too often',
  instructions: [
    'If this letter was open when it reached you, tell the security office at once and do not use the card.',
    'Learn the PIN by heart. Keep this letter under lock and away from the card, or destroy it. Nobody will ever ask you for these numbers.',
    'Cover the keys when you enter the PIN. Do not keep a note of it with the card.',
    'Report a card that is lost or stolen to the security office at once, at any hour.',
  ],
  closing: 'This letter was printed by machine and is valid without a signature.',
};
