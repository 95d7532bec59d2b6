import { z } from 'zod';

/** One component of a form, as far as the rules look at it. */
export const formComponent = z.looseObject({
  type: z.string(),
  id: z.string().optional(),
  key: z.string().optional(),
  validate: z.looseObject({ maxLength: z.number().optional() }).optional(),
  get components() {
    return z.array(formComponent).optional();
  },
});

export type FormComponent = z.infer<typeof formComponent>;

/** A form as the rules see it. */
export interface FormModel {
  readonly id: string;
  /** All components, those inside others included. */
  readonly components: readonly FormComponent[];
}

/** The components that set a variable, by which every Tasklist can fill it. */
export const fieldTypes = [
  'textfield',
  'textarea',
  'number',
  'checkbox',
  'radio',
  'select',
  'checklist',
  'taglist',
  'datetime',
];

/** Components that only show something. */
export const displayTypes = ['text', 'table', 'image'];

/** What a designer knows a component by. */
export function componentName({ key, id, type }: FormComponent): string {
  return key ?? id ?? type;
}

/** The components that submit a value. */
export function fieldsOf(form: FormModel): FormComponent[] {
  return form.components.filter(({ type }) => fieldTypes.includes(type));
}
