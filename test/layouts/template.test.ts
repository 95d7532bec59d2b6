import { ProductError } from '../../src/kernel/errors.js';
import { readTemplate, type WrittenTemplate } from '../../src/cards/layouts/card-template.js';
import { checkTemplate } from '../../src/cards/layouts/template-check.js';
import { shippedLayouts } from '../../src/cards/layouts/shipped/index.js';
import { front } from './people.js';

const box = { x: 5, y: 5, width: 40, height: 6 };

function refusalOf(template: unknown): ProductError {
  try {
    checkTemplate(readTemplate(template));
  } catch (raw) {
    if (raw instanceof ProductError) return raw;
  }
  throw new Error('the template was not refused');
}

test.each(Object.keys(shippedLayouts))('the shipped layout %s is a good one', (layout) => {
  checkTemplate(readTemplate(shippedLayouts[layout]));
});

test('a stored layout reads the same after a round through JSON', () => {
  for (const layout of Object.values(shippedLayouts)) {
    expect(readTemplate(JSON.parse(JSON.stringify(layout)))).toEqual(readTemplate(layout));
  }
});

const wrong: readonly (readonly [string, WrittenTemplate, RegExp])[] = [
  [
    'an unknown field',
    front({ kind: 'text', text: 'A {surname}', box, size: 8 }),
    /front\.elements\.0 \(text\): there is no field \{surname\}; there are \{name\}/,
  ],
  [
    'an unknown field in a bar code',
    front({ kind: 'barcode', symbology: 'qr', content: '{pin}', box: { ...box, height: 30 } }),
    /elements\.0 \(barcode\): there is no field \{pin\}/,
  ],
  [
    'a box beside the card',
    front({ kind: 'rectangle', box: { ...box, x: 60 }, fill: '#ffffff' }),
    /ends at 100 mm from the left .* the card at 85\.6 and 53\.98 mm; move it/,
  ],
  [
    'a point beside the card',
    front({ kind: 'line', from: [1, 1], to: [90, 1], stroke: { colour: '#000000', width: 1 } }),
    /the point 90, 1 is not on the card/,
  ],
  [
    'words without room',
    front({ kind: 'text', text: 'Words that need far more room than there is', box, size: 12 }),
    /is too long .*; enlarge its box of 40 × 6 mm, or let it be smaller than 12 pt/,
  ],
  [
    'other words without room',
    front({
      kind: 'text',
      text: '{validUntil}',
      whenEmpty: 'Words that need far more room than there is',
      box,
      size: 12,
    }),
    /too long/,
  ],
  [
    'a box lower than its letters',
    front({ kind: 'text', text: 'Ag', box: { ...box, height: 2 }, size: 12 }),
    /higher than its box; enlarge its box of 40 × 2 mm/,
  ],
  [
    'a code without room',
    front({ kind: 'barcode', symbology: 'code128', content: '{cardNumber}', box: { ...box, width: 10 } }),
    /needs a box of at least \d+(\.\d)? mm width; enlarge its box/,
  ],
  ['sizes swapped', front({ kind: 'text', text: 'A', box, size: 6, smallest: 9 }), /smallest size \(9 pt\) is larger/],
];

test.each(wrong)('%s is reported at the element, with a cure', (_what, template, message) => {
  const refusal = refusalOf(template);
  expect(refusal.code).toBe('layout-invalid');
  expect(refusal.message).toMatch(message);
});

test('every wrong element is named at once, by its place', () => {
  const off = { kind: 'rectangle', box: { x: 80, y: 50, width: 20, height: 20 } } as const;
  expect(refusalOf(front(off, { kind: 'text', text: 'A', box, size: 8 }, off)).extra['errors']).toMatchObject([
    { field: 'front.elements.0 (rectangle)' },
    { field: 'front.elements.2 (rectangle)' },
  ]);
});

test.each([
  ['an unknown kind', { kind: 'script', box }, /front\.elements\.0/],
  ['an unknown member', { kind: 'rectangle', box, onclick: 'x' }, /front\.elements\.0\.onclick: is not known here/],
  [
    'a colour that is more than one',
    { kind: 'rectangle', box, fill: '#fff"/><script/>' },
    /front\.elements\.0\.fill: must be a colour/,
  ],
  [
    'an address as an image',
    { kind: 'image', box, source: 'https://example.org/logo.png' },
    /source: must be data:image/,
  ],
  [
    'a drawing as an image',
    { kind: 'image', box, source: 'data:image/svg+xml;base64,PHN2Zy8+' },
    /source: must be data:image/,
  ],
  ['an endless box', { kind: 'photo', box: { ...box, width: 1e9 } }, /box\.width/],
])('%s is refused by the schema', (_what, element, message) => {
  const refusal = refusalOf({ front: { elements: [element] }, back: { elements: [] } });
  expect(refusal.code).toBe('layout-invalid');
  expect(refusal.message).toMatch(message);
});

test('names that are too long are cut on the card, which does not make the layout a bad one', () => {
  checkTemplate(readTemplate(front({ kind: 'text', text: '{name}', box: { ...box, width: 12 }, size: 8 })));
});
