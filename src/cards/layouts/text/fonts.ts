import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';

/*
 * Text is drawn with fonts that ship with the product, never with those of the machine: a server has none, or others than
 * the next one. Noto Sans, SIL Open Font License 1.1. See docs/decisions/card-layouts.md.
 */

/** Files by what they cover; the first that has all of a character is taken. */
const coverages = [
  'latin',
  'latin-ext',
  'greek',
  'cyrillic',
  'vietnamese',
  'greek-ext',
  'cyrillic-ext',
  'devanagari',
] as const;

/** What the fonts cover, in words for people. */
export const coveredScripts = 'Latin, Greek, Cyrillic or Devanagari';

const weights = { regular: 400, semibold: 600, bold: 700 } as const;
export type Weight = keyof typeof weights;

/** Of Noto Sans, in parts of the font size: how far marks above and below letters reach, and the height of capitals. */
export const metrics = { ascent: 1.069, descent: 0.293, capHeight: 0.714, lineHeight: 1.2 } as const;

const { resolve } = createRequire(import.meta.url);
const opened = new Map<string, Font>();

/** The font that has every one of these code points; null where none has. */
export function fontFor(codePoints: readonly number[], weight: Weight): Font | null {
  for (const coverage of coverages) {
    const font = open(coverage, weight);
    if (codePoints.every((codePoint) => font.hasGlyphForCodePoint(codePoint))) return font;
  }
  return null;
}

function open(coverage: (typeof coverages)[number], weight: Weight): Font {
  const name = `@fontsource/noto-sans/files/noto-sans-${coverage}-${weights[weight]}-normal.woff`;
  const known = opened.get(name);
  if (known !== undefined) return known;
  const font = create(readFileSync(resolve(name)));
  opened.set(name, font);
  return font;
}
