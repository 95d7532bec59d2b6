import { randomInt } from 'node:crypto';

/** Makes PINs and PUKs; tests put in ones that can be recognised. */
export interface SecretGenerator {
  /** @param length digits */
  pin(length: number): string;
  /** @param length digits */
  puk(length: number): string;
}

/** Digits of the operating system's random source. `randomInt` draws again where a remainder would favour some. */
export const randomSecrets: SecretGenerator = { pin: randomDigits, puk: randomDigits };

function randomDigits(length: number): string {
  for (;;) {
    const digits = Array.from({ length }, () => randomInt(10));
    if (!isEvenlySpaced(digits)) return digits.join('');
  }
}

/**
 * True for what people type first: 000000, 123456, 987654, 890123, 246802 – neighbours always the same step apart,
 * modulo ten. There are 100 of each length, so 999,900 PINs of six digits (19.93 bits) and 9,900 of four (13.27) are left.
 */
export function isEvenlySpaced(digits: readonly number[]): boolean {
  const steps = digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 10) % 10);
  return steps.every((step) => step === steps[0]);
}
