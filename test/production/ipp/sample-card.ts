import PDFDocument from 'pdfkit';
import sharp from 'sharp';
import type { CardJob } from '../../../src/production/card-job.js';
import { IppBackend } from '../../../src/production/backends/ipp/ipp-backend.js';
import { ippSettings } from '../../../src/production/backends/ipp/ipp-settings.js';

const points = 72 / 25.4;
const size: [number, number] = [85.6 * points, 53.98 * points];

/** Front and back of a card that is like no other. */
export async function sampleSides(mark: string): Promise<{ front: Buffer; back: Buffer }> {
  const side = (background: string, y: number): Promise<Buffer> => {
    const bars = [...mark].map((letter, at) => `<rect x="${40 + at * 25}" y="${y}" width="${4 + (letter.charCodeAt(0) % 18)}" height="300"/>`);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1011" height="638"><rect width="1011" height="638" fill="${background}"/>${bars.join('')}</svg>`;
    return sharp(Buffer.from(svg)).png().toBuffer();
  };
  return { front: await side('#f4d35e', 60), back: await side('#83c5be', 260) };
}

/** A page of exactly the size of a card for each side. */
export async function samplePdf({ front, back }: { front: Buffer; back: Buffer }): Promise<Buffer> {
  const document = new PDFDocument({ size, margin: 0, autoFirstPage: false });
  for (const side of [front, back]) document.addPage({ size, margin: 0 }).image(side, 0, 0, { width: size[0], height: size[1] });
  document.end();
  const chunks: Buffer[] = [];
  for await (const chunk of document as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A backend for a printer at this address. */
export function backendFor(uri: string, settings: Record<string, unknown> = {}, secret: (name: string) => string = () => ''): IppBackend {
  const cardPdf = async (job: CardJob): Promise<Buffer> => samplePdf(await sampleSides(job.cardId));
  return new IppBackend('printer', ippSettings.parse({ uri, ...settings }), { cardPdf, secret });
}
