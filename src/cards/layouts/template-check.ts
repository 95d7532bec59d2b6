import type { FieldError } from '../../web/problem.js';
import type { CardElements } from '../card-job.js';
import { fieldLabels, fillIn, isField, namesIn } from './card-fields.js';
import { drawSide, isOnCard } from './card-drawing.js';
import { cardMm } from './card-size.js';
import { cardSides, layoutInvalid, type CardSide, type CardTemplate, type Element } from './card-template.js';
import { sampleElements } from './sample-card.js';

/**
 * Judges what the schema cannot: whether fields are known, elements lie on the card, and text and bar codes have room.
 * @throws ProductError `layout-invalid`, naming each element, what is wrong with it and what cures it
 */
export function checkTemplate(template: CardTemplate): void {
  const errors: FieldError[] = [];
  for (const side of cardSides) {
    template[side].elements.forEach((element, at) => {
      const messages = [...unknownFields(element), ...offCard(element), ...sizes(element)];
      errors.push(...messages.map((message) => ({ field: fieldOf(side, at, element), message })));
    });
  }
  if (errors.length === 0) errors.push(...withoutRoom(template));
  if (errors.length > 0) throw layoutInvalid(errors);
}

function unknownFields(element: Element): string[] {
  const unknown = textsOf(element)
    .flatMap(namesIn)
    .filter((name) => !isField(name));
  return unknown.map((name) => `there is no field {${name}}; there are {${Object.keys(fieldLabels).join('}, {')}}`);
}

function textsOf(element: Element): string[] {
  if (element.kind === 'barcode') return [element.content];
  return element.kind === 'text' ? [element.text, element.whenEmpty ?? ''] : [];
}

function offCard(element: Element): string[] {
  const points = 'points' in element ? element.points : 'from' in element ? [element.from, element.to] : [];
  const off = points.find(([x, y]) => !isOnCard({ x, y, width: 0, height: 0 }));
  if (off !== undefined) {
    return [
      `the point ${off[0]}, ${off[1]} is not on the card, which is ${cardMm.width} × ${cardMm.height} mm; move it`,
    ];
  }
  if (!('box' in element) || isOnCard(element.box)) return [];
  const { x, y, width, height } = element.box;
  return [
    `the box ends at ${round(x + width)} mm from the left and ${round(y + height)} mm from the top, the card at ` +
      `${cardMm.width} and ${cardMm.height} mm; move it or make it smaller`,
  ];
}

function sizes(element: Element): string[] {
  if (element.kind !== 'text' || element.smallest === undefined || element.smallest <= element.size) return [];
  return [`the smallest size (${element.smallest} pt) is larger than the size (${element.size} pt); swap them`];
}

/** A card as most are, and one without an end. */
const samples: readonly CardElements[] = [sampleElements, { ...sampleElements, validUntil: null }];

/** Laid out with samples: text must stand in its box, a layout's own words wholly, and a bar code must have room. */
function withoutRoom(template: CardTemplate): FieldError[] {
  const errors = samples.flatMap((sample) =>
    cardSides.flatMap((side) =>
      drawSide(template, side, sample, new Map()).findings.flatMap(({ element: at, severity, message }) => {
        const element = template[side].elements[at];
        if (element === undefined || (severity === 'cut' && !isOwnWords(element, sample))) return [];
        return [{ field: fieldOf(side, at, element), message: `${message}; ${cureOf(element)}` }];
      }),
    ),
  );
  return errors.filter((error, at) => errors.findIndex(({ field }) => field === error.field) === at);
}

function isOwnWords(element: Element, sample: CardElements): boolean {
  return element.kind === 'text' && (namesIn(element.text).length === 0 || fillIn(element.text, sample).empty);
}

function cureOf(element: Element): string {
  if (element.kind !== 'text') return 'enlarge its box';
  const { box, size, smallest } = element;
  return `enlarge its box of ${box.width} × ${box.height} mm, or let it be smaller than ${smallest ?? size} pt`;
}

/** For example `front.elements.2 (text)`. */
function fieldOf(side: CardSide, at: number, { kind }: Element): string {
  return `${side}.elements.${at} (${kind})`;
}

function round(mm: number): number {
  return Math.round(mm * 100) / 100;
}
