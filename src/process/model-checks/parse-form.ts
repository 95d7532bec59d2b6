import { z } from 'zod';
import { formComponent, type FormComponent, type FormModel } from './form-model.js';

const formSchema = z.looseObject({ id: z.string(), type: z.literal('default'), components: z.array(formComponent) });

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
