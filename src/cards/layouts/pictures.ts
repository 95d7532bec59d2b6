import sharp from 'sharp';
import { ProductError } from '../../kernel/errors.js';
import { mmToPx } from './card-size.js';
import { cardSides, type Box, type CardTemplate, type Element } from './card-template.js';
import type { Pictures } from './card-drawing.js';

/** A stored photo holds at most 720 × 960 pixels; an image of a layout may be somewhat larger. */
const limitInputPixels = 20_000_000;

/** A photo as it is stored. */
export interface CardPhoto {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/**
 * Crops the photo and the images of a layout to the very dots that they are printed on.
 * @throws ProductError `production-refused` for one that cannot be read
 */
export async function readyPictures(template: CardTemplate, photo: CardPhoto | null): Promise<Pictures> {
  const ready = cardSides.flatMap((side) =>
    template[side].elements.map(async (element): Promise<[Element, string] | null> => {
      if (element.kind === 'image') {
        return [
          element,
          await crop(bytesOf(element.source), element.box, element.fit, 'centre', 'An image of the layout'),
        ];
      }
      if (element.kind !== 'photo' || photo === null) return null;
      return [element, await crop(photo.bytes, element.box, 'cover', element.crop, 'The photo')];
    }),
  );
  return new Map((await Promise.all(ready)).filter((entry) => entry !== null));
}

/** @param name what it is called when it cannot be read */
async function crop(
  bytes: Buffer,
  box: Box,
  fit: 'contain' | 'cover',
  position: 'top' | 'centre',
  name: string,
): Promise<string> {
  const size = {
    width: Math.max(1, Math.round(mmToPx(box.width))),
    height: Math.max(1, Math.round(mmToPx(box.height))),
  };
  try {
    const png = await sharp(bytes, { limitInputPixels })
      .resize({ ...size, fit, position, background: '#ffffff00' })
      .toColourspace('srgb')
      .png({ compressionLevel: 1 })
      .toBuffer();
    return `data:image/png;base64,${png.toString('base64')}`;
  } catch (cause) {
    throw new ProductError(
      'production-refused',
      `${name} is damaged and cannot be printed. Upload it again.`,
      {},
      { cause },
    );
  }
}

function bytesOf(dataUrl: string): Buffer {
  return Buffer.from(dataUrl.slice(dataUrl.indexOf(',') + 1), 'base64');
}
