import bwip from 'bwip-js/node';
import { mmToPx } from '../../src/cards/layouts/card-size.js';
import { readTemplate, type BarcodeElement } from '../../src/cards/layouts/card-template.js';
import { renderCard } from '../../src/cards/layouts/render-card.js';
import { sampleElements } from '../../src/cards/layouts/sample-card.js';
import { front } from './people.js';
import { dotsIn } from './pixels.js';

/** A code of the card number at 10 mm from both edges, as drawn on a card: the lightness of each dot. */
async function draw(symbology: BarcodeElement['symbology'], width: number, height: number): Promise<number[]> {
  const box = { x: 10, y: 10, width, height };
  const template = readTemplate(front({ kind: 'barcode', symbology, content: '{cardNumber}', box }));
  const images = await renderCard(template, sampleElements, null, { simulated: false });
  return (await dotsIn(images.front, box)).map(([red]) => red);
}

test('every bar of a Code 128 is a whole number of dots wide, and the quiet zone is white', async () => {
  const [symbol] = bwip.raw('code128', sampleElements.cardNumber);
  if (symbol === undefined || !('sbs' in symbol)) throw new Error('no bars');
  const all = await draw('code128', 60, 10);
  const across = Math.floor(mmToPx(70)) - Math.ceil(mmToPx(10));
  const row = all.slice(across * 50, across * 51);
  expect(row.every((value) => value === 0 || value === 255)).toBe(true);
  const runs: number[] = [];
  row.forEach((value, at) => {
    if (value === row[at - 1]) runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
    else runs.push(1);
  });
  const [before = 0, ...bars] = runs;
  const after = bars.pop() ?? 0;
  const dots = (bars[0] ?? 0) / (symbol.sbs[0] ?? 1);
  expect(dots).toBeGreaterThanOrEqual(2);
  expect(bars).toEqual(symbol.sbs.map((width) => width * dots));
  expect(Math.min(before, after)).toBeGreaterThanOrEqual(10 * dots);
});

test('every module of a QR code is a square of whole dots, and the quiet zone is white', async () => {
  const [symbol] = bwip.raw('qrcode', sampleElements.cardNumber, 'eclevel=M');
  if (symbol === undefined || !('pixs' in symbol)) throw new Error('no modules');
  const all = await draw('qr', 20, 20);
  const across = Math.floor(mmToPx(30)) - Math.ceil(mmToPx(10));
  const dark = all.flatMap((value, at) => (value === 0 ? [{ x: at % across, y: Math.floor(at / across) }] : []));
  const [left, top, right] = [
    Math.min(...dark.map(({ x }) => x)),
    Math.min(...dark.map(({ y }) => y)),
    Math.max(...dark.map(({ x }) => x)),
  ];
  const dots = (right + 1 - left) / symbol.pixx;
  expect(Number.isInteger(dots)).toBe(true);
  expect(Math.min(left, top, across - right - 1)).toBeGreaterThanOrEqual(4 * dots - 1);
  const seen = symbol.pixs.map((_, at) => {
    const start = { x: left + (at % symbol.pixx) * dots, y: top + Math.floor(at / symbol.pixx) * dots };
    const corners = [0, dots - 1].flatMap((y) => [0, dots - 1].map((x) => all[(start.y + y) * across + start.x + x]));
    return corners.every((value) => value === 0) ? 1 : corners.every((value) => value === 255) ? 0 : -1;
  });
  expect(seen).toEqual(symbol.pixs);
});

test('a box that is too small for a code that scanners read is refused with the size it needs', async () => {
  await expect(draw('qr', 5, 20)).rejects.toMatchObject({
    code: 'production-refused',
    message: expect.stringMatching(/needs a box of at least [\d.]+ mm on each side/),
  });
  await expect(draw('code128', 15, 20)).rejects.toMatchObject({
    code: 'production-refused',
    message: expect.stringMatching(/needs a box of at least [\d.]+ mm width/),
  });
});
