import type { WrittenTemplate } from '../card-template.js';
import { back, emblem, ink, labelled, organisation, soft } from './parts.js';

/** On the left no text stands where the contacts of a chip are (ISO/IEC 7816-2), so that it suits cards with one. */
export const employee: WrittenTemplate = {
  front: {
    background: '#ffffff',
    elements: [
      {
        kind: 'polygon',
        points: [
          [0, 13],
          [30, 13],
          [13, 33],
          [0, 33],
        ],
        fill: '#eff4f9',
      },
      {
        kind: 'polygon',
        points: [
          [34, 13],
          [52, 13],
          [35, 33],
          [17, 33],
        ],
        fill: '#f6f9fc',
      },
      {
        kind: 'rectangle',
        box: { x: 0, y: 0, width: 85.6, height: 13 },
        fill: { from: '#0b2545', to: '#1b5a93', direction: 'right' },
      },
      { kind: 'rectangle', box: { x: 0, y: 13, width: 85.6, height: 0.7 }, fill: '#f2b134' },
      ...emblem(5, 3, '#ffffff', '#f2b134'),
      {
        kind: 'text',
        text: organisation.name,
        box: { x: 14.6, y: 3, width: 44, height: 7 },
        size: 11,
        smallest: 7,
        weight: 'semibold',
        colour: '#ffffff',
        vertical: 'middle',
      },
      {
        kind: 'text',
        text: 'EMPLOYEE',
        box: { x: 58.6, y: 3, width: 22, height: 7 },
        size: 8,
        weight: 'bold',
        colour: '#d7e6f4',
        align: 'right',
        vertical: 'middle',
        tracking: 0.12,
      },
      {
        kind: 'photo',
        box: { x: 59, y: 16.4, width: 21.6, height: 28.8 },
        radius: 1.2,
        border: { colour: '#c3cad2', width: 0.2 },
      },
      {
        kind: 'text',
        text: '{name}',
        box: { x: 5, y: 31.8, width: 51, height: 9.6 },
        size: 15,
        smallest: 7,
        weight: 'bold',
        colour: ink,
        vertical: 'bottom',
      },
      {
        kind: 'text',
        text: '{department}',
        box: { x: 5, y: 42, width: 51, height: 3.6 },
        size: 8.5,
        smallest: 5.5,
        colour: soft,
      },
      ...labelled('EMPLOYEE NO.', '{employeeNumber}', 5, 47, 16),
      ...labelled('CARD NO.', '{cardNumber}', 23, 47, 33),
      ...labelled('VALID UNTIL', '{validUntil}', 59, 47, 21.6, 'No end'),
    ],
  },
  back: back(
    '#1b5a93',
    'Personal and not transferable. Wear it visibly on the premises. Report a loss at once to the security office.',
  ),
};
