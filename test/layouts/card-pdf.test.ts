import { inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { cardPdf } from '../../src/cards/layouts/card-pdf.js';
import { renderCard } from '../../src/cards/layouts/render-card.js';
import { sampleElements } from '../../src/cards/layouts/sample-card.js';
import { plainPhoto, shipped } from './people.js';
import { hostname } from 'node:os';

const makeCard = async () => renderCard(shipped('employee'), sampleElements, await plainPhoto(), { simulated: false });
const pdf = async () => (await cardPdf(await makeCard())).toString('latin1');

test('there is a page of exactly 85.60 × 53.98 mm for each side', async () => {
  const boxes = [...(await pdf()).matchAll(/\/MediaBox \[([^\]]*)\]/g)].map(([, box = '']) =>
    box.split(' ').map(Number),
  );
  expect(boxes).toHaveLength(2);
  for (const [left, bottom, width = 0, height = 0] of boxes) {
    expect([left, bottom]).toEqual([0, 0]);
    expect((width * 25.4) / 72).toBeCloseTo(85.6, 5);
    expect((height * 25.4) / 72).toBeCloseTo(53.98, 5);
  }
});

test('the pictures are inside dot by dot, front first, and fill their pages', async () => {
  const images = await makeCard();
  const file = await cardPdf(images);
  const text = file.toString('latin1');
  const streams = [...text.matchAll(/\/Subtype \/Image[\s\S]*?\/Length (\d+)[\s\S]*?stream\n/g)].map((match) => {
    const start = match.index + match[0].length;
    expect(match[0]).toMatch(/\/Width 1011\n\/Height 638\n/);
    return inflateSync(file.subarray(start, start + Number(match[1])));
  });
  const pictures = await Promise.all([images.front, images.back].map((png) => idatOf(png)));
  expect(streams.map((stream) => pictures.findIndex((picture) => picture.equals(stream)))).toEqual([0, 1]);
  expect((await sharp(images.front).metadata()).width).toBe(1011);
});

/** What a PNG holds before compression. */
async function idatOf(png: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return inflateSync(Buffer.concat(parts));
}

test('the same pictures give the same bytes, and another picture others', async () => {
  const images = await makeCard();
  const [one, other] = await Promise.all([cardPdf(images), cardPdf(images)]);
  expect(one.equals(other)).toBe(true);
  const swapped = await cardPdf({ front: images.back, back: images.front });
  expect(one.equals(swapped)).toBe(false);
});

test('nothing shows when and where it was made, or for whom', async () => {
  const text = await pdf();
  expect(text).not.toContain(hostname());
  expect(text).not.toMatch(/Alexandra|S00010042|\/Author|\/Title/);
  expect([...text.matchAll(/\(D:(\d{4})/g)].map(([, year]) => year)).toEqual(['1970']);
});
