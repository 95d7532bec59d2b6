import type { CardElements } from '../card-job.js';

type FieldName = keyof CardElements;

/** The named fields of a layout, in words for people. */
export const fieldLabels = {
  name: 'name',
  givenName: 'given name',
  familyName: 'family name',
  employeeNumber: 'employee number',
  department: 'department',
  cardTypeName: 'name of the card type',
  cardNumber: 'card number',
  validUntil: 'end of validity',
} as const satisfies Record<FieldName, string>;

const braces = /\{([^{}]*)\}/g;

/** A text of a layout with a card's own words in it. */
export interface FilledText {
  readonly text: string;
  /** True where the text has fields and none of them has a value. */
  readonly empty: boolean;
}

/** Names in braces, whether or not they are fields. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(braces)].map(([, name]) => name ?? '');
}

export function isField(name: string): name is FieldName {
  return Object.hasOwn(fieldLabels, name);
}

/** Puts the values of its fields into a text; what a layout calls by no known name stays as it is. */
export function fillIn(text: string, elements: CardElements): FilledText {
  const values: string[] = [];
  const filled = text.replace(braces, (all, name: string) => {
    if (!isField(name)) return all;
    const value = elements[name] ?? '';
    values.push(value);
    return value;
  });
  return { text: filled, empty: values.length > 0 && values.every((value) => value.trim() === '') };
}

/** What a text is called in a sentence: its fields, or its own words. */
export function textLabel(text: string): string {
  const fields = namesIn(text).filter(isField);
  return fields.length === 0 ? `text “${text}”` : fields.map((name) => fieldLabels[name]).join(' and ');
}
