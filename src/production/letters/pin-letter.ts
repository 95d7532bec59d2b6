import { mmToPoints, pdfBytes, placeGlyphs, pointsToMm, setText } from '../../cards/index.js';
import type { Box } from '../../cards/layouts/card-template.js';
import type { TextSetting } from '../../cards/layouts/text/text-fitting.js';
import { englishTexts, type LetterTexts } from './letter-texts.js';

/** What a PIN letter says; a number that is delivered in another way is null. */
export interface PinLetter {
  readonly holderName: string;
  readonly department: string;
  readonly cardTypeName: string;
  readonly cardNumber: string;
  readonly pin: string | null;
  readonly puk: string | null;
}

/** A4, in millimetres. Source of all places: DIN 5008, form B, for envelopes with a window. */
const page = { width: 210, height: 297 } as const;
const left = 25;
const width = 165;
const address = { x: 25, y: 45, width: 80, height: 45 } as const;
/** Where the letter is folded and punched, from the top. */
const marks = [105, 148.5, 210] as const;

const black = '#16202b';
const grey = '#5b6773';

type Style = Partial<Omit<TextSetting, 'width' | 'height' | 'size'>> & { readonly colour?: string };

/** A text in a box of millimetres at a size in points. */
interface Line extends Style {
  readonly text: string;
  readonly box: Box;
  readonly size: number;
}

/**
 * Makes the letter that brings a card holder PIN and PUK: one A4 page, folded so that only the address shows through the
 * envelope's window. All text is outlines, so the numbers can be seen but not searched for; nothing else in the file shows
 * whose they are. The same letter gives the same bytes.
 */
export async function pinLetter(letter: PinLetter, texts: LetterTexts = englishTexts): Promise<Buffer> {
  return pdfBytes((document) => {
    document.addPage({ size: [mmToPoints(page.width), mmToPoints(page.height)], margin: 0 });
    for (const y of marks) drawMark(document, y);
    for (const line of [...addressLines(letter, texts), ...bodyLines(letter, texts)]) drawLine(document, line);
    secretsOf(letter, texts).forEach((secret, at) => {
      drawSecret(document, secret, 128 + at * 28);
    });
  });
}

function addressLines({ holderName, department }: PinLetter, texts: LetterTexts): Line[] {
  const { x, y } = address;
  const row = (at: number, text: string, style: Style = {}): Line => ({
    text,
    box: { x, y: y + 17.7 + at * 5.4, width: address.width, height: 5.4 },
    size: 11,
    smallest: pointsToMm(7),
    ...style,
  });
  return [
    { text: texts.sender, box: { x, y: y + 11, width: address.width, height: 3.4 }, size: 7, colour: grey },
    row(0, texts.internal, { weight: 'semibold' }),
    row(1, holderName),
    row(2, department),
  ];
}

function bodyLines(letter: PinLetter, texts: LetterTexts): Line[] {
  const { holderName, cardTypeName, cardNumber } = letter;
  const title = texts.title(secretsOf(letter, texts).map(({ label }) => label));
  return [
    { text: title, box: { x: left, y: 98, width, height: 8 }, size: 15, weight: 'bold' },
    {
      text: texts.salutation(holderName),
      box: { x: left, y: 109, width, height: 5.5 },
      size: 10.5,
      smallest: pointsToMm(7),
    },
    {
      text: texts.introduction(cardTypeName, cardNumber),
      box: { x: left, y: 116, width, height: 10.5 },
      size: 10.5,
      smallest: pointsToMm(7),
    },
    ...texts.instructions.flatMap((text, at): Line[] => {
      const y = 188 + at * 13;
      return [
        { text: `${at + 1}`, box: { x: left, y, width: 6, height: 5 }, size: 10.5, weight: 'bold' },
        { text, box: { x: left + 7, y, width: width - 7, height: 11 }, size: 10.5, smallest: pointsToMm(8) },
      ];
    }),
    { text: texts.closing, box: { x: left, y: 278, width, height: 4 }, size: 8, colour: grey },
  ];
}

interface Secret {
  readonly label: string;
  readonly hint: string;
  readonly digits: string;
}

function secretsOf({ pin, puk }: PinLetter, texts: LetterTexts): Secret[] {
  return [
    ...(pin === null ? [] : [{ label: texts.pin, hint: texts.pinHint, digits: pin }]),
    ...(puk === null ? [] : [{ label: texts.puk, hint: texts.pukHint, digits: puk }]),
  ];
}

/** A frame with the number in it. @param y its upper edge (mm) */
function drawSecret(document: PDFKit.PDFDocument, { label, hint, digits }: Secret, y: number): void {
  const point = mmToPoints;
  document.roundedRect(point(left), point(y), point(width), point(24), point(2)).lineWidth(point(0.5)).stroke(black);
  drawLine(document, { text: label, box: { x: left + 6, y: y + 5, width: 40, height: 7 }, size: 13, weight: 'bold' });
  drawLine(document, {
    text: hint,
    box: { x: left + 6, y: y + 12.6, width: 52, height: 9 },
    size: 8,
    smallest: pointsToMm(6),
    colour: grey,
  });
  drawLine(document, {
    text: digits,
    box: { x: left + 62, y: y + 3, width: width - 68, height: 18 },
    size: 28,
    smallest: pointsToMm(14),
    weight: 'semibold',
    align: 'centre',
    vertical: 'middle',
    tracking: 0.25,
  });
}

function drawLine(document: PDFKit.PDFDocument, { text, box, size, colour = black, ...style }: Line): void {
  const inMm = pointsToMm(size);
  const set = setText(text, {
    ...box,
    size: inMm,
    smallest: inMm,
    weight: 'regular',
    align: 'left',
    vertical: 'top',
    tracking: 0,
    ...style,
  });
  for (const { path, scale, x, y } of placeGlyphs(set, box.x, box.y, mmToPoints)) {
    document.save().transform(scale, 0, 0, -scale, x, y).path(path).fill(colour).restore();
  }
}

function drawMark(document: PDFKit.PDFDocument, y: number): void {
  document.moveTo(mmToPoints(4), mmToPoints(y)).lineTo(mmToPoints(9), mmToPoints(y)).lineWidth(0.5).stroke(grey);
}
