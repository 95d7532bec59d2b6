import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { cardSides, readTemplate, type PhotoElement } from '../../src/cards/layouts/card-template.js';
import { inspectCard, previewCard, renderCard } from '../../src/cards/layouts/render-card.js';
import { sampleElements } from '../../src/cards/layouts/sample-card.js';
import { front, named, plainPhoto, printableNames, shipped } from './people.js';
import { difference, shareOf } from './pixels.js';

const layouts = ['employee', 'contractor', 'visitor'] as const;
const real = { simulated: false } as const;
const pink = '#d02090';

const photoBoxOf = (layout: string) =>
  shipped(layout).front.elements.find((each): each is PhotoElement => each.kind === 'photo')?.box ?? fail(layout);
function fail(layout: string): never {
  throw new Error(`${layout} has no photo`);
}

/** The middle of a box: rounded corners and frames are not in it. */
const inner = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) => ({
  x: x + 2,
  y: y + 2,
  width: width - 4,
  height: height - 4,
});

test('both sides are PNG of 1011 × 638 pixels at 300 dots an inch, without transparency', async () => {
  const images = await renderCard(shipped('employee'), sampleElements, await plainPhoto(), real);
  for (const side of cardSides) {
    expect(await sharp(images[side]).metadata()).toMatchObject({
      format: 'png',
      width: 1011,
      height: 638,
      channels: 3,
      density: 300,
      isProgressive: false,
    });
    // pHYs: 11811 pixels a metre, both ways.
    expect(
      images[side].includes(Buffer.concat([Buffer.from('pHYs'), Buffer.from([0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1])])),
    ).toBe(true);
  }
});

test.each(layouts)('the %s card carries the photo, or what stands for one', async (layout) => {
  const template = shipped(layout);
  const box = inner(photoBoxOf(layout));
  const withPhoto = await renderCard(template, sampleElements, await plainPhoto(pink), real);
  const without = await renderCard(template, sampleElements, null, real);
  expect(await shareOf(withPhoto.front, box, pink)).toBe(1);
  expect(await shareOf(without.front, box, pink)).toBe(0);
});

test('a photo is cropped, not squeezed, for all proportions', async () => {
  const halves = await sharp({ create: { width: 900, height: 300, channels: 3, background: '#ffffff' } })
    .composite([{ input: { create: { width: 300, height: 300, channels: 3, background: pink } }, left: 300, top: 0 }])
    .jpeg({ chromaSubsampling: '4:4:4' })
    .toBuffer();
  const { front: side } = await renderCard(
    shipped('employee'),
    sampleElements,
    { contentType: 'image/jpeg', bytes: halves },
    real,
  );
  expect(await shareOf(side, inner(photoBoxOf('employee')), pink)).toBeGreaterThan(0.95);
});

test.each(layouts)('the %s card looks as it was agreed on', async (layout) => {
  const images = await renderCard(shipped(layout), sampleElements, await plainPhoto(), real);
  for (const side of cardSides) {
    const small = await sharp(images[side]).resize(505, 319).png({ palette: true, colours: 32 }).toBuffer();
    const golden = fileURLToPath(new URL(`goldens/${layout}-${side}.png`, import.meta.url));
    if (process.env['UPDATE_GOLDENS'] !== undefined || !existsSync(golden)) writeFileSync(golden, small);
    const { mean, worst } = await difference(small, readFileSync(golden));
    expect({ layout, side, same: mean < 0.005 && worst < 0.06, mean, worst }).toMatchObject({ same: true });
  }
});

test('a word that is missing is a difference that is seen', async () => {
  const template = shipped('employee');
  const [whole, less] = await Promise.all(
    [sampleElements, { ...sampleElements, department: '' }].map((elements) =>
      renderCard(template, elements, null, real),
    ),
  );
  const shrunk = await Promise.all(
    [whole, less].map((images) => sharp(images?.front).resize(505, 319).png().toBuffer()),
  );
  expect((await difference(shrunk[0] ?? Buffer.of(), shrunk[1] ?? Buffer.of())).worst).toBeGreaterThan(0.06);
});

test('the same card is drawn with the same bytes', async () => {
  const [one, other] = await Promise.all(
    [1, 2].map(async () => renderCard(shipped('visitor'), sampleElements, await plainPhoto(), real)),
  );
  expect(one?.front.equals(other?.front ?? Buffer.of())).toBe(true);
  expect(one?.back.equals(other?.back ?? Buffer.of())).toBe(true);
});

test('every name is drawn, hostile or not', async () => {
  const template = readTemplate(
    front({ kind: 'text', text: '{name}', box: { x: 1, y: 1, width: 80, height: 50 }, size: 12, smallest: 4 }),
  );
  const pictures = await Promise.all(
    ['', ...printableNames].map(async (name) => (await renderCard(template, named(name), null, real)).front),
  );
  expect(new Set(pictures.map((picture) => picture.toString('latin1'))).size).toBe(printableNames.length + 1);
});

