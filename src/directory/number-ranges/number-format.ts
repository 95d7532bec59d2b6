/** How the numbers of a range look: `E000042` has the prefix E and six digits. */
export interface NumberFormat {
  readonly prefix: string;
  readonly digits: number;
  readonly suffix: string;
}

/** The text of one number. */
export function formatNumber({ prefix, digits, suffix }: NumberFormat, number: number): string {
  return `${prefix}${String(number).padStart(digits, '0')}${suffix}`;
}

/** The largest number that a format can hold. */
export function largestNumber({ digits }: Pick<NumberFormat, 'digits'>): number {
  return 10 ** digits - 1;
}

/** Any digit, at a place of a format that counts. */
const counting = null;

/**
 * True when two formats can give the same text, so that two ranges might number two cards alike. Which numbers each has
 * left is not looked at: formats that can never meet are easier to be sure of.
 */
export function canCollide(one: NumberFormat, other: NumberFormat): boolean {
  const [places, others] = [placesOf(one), placesOf(other)];
  return places.length === others.length && places.every((place, at) => fits(place, others[at] ?? counting));
}

function placesOf({ prefix, digits, suffix }: NumberFormat): (string | typeof counting)[] {
  return [...prefix, ...Array.from({ length: digits }, () => counting), ...suffix];
}

function fits(one: string | typeof counting, other: string | typeof counting): boolean {
  if (one === counting) return other === counting || isDigit(other);
  return other === counting ? isDigit(one) : one === other;
}

function isDigit(character: string): boolean {
  return /^[0-9]$/.test(character);
}
