import type { Font, PathCommand } from 'fontkit';
import { fontFor, type Weight } from './fonts.js';

/** Edges of what is drawn, in parts of the font size from the start of the base line, upwards. */
export interface Ink {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** One glyph; lengths in parts of the font size from the start of the base line, upwards. */
export interface Glyph {
  readonly commands: readonly PathCommand[];
  /** What the commands' numbers are multiplied with. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** One line of text as outlines, for any size. */
export interface ShapedLine {
  readonly width: number;
  readonly ink: Ink | null;
  readonly glyphs: readonly Glyph[];
  /** Characters that no font has; an empty box stands for each. */
  readonly missing: readonly string[];
}

/** The frame that stands for a character that no font has, in thousandths of the font size. */
const missingBox: { readonly width: number; readonly height: number; readonly commands: readonly PathCommand[] } = {
  width: 600,
  height: 714,
  commands: [
    ...rectangle([60, 0], [540, 0], [540, 714], [60, 714]),
    // The other way round, so that it is left out.
    ...rectangle([120, 60], [120, 654], [480, 654], [480, 60]),
  ],
};

function rectangle(start: readonly number[], ...corners: (readonly number[])[]): PathCommand[] {
  return [
    { command: 'moveTo', args: start },
    ...corners.map((args) => ({ command: 'lineTo' as const, args })),
    { command: 'closePath', args: [] },
  ];
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What a reader takes for one character. */
export function charactersOf(text: string): string[] {
  return [...graphemes.segment(text)].map(({ segment }) => segment);
}

/**
 * Text as it is drawn: accents composed, any white space one space, and nothing that cannot be seen – but for the two
 * joiners that Indic scripts are written with.
 */
export function plainText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/(?![\u200c\u200d])\p{Cf}/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/**
 * Turns one line into outlines, each run of characters by the font that has them, with kerning and with marks in place.
 * @param text as `plainText` made it
 * @param tracking space added after each character, in parts of the font size
 */
export function shapeLine(text: string, weight: Weight, tracking = 0): ShapedLine {
  const glyphs: Glyph[] = [];
  const missing: string[] = [];
  let x = 0;
  let ink: Ink | null = null;
  for (const run of runsOf(text, weight, tracking > 0)) {
    if (run.font === null) {
      const { commands, width, height } = missingBox;
      missing.push(run.text);
      glyphs.push({ commands, scale: 0.001, x, y: 0 });
      ink = around(ink, { left: x, right: x + width / 1000, bottom: 0, top: height / 1000 });
      x += width / 1000;
    } else {
      const scale = 1 / run.font.unitsPerEm;
      const laidOut = run.font.layout(run.text);
      laidOut.glyphs.forEach((glyph, at) => {
        const position = laidOut.positions[at];
        if (position === undefined) return;
        const origin = { x: x + position.xOffset * scale, y: position.yOffset * scale };
        const { minX, maxX, minY, maxY } = glyph.bbox;
        if (maxX > minX) {
          glyphs.push({ commands: glyph.path.commands, scale, ...origin });
          ink = around(ink, {
            left: origin.x + minX * scale,
            right: origin.x + maxX * scale,
            bottom: origin.y + minY * scale,
            top: origin.y + maxY * scale,
          });
        }
        x += position.xAdvance * scale;
      });
    }
    x += tracking;
  }
  return { width: Math.max(0, x - tracking), ink, glyphs, missing };
}

interface Run {
  readonly text: string;
  readonly font: Font | null;
}

/** Neighbours of the same font stay together for kerning, unless they are to be spaced one by one. */
function runsOf(text: string, weight: Weight, singly: boolean): Run[] {
  const whole = singly ? null : fontFor([...text].map(codePointOf), weight);
  if (whole !== null) return text === '' ? [] : [{ text, font: whole }];
  const runs: Run[] = [];
  for (const character of charactersOf(text)) {
    for (const part of partsOf(character, weight)) {
      const last = runs.at(-1);
      if (!singly && last !== undefined && last.font !== null && last.font === part.font) {
        runs[runs.length - 1] = { text: last.text + part.text, font: last.font };
      } else runs.push(part);
    }
  }
  return runs;
}

/** A character with marks of its own by one font if there is one, else each part by its own. */
function partsOf(character: string, weight: Weight): Run[] {
  const codePoints = [...character];
  const whole = fontFor(codePoints.map(codePointOf), weight);
  if (whole !== null) return [{ text: character, font: whole }];
  const parts = codePoints.map((text) => ({ text, font: fontFor([codePointOf(text)], weight) }));
  return parts.some(({ font }) => font === null) ? [{ text: character, font: null }] : parts;
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function around(ink: Ink | null, more: Ink): Ink {
  if (ink === null) return more;
  return {
    left: Math.min(ink.left, more.left),
    right: Math.max(ink.right, more.right),
    bottom: Math.min(ink.bottom, more.bottom),
    top: Math.max(ink.top, more.top),
  };
}
