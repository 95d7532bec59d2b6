import sharp from 'sharp';
import { readTemplate, type CardTemplate, type WrittenTemplate } from '../../src/cards/layouts/card-template.js';
import { sampleElements } from '../../src/cards/layouts/sample-card.js';
import { shippedLayouts } from '../../src/cards/layouts/shipped/index.js';
import type { CardElements } from '../../src/cards/card-job.js';

/** Names that a directory may hold: all are printed. */
export const printableNames = [
  'Alexandra Sample',
  'Ő Q',
  'X',
  'Maximiliane-Charlotte Alexandrina Freifrau von Hohenstein-Wittgenstein-Berleburg',
  'Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaft Ed',
  'WWWWWWWWWWWWWWWWWWWW MMMMMMMMMMMMMMMMMMMM WWWWWWWWWWWWWWWWWWWW',
  'Ελευθερία Παπαδοπούλου-Ἀθηνᾶ',
  'Екатерина Щербакова-Ђорђевић',
  'Nguyễn Thị Ẫnh Ǻ Ẫ',
  'Zoe\u0308 O\u2019Brien-Ĳssel',
  'अनुष्का शर्मा',
  'Robert"); <script>alert(1)</script> & <image href="file:///etc/passwd"/>',
  '{cardNumber} ]]> &amp; ${name}',
  'soft\u00adhyphen \u202Eright-to-left mark\u0000\n\ttab',
  'x'.repeat(200),
] as const;

export function named(name: string): CardElements {
  return { ...sampleElements, name };
}

export function shipped(layout: string): CardTemplate {
  return readTemplate(shippedLayouts[layout]);
}

/** A layout with nothing but these elements on its front. */
export function front(...elements: WrittenTemplate['front']['elements']): WrittenTemplate {
  return { front: { elements }, back: { elements: [] } };
}

/** A photo of one colour, three by four. */
export async function plainPhoto(background = '#d02090'): Promise<{ contentType: string; bytes: Buffer }> {
  const bytes = await sharp({ create: { width: 300, height: 400, channels: 3, background } })
    .jpeg()
    .toBuffer();
  return { contentType: 'image/jpeg', bytes };
}
