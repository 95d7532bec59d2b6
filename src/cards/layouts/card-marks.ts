import { cardMm, pointsToMm } from './card-size.js';
import { boxAttributes, dots, outlines } from './svg.js';
import { setText } from './text/text-fitting.js';

/** What is drawn over a finished side. */
export interface CardMarks {
  /** The word across the card, as on every card of the print shop. */
  readonly word: keyof typeof words | null;
  /** A sentence on a red band, for a preview of a card that would not be printed. */
  readonly warning: string | null;
}

/** SIMULATED must strike everyone; PREVIEW must not hide the card. */
const words = {
  SIMULATED: { colour: '#c00000', opacity: 0.34 },
  PREVIEW: { colour: '#4a5560', opacity: 0.16 },
} as const;

const wordBox = { width: 84, height: 20 } as const;
const band = { x: 0, y: cardMm.height - 8, width: cardMm.width, height: 8 } as const;

/** SVG of the marks. */
export function drawMarks({ word, warning }: CardMarks): string {
  return (word === null ? '' : drawWord(word)) + (warning === null ? '' : drawWarning(warning));
}

/** Along the card's diagonal. */
function drawWord(word: keyof typeof words): string {
  const size = pointsToMm(42);
  const set = setText(word, {
    ...wordBox,
    size,
    smallest: size,
    weight: 'bold',
    align: 'centre',
    vertical: 'middle',
    tracking: 0.05,
  });
  const centre = { x: cardMm.width / 2, y: cardMm.height / 2 };
  const { colour, opacity } = words[word];
  const attributes = `fill="${colour}" fill-opacity="${opacity}" transform="rotate(-32 ${dots(centre.x)} ${dots(centre.y)})"`;
  return outlines(set, centre.x - wordBox.width / 2, centre.y - wordBox.height / 2, attributes);
}

function drawWarning(sentence: string): string {
  const set = setText(sentence, {
    width: band.width - 6,
    height: band.height - 2,
    size: pointsToMm(7),
    smallest: pointsToMm(5),
    weight: 'semibold',
    align: 'left',
    vertical: 'middle',
    tracking: 0,
  });
  return `<rect ${boxAttributes(band)} fill="#c00000"/>${outlines(set, band.x + 3, band.y + 1, 'fill="#ffffff"')}`;
}
