import { randomInt, randomUUID } from 'node:crypto';
import type { CardJob } from '../../../src/cards/card-job.js';

/** The smallest picture there is: a white pixel (PNG). */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsZQsfQAAAABJRU5ErkJggg==',
  'base64',
);

/** A card that is like no other, with a photo; its chip, PIN and PUK where `chip` is given. */
export function sampleJob({ chip = false, ...changes }: Partial<CardJob> = {}): CardJob {
  return {
    cardId: randomUUID(),
    number: 1,
    inBatch: false,
    cardType: 'employee',
    layout: { layout: 'employee', version: 1, template: {} },
    elements: {
      name: 'Ada Example',
      givenName: 'Ada',
      familyName: 'Example',
      employeeNumber: '10007',
      department: 'Research',
      cardTypeName: 'Employee card',
      cardNumber: `E-${String(randomInt(1_000_000)).padStart(6, '0')}`,
      validUntil: '2031-12-31',
    },
    photo: { contentType: 'image/png', bytes: pixel },
    chip,
    secrets: chip ? { pin: digits(6), puk: digits(8) } : null,
    ...changes,
  };
}

function digits(length: number): string {
  return Array.from({ length }, () => randomInt(10)).join('');
}
