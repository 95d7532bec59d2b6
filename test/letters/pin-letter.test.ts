import { hostname } from 'node:os';
import { inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { englishTexts } from '../../src/production/letters/letter-texts.js';
import { pinLetter, type PinLetter } from '../../src/production/letters/pin-letter.js';
import { pagesOfPdf } from '../support/pdf-pages.js';

const letter: PinLetter = {
  holderName: 'Alexandra Sample',
  department: 'Facility Management',
  cardTypeName: 'Employee card',
  cardNumber: 'E000042',
  pin: '482913',
  puk: '90217736',
};

/** Everything that can be read in the file without looking at it. */
function readable(pdf: Buffer): string {
  const text = pdf.toString('latin1');
  const streams = [...text.matchAll(/\/Length (\d+)[\s\S]*?stream\n/g)].map((match) => {
    const start = match.index + match[0].length;
    return inflateSync(pdf.subarray(start, start + Number(match[1]))).toString('latin1');
  });
  expect(streams.length).toBeGreaterThan(0);
  return [text, ...streams].join('\n');
}

test('is one A4 page', async () => {
  const text = (await pinLetter(letter)).toString('latin1');
  const boxes = [...text.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, width, height]) => [
    Number(width),
    Number(height),
  ]);
  expect(boxes).toHaveLength(1);
  expect((boxes[0]?.[0] ?? 0) * (25.4 / 72)).toBeCloseTo(210, 3);
  expect((boxes[0]?.[1] ?? 0) * (25.4 / 72)).toBeCloseTo(297, 3);
});

test('has neither the numbers nor the holder in any text, and nothing of the machine', async () => {
  const text = readable(await pinLetter(letter));
  for (const word of ['482913', '90217736', 'Alexandra', 'Facility', 'E000042', hostname(), '/Author', '/Title'])
    expect(text).not.toContain(word);
});

test('is the same for the same, byte by byte, and another for another PIN', async () => {
  const [one, same, other] = await Promise.all(
    [letter, { ...letter }, { ...letter, pin: '482914' }].map((each) => pinLetter(each)),
  );
  expect(one?.equals(same ?? Buffer.of())).toBe(true);
  expect(one?.equals(other ?? Buffer.of())).toBe(false);
});

test('has a frame for each number that it shows', async () => {
  // Beside frames, only the three marks for folding and punching are lines.
  const frames = async (each: PinLetter) => readable(await pinLetter(each)).split('\nS\n').length - 1 - 3;
  const counted = await Promise.all(
    [letter, { ...letter, puk: null }, { ...letter, pin: null }, { ...letter, pin: null, puk: null }].map((each) =>
      frames(each),
    ),
  );
  expect(counted).toEqual([2, 1, 1, 0]);
});

test('is written in the words it is given', async () => {
  const [english, other] = await Promise.all([
    pinLetter(letter),
    pinLetter(letter, { ...englishTexts, salutation: (name) => `Αγαπητή ${name}` }),
  ]);
  expect(english?.equals(other ?? Buffer.of())).toBe(false);
});

describe('seen on paper', () => {
  /** Part of the dots that are dark, 0 to 1, in a box of millimetres. */
  const darkIn = async (page: Buffer, x: number, y: number, width: number, height: number) => {
    const [left, top, right, bottom] = [x, y, x + width, y + height].map((mm) => Math.round((mm / 25.4) * 100));
    const region = {
      left: left ?? 0,
      top: top ?? 0,
      width: (right ?? 0) - (left ?? 0),
      height: (bottom ?? 0) - (top ?? 0),
    };
    const raw = await sharp(page).extract(region).greyscale().raw().toBuffer();
    return raw.filter((value) => value < 128).length / raw.length;
  };

  /** The letter on A4 at 100 dpi. */
  const print = async (each: PinLetter): Promise<Buffer> => {
    const [page] = await pagesOfPdf(await pinLetter(each), { width: 827, height: 1169 });
    return page ?? Buffer.of();
  };

  test('only the address stands in the window of the envelope, and the numbers below the first fold', async () => {
    const [page, blank] = [await print(letter), await print({ ...letter, pin: null, puk: null })];
    expect(await darkIn(page, 25, 55, 80, 28)).toBeGreaterThan(0.01);
    expect(await darkIn(page, 105, 0, 105, 95)).toBe(0);
    for (const top of [132, 160]) {
      expect(await darkIn(page, 92, top, 90, 15)).toBeGreaterThan(0.03);
      expect(await darkIn(blank, 92, top, 90, 15)).toBe(0);
    }
    const numbersAbove = await Promise.all(
      [page, blank].map((each) => sharp(each).extract({ left: 0, top: 0, width: 820, height: 370 }).raw().toBuffer()),
    );
    expect(numbersAbove[0]?.equals(numbersAbove[1] ?? Buffer.of())).toBe(true);
  });

  test('a very long name stays in the window', async () => {
    const page = await print({
      ...letter,
      holderName: 'Maximiliane-Charlotte Alexandrina Freifrau von Hohenstein-Wittgenstein-Berleburg',
    });
    expect(await darkIn(page, 105.5, 45, 100, 45)).toBe(0);
  });
});
