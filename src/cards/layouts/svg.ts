import type { PathCommand } from 'fontkit';
import { cardPx, mmToPx } from './card-size.js';
import type { Box, Fill, Stroke } from './card-template.js';
import type { SetText } from './text/text-fitting.js';

/*
 * A side as SVG, in dots. No word of a holder ever gets into it: text is outlines, and everything else is numbers and
 * colours that the schema has checked.
 */

const letters: Readonly<Record<PathCommand['command'], string>> = {
  moveTo: 'M',
  lineTo: 'L',
  quadraticCurveTo: 'Q',
  bezierCurveTo: 'C',
  closePath: 'Z',
};

/** Millimetres as dots, to a hundredth. */
export function dots(mm: number): number {
  return Math.round(mmToPx(mm) * 100) / 100;
}

export function boxAttributes({ x, y, width, height }: Box): string {
  return `x="${dots(x)}" y="${dots(y)}" width="${dots(width)}" height="${dots(height)}"`;
}

export function strokeAttributes({ colour, width }: Stroke): string {
  return `stroke="${colour}" stroke-width="${dots(width)}"`;
}

/** A fill for an element: its attribute, and what has to stand before it. */
export function paint(fill: Fill, id: string): { readonly definition: string; readonly attribute: string } {
  if (typeof fill === 'string') return { definition: '', attribute: `fill="${fill}"` };
  const end = fill.direction === 'right' ? 'x2="1" y2="0"' : 'x2="0" y2="1"';
  const stops = `<stop stop-color="${fill.from}"/><stop offset="1" stop-color="${fill.to}"/>`;
  const definition = `<linearGradient id="${id}" x1="0" y1="0" ${end}>${stops}</linearGradient>`;
  return { definition, attribute: `fill="url(#${id})"` };
}

/** One glyph as path data in the font's own units, upwards, and where it stands: `matrix(scale, 0, 0, -scale, x, y)`. */
export interface PlacedGlyph {
  readonly path: string;
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/**
 * The glyphs of a text, placed on a card or a page.
 * @param left edge of its box (mm)
 * @param top edge of its box (mm)
 * @param unit what millimetres are in the drawing: dots of a card, points of a page
 */
export function placeGlyphs(
  { lines, size }: SetText,
  left: number,
  top: number,
  unit: (mm: number) => number,
): PlacedGlyph[] {
  return lines.flatMap(({ line, x, baseline }) =>
    line.glyphs.map((glyph) => ({
      path: pathOf(glyph.commands),
      scale: unit(glyph.scale * size),
      x: unit(left + x + glyph.x * size),
      y: unit(top + baseline - glyph.y * size),
    })),
  );
}

/** Outlines of a text; `attributes` are for all of it. */
export function outlines(set: SetText, left: number, top: number, attributes: string): string {
  const glyphs = placeGlyphs(set, left, top, mmToPx).map(({ path, scale, x, y }) => {
    const factor = scale.toFixed(6);
    return `<path transform="matrix(${factor} 0 0 -${factor} ${x.toFixed(2)} ${y.toFixed(2)})" d="${path}"/>`;
  });
  return `<g ${attributes}>${glyphs.join('')}</g>`;
}

const paths = new WeakMap<readonly PathCommand[], string>();

/** Fonts hand out the same list for the same glyph each time. */
function pathOf(commands: readonly PathCommand[]): string {
  const known = paths.get(commands);
  if (known !== undefined) return known;
  const path = commands.map(({ command, args }) => letters[command] + args.join(' ')).join('');
  paths.set(commands, path);
  return path;
}

/** A whole side. */
export function svgDocument(content: string): string {
  const { width, height } = cardPx;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${content}</svg>`;
}
