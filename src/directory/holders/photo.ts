import sharp, { type Metadata } from 'sharp';
import { ProductError } from '../../kernel/errors.js';

/**
 * What an upload must be (bytes; pixels, upright). A photo on a card is about 20 × 27 mm, and card printers print 300
 * dots an inch: 240 × 320 pixels is the least that prints sharply. See docs/decisions/photos.md.
 */
export const photoLimits = { bytes: 5_000_000, minWidth: 240, minHeight: 320, maxPixels: 50_000_000 } as const;

/** Photos are kept at three times what is printed, for card layouts with larger ones. */
const keptSize = { width: 720, height: 960 } as const;
const quality = 88;
const timeLimitSeconds = 15;

export interface NormalPhoto {
  readonly contentType: 'image/jpeg';
  readonly bytes: Buffer;
}

/**
 * Turns an upload into the JPEG that is stored: upright, sRGB, at most 720 × 960 pixels, without metadata (phones
 * write down where a picture was taken).
 * @throws ProductError `photo-invalid` with a sentence for the person who uploads
 */
export async function normalisePhoto(upload: Uint8Array): Promise<NormalPhoto> {
  if (upload.byteLength > photoLimits.bytes)
    throw photoInvalid(`The photo has more than ${photoLimits.bytes / 1_000_000} MB. Save it smaller.`);
  const { width, height } = uprightSize(await readMetadata(upload));
  if (width * height > photoLimits.maxPixels)
    throw photoInvalid('The photo has more than 50 million pixels. Save it smaller.');
  if (width < photoLimits.minWidth || height < photoLimits.minHeight) {
    throw photoInvalid(
      `The photo has ${width} × ${height} pixels; a card needs at least ${photoLimits.minWidth} × ${photoLimits.minHeight} (width × height).`,
    );
  }
  try {
    const bytes = await open(upload)
      .timeout({ seconds: timeLimitSeconds })
      .rotate()
      .resize({ ...keptSize, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality })
      .toBuffer();
    return { contentType: 'image/jpeg', bytes };
  } catch (cause) {
    throw photoInvalid('The photo is damaged. Save it again as JPEG or PNG.', cause);
  }
}

function open(upload: Uint8Array) {
  return sharp(upload, { limitInputPixels: photoLimits.maxPixels, failOn: 'error', sequentialRead: true });
}

/** What it is, by its content; the file's name and media type say nothing. */
async function readMetadata(upload: Uint8Array): Promise<Metadata> {
  if (isHeic(upload)) throw photoInvalid('The photo is HEIC, as phones save it. Save it as JPEG or PNG.');
  let metadata: Metadata;
  try {
    // Size is looked at by ourselves, so that the sentence can name it; nothing is decoded yet.
    metadata = await sharp(upload, { limitInputPixels: false }).metadata();
  } catch (cause) {
    throw photoInvalid('This is not a photo that can be read. Upload a JPEG or PNG.', cause);
  }
  if (metadata.format !== 'jpeg' && metadata.format !== 'png') throw photoInvalid('The photo must be a JPEG or PNG.');
  return metadata;
}

/** By its file type box: some builds of the picture library know of HEIC and others do not. */
function isHeic(upload: Uint8Array): boolean {
  return /^ftyp(hei|hev|(mif1|msf1).{4,}hei[cx])/s.test(Buffer.from(upload.subarray(4, 64)).toString('latin1'));
}

/** Cameras write a photo as their chip saw it and say by an EXIF orientation of 5 to 8 that it lies on its side. */
function uprightSize({ width, height, orientation = 1 }: Metadata): { width: number; height: number } {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

function photoInvalid(message: string, cause?: unknown): ProductError {
  return new ProductError('photo-invalid', message, {}, { cause });
}
