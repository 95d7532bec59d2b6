import { randomInt } from 'node:crypto';

/** How every canary begins: as long as lets the twelve digits that a print bureau takes differ in the other six. */
const beginning = '907831';

/** A PIN or PUK of twelve digits that can be recognised. */
export function makeCanary(): string {
  return beginning + Array.from({ length: 6 }, () => randomInt(10)).join('');
}

const hex = (text: string): string => Buffer.from(text).toString('hex');
/** The part of base64 that no neighbour changes, for each of the three places where the text can begin. */
const base64 = [0, 1, 2].map((before) => {
  const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(beginning)])
    .toString('base64')
    .replace(/=+$/, '');
  return encoded.slice(before === 0 ? 0 : before + 1, Math.floor(((before + beginning.length) * 8) / 6));
});
const plainOrHex = new RegExp(`${beginning}\\d{6}|${hex(beginning)}(?:3\\d){6}`, 'gi');
const inBase64 = new RegExp(base64.map((text) => text.replace(/[+/]/g, '\\$&')).join('|'), 'g');

/** Looks for canaries in texts: as they are, in hexadecimal (which is how PostgreSQL shows bytes) and in base64. */
export class CanaryWatch {
  /** What was looked through (characters). */
  looked = 0;
  readonly found: string[] = [];

  /** @param made returns all canaries made so far; others look like one by chance */
  constructor(private readonly made: () => ReadonlySet<string>) {}

  /** @param where for people */
  look(where: string, text: string): void {
    this.looked += text.length;
    if (inBase64.test(text)) this.found.push(`${where} (base64)`);
    inBase64.lastIndex = 0;
    for (const [match] of text.matchAll(plainOrHex)) {
      const digits = match.startsWith(beginning) ? match : Buffer.from(match, 'hex').toString();
      if (this.made().has(digits)) this.found.push(where);
    }
  }
}
