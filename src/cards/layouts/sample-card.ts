import type { CardElements } from '../card-job.js';

/** The card of nobody, for previews of card types and for judging whether a layout has room. */
export const sampleElements: CardElements = {
  name: 'Alexandra Sample',
  givenName: 'Alexandra',
  familyName: 'Sample',
  employeeNumber: 'S-10042',
  department: 'Facility Management',
  cardTypeName: 'Sample card',
  cardNumber: 'S00010042',
  validUntil: '2030-12-31',
};
