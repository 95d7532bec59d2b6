/** Words of the pages of number ranges. */
export const numberRangeTexts = {
  title: 'Number ranges',
  intro:
    'Series of card numbers. A range gives every number once, in turn, when a card is first ordered; card types say which range they take.',
  caption: 'Number ranges',
  empty: 'No number range matches.',
  filter: 'Id or name',
  add: 'Add a number range',
  newTitle: 'New number range',
  columns: { name: 'Number range', next: 'Next number', left: 'Numbers left', format: 'Format' },
  format: (prefix: string, digits: number, suffix: string) => `${prefix}${'#'.repeat(digits)}${suffix}`,
  left: (count: number) => count.toLocaleString('en-GB'),
  noneLeft: 'none left',
  fewLeft: (count: number) => `only ${count.toLocaleString('en-GB')} left`,
  fields: { id: 'Id', name: 'Name', prefix: 'Prefix', digits: 'Digits', suffix: 'Suffix', nextNumber: 'Next number' },
  affixHint: 'Letters, digits, full stops, slashes and hyphens; may be empty.',
  digitsHint: 'How many digits the counting part has, 1 to 15.',
  nextHint: 'The next number. It only grows while the format is unchanged.',
  sample: 'The next card gets',
} as const;
