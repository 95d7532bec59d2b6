import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { readTemplate, type CardTemplate } from '../../src/cards/layouts/card-template.js';
import { renderCard } from '../../src/cards/layouts/render-card.js';
import { sampleElements } from '../../src/cards/layouts/sample-card.js';
import { front, shipped } from './people.js';

beforeAll(() => {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(file)).buffer } });
});

const scan = async (png: Buffer) =>
  (await readBarcodes(new Uint8Array(png), { formats: ['Code128', 'QRCode'] }))
    .map(({ format, text }) => `${format} ${text}`)
    .sort();

const code = (symbology: 'code128' | 'qr', content: string, width: number, height: number): CardTemplate =>
  readTemplate(front({ kind: 'barcode', symbology, content, box: { x: 10, y: 10, width, height } }));

test.each(['employee', 'contractor', 'visitor'])(
  'a scanner reads both codes of the %s card, simulated or not',
  async (layout) => {
    for (const simulated of [false, true]) {
      for (const cardNumber of ['E000042', 'C123456', 'AB-0000000042/Z']) {
        const { back } = await renderCard(shipped(layout), { ...sampleElements, cardNumber }, null, { simulated });
        expect(await scan(back)).toEqual([`Code128 ${cardNumber}`, `QRCode ${cardNumber}`]);
      }
    }
  },
);

test('the code on the front of the visitor card is read too', async () => {
  const images = await renderCard(shipped('visitor'), sampleElements, null, { simulated: false });
  expect(await scan(images.front)).toEqual([`QRCode ${sampleElements.cardNumber}`]);
});

test('a code holds any text that a layout makes of fields', async () => {
  const qr = await renderCard(
    code('qr', 'https://example.org/c/{cardNumber}?t={cardTypeName}', 25, 25),
    sampleElements,
    null,
    { simulated: false },
  );
  expect(await scan(qr.front)).toEqual(['QRCode https://example.org/c/S00010042?t=Sample card']);
});
