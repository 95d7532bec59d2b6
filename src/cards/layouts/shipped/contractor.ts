import type { WrittenTemplate } from '../card-template.js';
import { back, emblem, ink, labelled, organisation, soft } from './parts.js';

/** Slanted stripes along the lower edge, seen from afar. */
const stripes: WrittenTemplate['front']['elements'] = Array.from({ length: 14 }, (_, at) => {
  const x = at * 6.5;
  const right = (edge: number) => Math.min(85.6, edge);
  const points: [number, number][] = [
    [x, 53.98],
    [right(x + 2.4), 51.6],
    [right(x + 5.6), 51.6],
    [right(x + 3.2), 53.98],
  ];
  return { kind: 'polygon', points, fill: ink };
});

/** Like the employee's, free of text where the contacts of a chip are (ISO/IEC 7816-2). */
export const contractor: WrittenTemplate = {
  front: {
    background: '#ffffff',
    elements: [
      {
        kind: 'polygon',
        points: [
          [0, 16],
          [46, 11.2],
          [28, 29],
          [0, 29],
        ],
        fill: '#fff5ea',
      },
      {
        kind: 'polygon',
        points: [
          [0, 0],
          [85.6, 0],
          [85.6, 9],
          [0, 16],
        ],
        fill: { from: '#f58220', to: '#f9a13a', direction: 'right' },
      },
      ...emblem(5, 2.6, '#ffffff', ink),
      {
        kind: 'text',
        text: 'CONTRACTOR',
        box: { x: 14.6, y: 2.6, width: 42, height: 7 },
        size: 15,
        weight: 'bold',
        colour: ink,
        vertical: 'middle',
        tracking: 0.06,
      },
      {
        kind: 'text',
        text: organisation.name,
        box: { x: 56, y: 2.6, width: 24.6, height: 5 },
        size: 7,
        smallest: 5,
        weight: 'semibold',
        colour: ink,
        align: 'right',
        vertical: 'middle',
      },
      {
        kind: 'photo',
        box: { x: 60.1, y: 13.4, width: 20.5, height: 27.3 },
        radius: 1.2,
        border: { colour: '#c3cad2', width: 0.2 },
      },
      {
        kind: 'text',
        text: '{name}',
        box: { x: 5, y: 30.4, width: 53, height: 8.8 },
        size: 14,
        smallest: 7,
        weight: 'bold',
        colour: ink,
        vertical: 'bottom',
      },
      {
        kind: 'text',
        text: '{department}',
        box: { x: 5, y: 39.6, width: 53, height: 3.4 },
        size: 8,
        smallest: 5.5,
        colour: soft,
      },
      { kind: 'line', from: [5, 43.9], to: [80.6, 43.9], stroke: { colour: '#f58220', width: 0.4 } },
      ...labelled('CONTRACTOR NO.', '{employeeNumber}', 5, 45, 20),
      ...labelled('CARD NO.', '{cardNumber}', 27, 45, 31),
      ...labelled('VALID UNTIL', '{validUntil}', 60.1, 45, 20.5, 'No end'),
      { kind: 'rectangle', box: { x: 0, y: 51.6, width: 85.6, height: 2.38 }, fill: '#f58220' },
      ...stripes,
    ],
  },
  back: back(
    '#f58220',
    'Valid for the agreed work only, and together with a photo ID. Hand it back when the work has ended.',
  ),
};
