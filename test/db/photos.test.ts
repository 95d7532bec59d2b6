import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { getPhoto, uploadPhoto } from '../../src/directory/holders/holder-photo.js';
import { normalisePhoto } from '../../src/directory/holders/photo.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { addHolder } from '../fixtures/holders.js';

const picture = (width: number, height: number, color = '#3366cc') =>
  sharp({ create: { width, height, channels: 3, background: color } });

describe('an upload', () => {
  test.each([
    ['a JPEG', () => picture(600, 800).jpeg().toBuffer(), [600, 800]],
    ['a PNG', () => picture(600, 800).png().toBuffer(), [600, 800]],
    ['a large photo, made smaller', () => picture(3000, 4000).jpeg().toBuffer(), [720, 960]],
    ['a photo in landscape', () => picture(2000, 1000).jpeg().toBuffer(), [720, 360]],
    ['the smallest', () => picture(240, 320).jpeg().toBuffer(), [240, 320]],
    ['a CMYK photo', () => picture(300, 400).toColourspace('cmyk').jpeg().toBuffer(), [300, 400]],
    [
      'a transparent PNG',
      () =>
        sharp({ create: { width: 300, height: 400, channels: 4, background: '#00000000' } })
          .png()
          .toBuffer(),
      [300, 400],
    ],
  ])('may be %s', async (_, make, [width, height]) => {
    const { bytes } = await normalisePhoto(await make());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', space: 'srgb', channels: 3, width, height });
  });

  test('is turned upright and loses what the camera wrote into it', async () => {
    const lying = await picture(800, 600)
      .withMetadata({ orientation: 6 })
      .withExif({ IFD3: { GPSLatitudeRef: 'N' } })
      .jpeg()
      .toBuffer();
    const before = await sharp(lying).metadata();
    expect(before.exif).toBeDefined();
    const after = await sharp((await normalisePhoto(lying)).bytes).metadata();
    expect(after).toMatchObject({ width: 600, height: 800 });
    expect([after.orientation, after.exif, after.icc, after.xmp]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('a transparent background becomes white', async () => {
    const { bytes } = await normalisePhoto(
      await sharp({ create: { width: 300, height: 400, channels: 4, background: '#00000000' } })
        .png()
        .toBuffer(),
    );
    const { channels } = await sharp(bytes).stats();
    expect(channels.map((channel) => channel.min)).toEqual([255, 255, 255]);
  });

  test.each([
    [
      'is no picture',
      async () => Buffer.from('%PDF-1.7 not a picture'),
      'This is not a photo that can be read. Upload a JPEG or PNG.',
    ],
    ['is empty', async () => Buffer.alloc(0), 'This is not a photo that can be read.'],
    [
      'is an SVG',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="600" height="800"/>'),
      'The photo must be a JPEG or PNG.',
    ],
    ['is a GIF', () => picture(600, 800).gif().toBuffer(), 'The photo must be a JPEG or PNG.'],
    ['is a WebP', () => picture(600, 800).webp().toBuffer(), 'The photo must be a JPEG or PNG.'],
    [
      'is too narrow',
      () => picture(239, 320).jpeg().toBuffer(),
      'has 239 × 320 pixels; a card needs at least 240 × 320',
    ],
    ['is too low once upright', () => picture(320, 240).jpeg().toBuffer(), 'has 320 × 240 pixels'],
    ['has too many bytes', async () => Buffer.alloc(5_000_001), 'more than 5 MB'],
    ['has too many pixels for its bytes', () => picture(9000, 9000).png().toBuffer(), 'more than 50 million pixels'],
    ['is cut off', async () => (await picture(600, 800).jpeg().toBuffer()).subarray(0, 900), 'The photo is damaged.'],
  ])('that %s is refused', async (_, make, sentence) => {
    await expect(normalisePhoto(await make())).rejects.toMatchObject({
      code: 'photo-invalid',
      message: expect.stringContaining(sentence),
    });
  });
});

describe('a holder', () => {
  let database: TestDatabase;
  let id: string;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    await database.clear();
    id = await addHolder(database.knex, 'E1');
  });
  afterAll(() => database.drop());

  const upload = async (color: string, holder = id) =>
    uploadPhoto(database.knex, 'operator', holder, await picture(300, 400, color).jpeg().toBuffer());

  test('gets a photo, then another; the first is kept as it was', async () => {
    await upload('#ff0000');
    const first = await getPhoto(database.knex, id);
    await upload('#00ff00');
    const second = await getPhoto(database.knex, id);
    expect(second.sha256).not.toBe(first.sha256);
    expect(await database.knex('photo').pluck('sha256')).toEqual(expect.arrayContaining([first.sha256, second.sha256]));
    await expect(database.knex('photo').update({ sha256: 'other' })).rejects.toThrow('photo is append-only');
    const rows = await database
      .knex('audit')
      .where({ object_id: id })
      .orderBy('id')
      .select('actor', 'action', 'details');
    expect(rows).toEqual([
      { actor: 'operator', action: 'photo-changed', details: { photo: expect.any(String), before: null } },
      {
        actor: 'operator',
        action: 'photo-changed',
        details: { photo: expect.any(String), before: rows[0].details.photo },
      },
    ]);
  });

  test('keeps the photo when the same is uploaded again', async () => {
    await upload('#ff0000');
    await upload('#ff0000');
    expect(await database.knex('photo')).toHaveLength(1);
    expect(await database.knex('audit')).toHaveLength(1);
  });

  test('that is unknown, or has no photo, is not found', async () => {
    await expect(upload('#ff0000', randomUUID())).rejects.toMatchObject({
      code: 'not-found',
      message: 'There is no such card holder.',
    });
    expect(await database.knex('photo')).toHaveLength(0);
    await expect(getPhoto(database.knex, id)).rejects.toMatchObject({
      code: 'not-found',
      message: 'This card holder has no photo.',
    });
  });
});
