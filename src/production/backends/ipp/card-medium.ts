import type { Attribute } from 'ipp-encoder';
import { textsOf, type IppAttributes } from './ipp-answer.js';
import { keyword, mediaOfSize } from './ipp-request.js';
import type { IppSettings } from './ipp-settings.js';

/** A card of format ID-1 (CR80), upright as IPP names media. In millimetres. Source: ISO/IEC 7810. */
const card = { width: 53.98, length: 85.6 } as const;
/** What a printer rounds (mm): om_card_54x86mm is meant, om_business-card_55x85mm is not. */
const tolerance = 0.5;
const millimetres = { mm: 1, in: 25.4 } as const;

/** How a card is printed on this printer, and what keeps it from being printed at all. */
export interface CardJobAttributes {
  readonly attributes: readonly Attribute[];
  /** A sentence, or null when the printer can do it. */
  readonly impossible: string | null;
}

/**
 * Chooses how to ask for one card with a front and a back, from what the printer says it supports. Without a printer
 * that turns the card, the back would come out on a second card: then it is not printed at all.
 */
export function cardJobAttributes(printer: IppAttributes, settings: IppSettings): CardJobAttributes {
  const sides = `two-sided-${settings.flip}`;
  const formats = textsOf(printer, 'document-format-supported');
  const missing = [
    formats.length > 0 && !formats.includes('application/pdf') && 'The printer takes no PDF: let CUPS print on it',
    !textsOf(printer, 'sides-supported').includes(sides) &&
      `The printer does not print ${sides}: switch on its unit for both sides`,
  ];
  return {
    attributes: [
      keyword('sides', sides),
      ...(textsOf(printer, 'print-scaling-supported').includes('none') ? [keyword('print-scaling', 'none')] : []),
      ...(settings.media === undefined ? cardMedium(printer) : [keyword('media', settings.media)]),
    ],
    impossible: missing.find((sentence) => sentence !== false) ?? null,
  };
}

/** The medium by the printer's own name for it; else by its size; else none: then the printer takes what lies in it. */
function cardMedium(printer: IppAttributes): Attribute[] {
  const names = textsOf(printer, 'media-supported');
  const named = names.find((name) => !name.startsWith('custom_m') && isCard(sizeOf(name)));
  if (named !== undefined) return [keyword('media', named)];
  const smallest = sizeOf(names.find((name) => name.startsWith('custom_min_')));
  const largest = sizeOf(names.find((name) => name.startsWith('custom_max_')));
  const fits =
    smallest !== null &&
    largest !== null &&
    smallest.width <= card.width &&
    smallest.length <= card.length &&
    card.width <= largest.width &&
    card.length <= largest.length;
  const takesSizes = textsOf(printer, 'media-col-supported').includes('media-size');
  return fits && takesSizes ? mediaOfSize(Math.round(card.width * 100), Math.round(card.length * 100)) : [];
}

function isCard(size: { width: number; length: number } | null): boolean {
  return (
    size !== null && Math.abs(size.width - card.width) <= tolerance && Math.abs(size.length - card.length) <= tolerance
  );
}

/** The size in a self-describing name such as `om_card_54x86mm`. Source: PWG 5101.1, 5. */
function sizeOf(name: string | undefined): { width: number; length: number } | null {
  const [, width, length, unit] = /_(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(mm|in)$/.exec(name ?? '') ?? [];
  if (width === undefined || length === undefined) return null;
  const factor = millimetres[unit === 'in' ? 'in' : 'mm'];
  return { width: Number(width) * factor, length: Number(length) * factor };
}
