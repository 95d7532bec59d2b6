import type { WrittenTemplate } from '../card-template.js';
import { back, ink, labelled, organisation, soft } from './parts.js';

/** Visitors need no photo: where there is none, a large V stands in its place. */
export const visitor: WrittenTemplate = {
  front: {
    background: '#ffffff',
    elements: [
      { kind: 'rectangle', box: { x: 0, y: 0, width: 27, height: 53.98 }, fill: { from: '#0f7b5f', to: '#0a4f47', direction: 'down' } },
      {
        kind: 'text', text: 'V', box: { x: 2, y: 10, width: 23, height: 26 },
        size: 72, weight: 'bold', colour: '#2a9377', align: 'centre', vertical: 'middle',
      },
      { kind: 'photo', box: { x: 4, y: 9, width: 19, height: 25 }, radius: 1.2, border: { colour: '#ffffff', width: 0.6 }, missing: 'blank' },
      {
        kind: 'text', text: 'ESCORT REQUIRED', box: { x: 2, y: 41, width: 23, height: 7 },
        size: 7, weight: 'bold', colour: '#ffffff', align: 'centre', vertical: 'middle', tracking: 0.08,
      },
      {
        kind: 'text', text: organisation.name, box: { x: 32, y: 4.6, width: 48.6, height: 3.4 },
        size: 7.5, smallest: 5, weight: 'semibold', colour: soft,
      },
      {
        kind: 'text', text: 'VISITOR', box: { x: 32, y: 8.6, width: 48.6, height: 12 },
        size: 27, weight: 'bold', colour: '#0f7b5f', vertical: 'middle', tracking: 0.06,
      },
      {
        kind: 'text', text: '{name}', box: { x: 32, y: 22.4, width: 48.6, height: 9 },
        size: 14, smallest: 7, weight: 'bold', colour: ink, vertical: 'bottom',
      },
      { kind: 'text', text: '{department}', box: { x: 32, y: 31.9, width: 48.6, height: 3.4 }, size: 8, smallest: 5.5, colour: soft },
      ...labelled('CARD NO.', '{cardNumber}', 32, 38.5, 30),
      ...labelled('VALID UNTIL', '{validUntil}', 32, 45.2, 30, 'No end'),
      { kind: 'barcode', symbology: 'qr', content: '{cardNumber}', box: { x: 66.1, y: 37, width: 14.5, height: 14.5 } },
    ],
  },
  back: back('#0f7b5f', 'Stay with your host, and return this card at the reception when you leave.'),
};
