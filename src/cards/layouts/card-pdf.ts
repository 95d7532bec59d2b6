import { pdfBytes } from './pdf-document.js';
import { cardMm, mmToPoints } from './card-size.js';
import { cardSides } from './card-template.js';
import type { CardImages } from './render-card.js';

/**
 * A card as a PDF: a page of exactly 85.60 × 53.98 mm for each side, front first. The same pictures give the same bytes.
 */
export async function cardPdf(images: CardImages): Promise<Buffer> {
  const width = mmToPoints(cardMm.width);
  const height = mmToPoints(cardMm.height);
  return pdfBytes((document) => {
    for (const side of cardSides) {
      document.addPage({ size: [width, height], margin: 0 });
      document.image(images[side], 0, 0, { width, height });
    }
  });
}
