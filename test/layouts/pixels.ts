import sharp from 'sharp';
import { cardPx, mmToPx } from '../../src/cards/layouts/card-size.js';
import type { Box } from '../../src/cards/layouts/card-template.js';

/** A part of a picture of a card, as red, green and blue of each dot. */
export async function dotsIn(png: Buffer, { x, y, width, height }: Box): Promise<[number, number, number][]> {
  const left = Math.ceil(mmToPx(x));
  const top = Math.ceil(mmToPx(y));
  const region = {
    left,
    top,
    width: Math.min(cardPx.width, Math.floor(mmToPx(x + width))) - left,
    height: Math.min(cardPx.height, Math.floor(mmToPx(y + height))) - top,
  };
  const raw = await sharp(png).extract(region).removeAlpha().raw().toBuffer();
  return Array.from({ length: raw.length / 3 }, (_, at) => [
    raw[at * 3] ?? 0,
    raw[at * 3 + 1] ?? 0,
    raw[at * 3 + 2] ?? 0,
  ]);
}

/** Part of the dots, 0 to 1, that are of a colour such as `#d02090`, give or take what JPEG changes. */
export async function shareOf(png: Buffer, box: Box, colour: string): Promise<number> {
  const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const dots = await dotsIn(png, box);
  return dots.filter((dot) => dot.every((value, at) => Math.abs(value - (wanted[at] ?? 0)) <= 12)).length / dots.length;
}

/**
 * How much two pictures of the same size differ, 0 to 1: on average, and in the worst square of 8 × 8 dots – a missing word
 * hardly changes the average of a whole card.
 */
export async function difference(one: Buffer, other: Buffer): Promise<{ mean: number; worst: number }> {
  const [a, b] = await Promise.all(
    [one, other].map((png) => sharp(png).removeAlpha().greyscale().raw().toBuffer({ resolveWithObject: true })),
  );
  if (a === undefined || b === undefined || a.info.width !== b.info.width || a.info.height !== b.info.height)
    throw new Error('sizes differ');
  const { width, height } = a.info;
  const squares = new Map<number, { sum: number; dots: number }>();
  let sum = 0;
  for (let at = 0; at < width * height; at += 1) {
    const apart = Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0)) / 255;
    const square = Math.floor(Math.floor(at / width) / 8) * 10_000 + Math.floor((at % width) / 8);
    const known = squares.get(square) ?? { sum: 0, dots: 0 };
    squares.set(square, { sum: known.sum + apart, dots: known.dots + 1 });
    sum += apart;
  }
  return {
    mean: sum / (width * height),
    worst: Math.max(...[...squares.values()].map((square) => square.sum / square.dots)),
  };
}
