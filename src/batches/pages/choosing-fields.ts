import { z } from 'zod';
import { listCardTypes } from '../../directory/index.js';
import type { CardType } from '../../directory/card-types/card-type-store.js';
import type { Knex } from '../../kernel/db/database.js';
import { html, type Html } from '../../web/pages/html.js';
import type { IssueFilter } from '../../batch-rows/batch-types.js';

/** What the fields offer to choose from. */
export interface FieldOffers {
  readonly departments: readonly string[];
  readonly cardTypes: readonly CardType[];
}

interface FilterField {
  readonly label: string;
  /** The member of the filter that it sets. */
  readonly member: keyof IssueFilter;
  /** Its value in the page's address; empty for no such filter. */
  readonly schema: z.ZodType<string>;
  readonly input: (value: string, offers: FieldOffers) => Html;
}

/** Fields that lists of cards or card holders are narrowed by; each one's name is its parameter in the address. */
export const filterFields = {
  q: {
    label: 'Name or number',
    member: 'search',
    schema: z.string().trim().max(320).default(''),
    input: (value) => html`<input id="q" name="q" type="search" value="${value}" maxlength="320" />`,
  },
  type: {
    label: 'Card type',
    member: 'cardType',
    schema: z.string().max(100).default(''),
    input: (value, { cardTypes }) =>
      html`<select id="type" name="type">
        ${[{ id: '', name: 'All card types' }, ...cardTypes].map(
          ({ id, name }) => html`<option value="${id}" ${id === value && html` selected`}>${name}</option>`,
        )}
      </select>`,
  },
  department: {
    label: 'Department',
    member: 'department',
    schema: z.string().trim().max(200).default(''),
    input: (value, { departments }) =>
      html`<input id="department" name="department" list="departments" value="${value}" maxlength="200" />
        <datalist id="departments">${departments.map((each) => html`<option value="${each}"></option>`)}</datalist>`,
  },
  before: {
    label: 'Approved before',
    member: 'approvedBefore',
    schema: z.union([z.literal(''), z.iso.date()]).default(''),
    input: (value) => html`<input id="before" name="before" type="date" value="${value}" />`,
  },
} as const satisfies Record<string, FilterField>;

export type FieldName = keyof typeof filterFields;
/** What was entered, by field; empty for nothing. */
export type FieldValues = Readonly<Record<FieldName, string>>;

/** How the fields of a page are read from its address; a field that the page does not have is passed over there. */
export function schemasOf(fields: readonly FieldName[]): Record<FieldName, z.ZodType<string>> {
  const passedOver = z
    .unknown()
    .optional()
    .transform(() => '');
  const schemaOf = (name: FieldName) => (fields.includes(name) ? filterFields[name].schema : passedOver);
  return { q: schemaOf('q'), type: schemaOf('type'), department: schemaOf('department'), before: schemaOf('before') };
}

/** The filter that the fields of a page's address mean. */
export function filterOf(values: FieldValues): IssueFilter {
  return Object.fromEntries(entered(values).map(([name, value]) => [filterFields[name].member, value]));
}

/** The fields that something was entered in. */
export function entered(values: FieldValues): [FieldName, string][] {
  return (Object.keys(filterFields) as FieldName[]).flatMap((name) => {
    return values[name] === '' ? [] : [[name, values[name]]];
  });
}

/** Card types for the field that offers them, where a page has it. */
export async function offeredCardTypes(db: Knex, fields: readonly FieldName[]): Promise<CardType[]> {
  return fields.includes('type') ? listCardTypes(db) : [];
}
