import type { WrittenTemplate } from '../card-template.js';

type Elements = WrittenTemplate['front']['elements'];

/** Stands on the shipped layouts until an administrator stores versions with the real name and address. */
export const organisation = {
  name: 'Example Organisation',
  address: 'Security Office · 1 Sample Street · 12345 Sampletown',
} as const;

export const ink = '#16202b';
export const soft = '#5b6773';

/**
 * A small label with a value below it.
 * @param x left edge (mm)
 * @param y top edge (mm)
 * @param width of both (mm)
 */
export function labelled(
  label: string,
  text: string,
  x: number,
  y: number,
  width: number,
  whenEmpty?: string,
): Elements {
  return [
    { kind: 'text', text: label, box: { x, y, width, height: 2.2 }, size: 5, colour: soft, tracking: 0.04 },
    {
      kind: 'text',
      text,
      ...(whenEmpty !== undefined && { whenEmpty }),
      box: { x, y: y + 2.3, width, height: 3.4 },
      size: 8,
      smallest: 5,
      weight: 'semibold',
      colour: ink,
    },
  ];
}

/** The mark of an organisation that has none: two leaves. */
export function emblem(x: number, y: number, light: string, dark: string): Elements {
  return [
    {
      kind: 'polygon',
      points: [
        [x, y + 3.5],
        [x + 3.5, y],
        [x + 3.5, y + 7],
      ],
      fill: light,
    },
    {
      kind: 'polygon',
      points: [
        [x + 3.9, y],
        [x + 7.4, y + 3.5],
        [x + 3.9, y + 7],
      ],
      fill: dark,
    },
  ];
}

/**
 * The back that the shipped layouts share: signature, both codes of the card number, and where a found card goes.
 * @param accent colour of the bar at the top
 * @param rules what the holder has to know
 */
export function back(accent: string, rules: string): WrittenTemplate['back'] {
  return {
    background: '#f7f8fa',
    elements: [
      { kind: 'rectangle', box: { x: 0, y: 0, width: 85.6, height: 3.2 }, fill: accent },
      {
        kind: 'rectangle',
        box: { x: 5, y: 7, width: 52, height: 9 },
        fill: '#ffffff',
        stroke: { colour: '#c3cad2', width: 0.2 },
        radius: 0.6,
      },
      {
        kind: 'text',
        text: 'SIGNATURE OF THE HOLDER',
        box: { x: 5, y: 16.6, width: 52, height: 2 },
        size: 4.5,
        colour: soft,
        tracking: 0.04,
      },
      { kind: 'barcode', symbology: 'qr', content: '{cardNumber}', box: { x: 62.6, y: 7, width: 18, height: 18 } },
      { kind: 'text', text: rules, box: { x: 5, y: 19.8, width: 54, height: 7.4 }, size: 6, colour: ink },
      {
        kind: 'text',
        text: 'Found? Please drop this card into any letter box, or return it to:',
        box: { x: 5, y: 28.2, width: 75.6, height: 2.6 },
        size: 6,
        colour: soft,
      },
      {
        kind: 'text',
        text: `${organisation.name} · ${organisation.address}`,
        box: { x: 5, y: 31, width: 75.6, height: 3 },
        size: 6.5,
        smallest: 5,
        weight: 'semibold',
        colour: ink,
      },
      { kind: 'line', from: [5, 35.2], to: [80.6, 35.2], stroke: { colour: '#d5dae0', width: 0.2 } },
      { kind: 'barcode', symbology: 'code128', content: '{cardNumber}', box: { x: 5, y: 37, width: 52, height: 9 } },
      {
        kind: 'text',
        text: '{cardNumber}',
        box: { x: 5, y: 46.9, width: 52, height: 3.2 },
        size: 7.5,
        smallest: 5,
        align: 'centre',
        colour: ink,
        tracking: 0.12,
      },
      {
        kind: 'text',
        text: '{cardTypeName}',
        box: { x: 59, y: 37.4, width: 21.6, height: 6 },
        size: 7,
        smallest: 5,
        weight: 'semibold',
        align: 'right',
        colour: ink,
      },
      {
        kind: 'text',
        text: 'Valid until {validUntil}',
        whenEmpty: 'No end of validity',
        box: { x: 59, y: 47.2, width: 21.6, height: 2.8 },
        size: 6,
        smallest: 4.5,
        align: 'right',
        colour: soft,
      },
    ],
  };
}