test('what stands in a name is neither markup nor a field', async () => {
  const template = readTemplate(
    front({ kind: 'text', text: '{name}', box: { x: 1, y: 1, width: 80, height: 50 }, size: 20, smallest: 4 }),
  );
  const images = await renderCard(
    template,
    named('</path><rect width="2000" height="2000" fill="#d02090"/>{department}'),
    null,
    real,
  );
  expect(await shareOf(images.front, { x: 0, y: 0, width: 85.6, height: 53.98 }, pink)).toBe(0);
});

test('a card without an end says so', async () => {
  const endless = { ...sampleElements, validUntil: null };
  const [ending, unending] = await Promise.all(
    [sampleElements, endless].map((elements) => renderCard(shipped('employee'), elements, null, real)),
  );
  expect(inspectCard(shipped('employee'), endless)).toEqual([]);
  expect(await difference(ending?.front ?? Buffer.of(), unending?.front ?? Buffer.of())).not.toMatchObject({
    worst: 0,
  });
});

test.each(layouts)('a simulated %s card says so in red on both sides, a preview only where asked', async (layout) => {
  const template = shipped(layout);
  const photo = await plainPhoto();
  const card = await renderCard(template, sampleElements, photo, real);
  const simulated = await renderCard(template, sampleElements, photo, { simulated: true });
  const plain = await previewCard(template, sampleElements, photo, { marked: false });
  const marked = await previewCard(template, sampleElements, photo, { marked: true });
  for (const side of cardSides) {
    expect((await difference(card[side], simulated[side])).worst).toBeGreaterThan(0.1);
    expect(plain[side].equals(card[side])).toBe(true);
    expect((await difference(card[side], marked[side])).worst).toBeGreaterThan(0.02);
  }
});

test('a name in letters that the font has not is not printed; the preview shows it with a red band that says why', async () => {
  const template = shipped('employee');
  const elements = named('山田 太郎');
  await expect(renderCard(template, elements, null, real)).rejects.toMatchObject({
    code: 'production-refused',
    message: expect.stringMatching(
      /^The name has characters .*: 山 田 太 郎\. Have it written in Latin, Greek, Cyrillic/,
    ),
  });
  const red = { x: 0, y: 46.5, width: 85, height: 7 };
  const { front: side } = await previewCard(template, elements, null, { marked: false });
  expect(await shareOf(side, red, '#c00000')).toBeGreaterThan(0.6);
  expect(
    await shareOf((await previewCard(template, sampleElements, null, { marked: false })).front, red, '#c00000'),
  ).toBe(0);
});

test('what is cut is reported, and still printed', async () => {
  const elements = {
    ...sampleElements,
    department: 'Directorate for International Infrastructure, Procurement, Facility Management and More',
  };
  expect(inspectCard(shipped('employee'), elements)).toEqual([
    {
      side: 'front',
      element: expect.any(Number),
      severity: 'cut',
      message: 'The department is too long for the card and ends in an ellipsis',
    },
  ]);
  await renderCard(shipped('employee'), elements, null, real);
});

test('a number that no bar code holds is not printed', async () => {
  for (const cardNumber of ['Ü0001', `E${'0'.repeat(46)}`]) {
    await expect(renderCard(shipped('employee'), { ...sampleElements, cardNumber }, null, real)).rejects.toMatchObject({
      code: 'production-refused',
    });
  }
});

test('a damaged photo and a damaged image are refused with a sentence', async () => {
  const damaged = { contentType: 'image/jpeg', bytes: Buffer.from('not a photo') };
  await expect(renderCard(shipped('employee'), sampleElements, damaged, real)).rejects.toMatchObject({
    code: 'production-refused',
    message: expect.stringMatching(/^The photo is damaged/),
  });
  const template = readTemplate(
    front({ kind: 'image', box: { x: 1, y: 1, width: 9, height: 9 }, source: 'data:image/png;base64,AAAA' }),
  );
  await expect(renderCard(template, sampleElements, null, real)).rejects.toMatchObject({
    code: 'production-refused',
    message: expect.stringMatching(/^An image of the layout is damaged/),
  });
});

test('an image of the layout is drawn inside its box', async () => {
  const bytes = await sharp({ create: { width: 20, height: 20, channels: 3, background: pink } })
    .png()
    .toBuffer();
  const source = `data:image/png;base64,${bytes.toString('base64')}`;
  const template = readTemplate(front({ kind: 'image', box: { x: 20, y: 10, width: 30, height: 10 }, source }));
  const { front: side } = await renderCard(template, sampleElements, null, real);
  expect(await shareOf(side, { x: 30.5, y: 10.5, width: 9, height: 9 }, pink)).toBe(1);
  expect(await shareOf(side, { x: 20, y: 10, width: 9, height: 10 }, '#ffffff')).toBe(1);
});
