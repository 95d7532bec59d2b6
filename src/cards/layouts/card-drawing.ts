import type { CardElements } from '../card-job.js';
import { fillIn, textLabel } from './card-fields.js';
import { cardMm, pointsToMm } from './card-size.js';
import type {
  BarcodeElement,
  Box,
  CardSide,
  CardTemplate,
  Element,
  PhotoElement,
  TextElement,
} from './card-template.js';
import { boxAttributes, dots, outlines, paint, strokeAttributes } from './svg.js';
import { drawSymbol } from './symbols.js';
import { coveredScripts } from './text/fonts.js';
import { setText, type SetText } from './text/text-fitting.js';

/** Something about a card that its operator should know before it is printed. */
export interface CardFinding {
  readonly side: CardSide;
  /** Place of the element in the list of its side, from 0. */
  readonly element: number;
  /** `refused`: it is not printed like this. `cut`: it is, with an ellipsis. */
  readonly severity: 'refused' | 'cut';
  /** What is wrong and what cures it, as a sentence without its full stop. */
  readonly message: string;
}

/** Pictures of elements as data URLs, cropped to their boxes; none for a photo that is missing. */
export type Pictures = ReadonlyMap<Element, string>;

export interface DrawnSide {
  /** SVG without its root element. */
  readonly svg: string;
  readonly findings: readonly CardFinding[];
}

interface DrawnElement {
  readonly svg: string;
  readonly findings?: readonly Omit<CardFinding, 'side' | 'element'>[];
}

/** Draws one side of a card. */
export function drawSide(
  template: CardTemplate,
  side: CardSide,
  elements: CardElements,
  pictures: Pictures,
): DrawnSide {
  const { background, elements: list } = template[side];
  const ground = paint(background, 'ground');
  const drawn = list.map((element, at) => drawElement(element, `e${at}`, elements, pictures));
  return {
    svg:
      `${ground.definition}<rect width="100%" height="100%" ${ground.attribute}/>` +
      drawn.map(({ svg }) => svg).join(''),
    findings: drawn.flatMap(({ findings = [] }, element) => findings.map((finding) => ({ side, element, ...finding }))),
  };
}

/** Sets the text of an element as it stands on this card; null where it stands on no card like it. */
export function setElement(element: TextElement, elements: CardElements): SetText | null {
  const filled = fillIn(element.text, elements);
  const text = filled.empty ? element.whenEmpty : filled.text;
  if (text === undefined) return null;
  const { box, size, smallest = size, weight, align, vertical, tracking } = element;
  return setText(text, {
    ...box,
    size: pointsToMm(size),
    smallest: pointsToMm(smallest),
    weight,
    align,
    vertical,
    tracking,
  });
}

function drawElement(element: Element, id: string, elements: CardElements, pictures: Pictures): DrawnElement {
  switch (element.kind) {
    case 'text':
      return drawText(element, elements);
    case 'barcode':
      return drawBarcode(element, elements);
    case 'photo':
      return { svg: drawPhoto(element, id, pictures.get(element)) };
    case 'image':
      return { svg: `<image ${boxAttributes(element.box)} href="${pictures.get(element) ?? ''}"/>` };
    case 'rectangle': {
      const filled =
        element.fill === undefined ? { definition: '', attribute: 'fill="none"' } : paint(element.fill, id);
      const stroke = element.stroke === undefined ? '' : strokeAttributes(element.stroke);
      const shape = `<rect ${boxAttributes(element.box)} rx="${dots(element.radius)}" ${filled.attribute} ${stroke}/>`;
      return { svg: filled.definition + shape };
    }
    case 'line': {
      const [x1, y1] = element.from;
      const [x2, y2] = element.to;
      return {
        svg: `<line x1="${dots(x1)}" y1="${dots(y1)}" x2="${dots(x2)}" y2="${dots(y2)}" ${strokeAttributes(element.stroke)}/>`,
      };
    }
    case 'polygon': {
      const filled = paint(element.fill, id);
      const points = element.points.map(([x, y]) => `${dots(x)},${dots(y)}`).join(' ');
      return { svg: `${filled.definition}<polygon points="${points}" ${filled.attribute}/>` };
    }
  }
}

function drawText(element: TextElement, elements: CardElements): DrawnElement {
  const set = setElement(element, elements);
  if (set === null) return { svg: '' };
  const { x, y } = element.box;
  return { svg: outlines(set, x, y, `fill="${element.colour}"`), findings: judgeText(element, set) };
}

function judgeText(element: TextElement, { lines, inside, cut }: SetText): NonNullable<DrawnElement['findings']> {
  const label = textLabel(element.text);
  const missing = [...new Set(lines.flatMap(({ line }) => line.missing))];
  if (missing.length > 0) {
    const characters = missing.slice(0, 10).join(' ');
    const message = `The ${label} has characters that the card's font does not have: ${characters}. Have it written in ${coveredScripts} letters`;
    return [{ severity: 'refused', message }];
  }
  if (!inside)
    return [
      {
        severity: 'refused',
        message: `The ${label}, with the marks above and below its letters, is higher than its box`,
      },
    ];
  if (cut) return [{ severity: 'cut', message: `The ${label} is too long for the card and ends in an ellipsis` }];
  return [];
}

function drawBarcode({ symbology, content, box }: BarcodeElement, elements: CardElements): DrawnElement {
  const { text, empty } = fillIn(content, elements);
  if (empty) return { svg: '' };
  const symbol = drawSymbol(symbology, text, box);
  const ground = `<rect ${boxAttributes(box)} fill="#ffffff"/>`;
  if ('problem' in symbol) {
    const message = `The ${textLabel(content)} cannot be a bar code: ${symbol.problem}`;
    return { svg: ground, findings: [{ severity: 'refused', message }] };
  }
  return { svg: `${ground}<path shape-rendering="crispEdges" d="${symbol.path}"/>` };
}

/** Without a picture: the outline of a head and shoulders, or nothing. */
function drawPhoto({ box, radius, border, missing }: PhotoElement, id: string, picture: string | undefined): string {
  if (picture === undefined && missing === 'blank') return '';
  const shape = `<rect ${boxAttributes(box)} rx="${dots(radius)}"`;
  const inside = picture === undefined ? silhouette(box) : `<image ${boxAttributes(box)} href="${picture}"/>`;
  const edge = border === undefined ? '' : `${shape} fill="none" ${strokeAttributes(border)}/>`;
  return `<clipPath id="${id}">${shape}/></clipPath><g clip-path="url(#${id})">${inside}</g>${edge}`;
}

function silhouette(box: Box): string {
  const middle = box.x + box.width / 2;
  const bottom = box.y + box.height;
  const head = Math.min(box.width * 0.23, box.height * 0.19);
  return (
    `<rect ${boxAttributes(box)} fill="#e3e7ec"/><g fill="#b3bcc7">` +
    `<circle cx="${dots(middle)}" cy="${dots(box.y + box.height * 0.38)}" r="${dots(head)}"/>` +
    `<ellipse cx="${dots(middle)}" cy="${dots(bottom)}" rx="${dots(box.width * 0.4)}" ry="${dots(box.height * 0.34)}"/></g>`
  );
}

/** True where the box lies on the card, edges included. */
export function isOnCard({ x, y, width, height }: Box): boolean {
  return x + width <= cardMm.width + 0.001 && y + height <= cardMm.height + 0.001;
}
