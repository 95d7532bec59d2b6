import { z } from 'zod';

const component = z.looseObject({
  type: z.string(),
  id: z.string().optional(),
  key: z.string().optional(),
  validate: z.looseObject({ maxLength: z.number().optional() }).optional(),
  get components() {
    return z.array(component).optional();
  },
});

const formSchema = z.looseObject({ id: z.string(), type: z.literal('default'), components: z.array(component) });

export type FormComponent = z.infer<typeof component>;

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

/**
 * Reads a `.form` file.
 * @throws SyntaxError when it is not JSON or not a form; the message says where
 */
export function parseForm(content: string): FormModel {
  const { success, data, error } = formSchema.safeParse(JSON.parse(content));
  if (!success)
    throw new SyntaxError(`It is not a form: ${z.prettifyError(error).replace(/\s+/g, ' ')}`, { cause: error });
  return { id: data.id, components: data.components.flatMap(withNested) };
}

function withNested(each: FormComponent): FormComponent[] {
  return [each, ...(each.components ?? []).flatMap(withNested)];
}
