import sharp from 'sharp';
import { ProductError } from '../../kernel/errors.js';
import type { CardElements } from '../card-job.js';
import { drawSide, type CardFinding, type DrawnSide } from './card-drawing.js';
import { drawMarks, type CardMarks } from './card-marks.js';
import { dotsPerInch } from './card-size.js';
import { cardSides, type CardSide, type CardTemplate } from './card-template.js';
import { readyPictures, type CardPhoto } from './pictures.js';
import { svgDocument } from './svg.js';

/** Both sides as PNG of 1011 × 638 pixels, 300 dots an inch. */
export type CardImages = Readonly<Record<CardSide, Buffer>>;

/** Without any picture a side is laid out the same. */
const noPictures = new Map();

/**
 * Draws a card as it is printed.
 * @param template as `readTemplate` returns it
 * @param simulated true prints SIMULATED across both sides
 * @throws ProductError `production-refused` where a text cannot be printed as it is written, or a picture cannot be read
 */
export async function renderCard(
  template: CardTemplate,
  elements: CardElements,
  photo: CardPhoto | null,
  { simulated }: { readonly simulated: boolean },
): Promise<CardImages> {
  const sides = await draw(template, elements, photo);
  const refused = refusals(sides);
  if (refused !== null) throw new ProductError('production-refused', refused);
  return toImages(sides, { word: simulated ? 'SIMULATED' : null, warning: null });
}

/**
 * Draws a card for the eyes of operators. What could not be printed is drawn all the same, with a red band that says why.
 * @param marked true draws PREVIEW across both sides
 * @throws ProductError `production-refused` where a picture cannot be read
 */
export async function previewCard(
  template: CardTemplate,
  elements: CardElements,
  photo: CardPhoto | null,
  { marked }: { readonly marked: boolean },
): Promise<CardImages> {
  const sides = await draw(template, elements, photo);
  const refused = refusals(sides);
  return toImages(sides, {
    word: marked ? 'PREVIEW' : null,
    warning: refused === null ? null : `Not printed like this. ${refused}`,
  });
}

/** What keeps a card from being printed, and what is cut off on it; empty for most cards. Costs a few milliseconds. */
export function inspectCard(template: CardTemplate, elements: CardElements): CardFinding[] {
  return cardSides.flatMap((side) => [...drawSide(template, side, elements, noPictures).findings]);
}

type DrawnCard = Readonly<Record<CardSide, DrawnSide>>;

/** Why a card is not printed, as sentences; what is wrong on both sides is named once. */
function refusals({ front, back }: DrawnCard): string | null {
  const findings = [...front.findings, ...back.findings].filter(({ severity }) => severity === 'refused');
  return findings.length === 0 ? null : [...new Set(findings.map(({ message }) => `${message}.`))].join(' ');
}

async function draw(template: CardTemplate, elements: CardElements, photo: CardPhoto | null): Promise<DrawnCard> {
  const pictures = await readyPictures(template, photo);
  return {
    front: drawSide(template, 'front', elements, pictures),
    back: drawSide(template, 'back', elements, pictures),
  };
}

async function toImages(sides: DrawnCard, marks: CardMarks): Promise<CardImages> {
  const over = drawMarks(marks);
  const [front, back] = await Promise.all(cardSides.map((side) => toPng(svgDocument(sides[side].svg + over))));
  if (front === undefined || back === undefined) throw new Error('a card has two sides');
  return { front, back };
}

/** Without transparency and interlacing, so that a PDF takes the picture as it is. */
async function toPng(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg))
    .flatten({ background: '#ffffff' })
    .removeAlpha()
    .png({ compressionLevel: 6 })
    .withDensity(dotsPerInch)
    .toBuffer();
}
