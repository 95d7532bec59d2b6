import { formRule } from '../rule.js';

/** A diagram refers to a form by its id, a deployment finds it by its file. */
export const formNames = formRule('form-names', function* (form, { name }) {
  if (form.id !== name)
    yield [form.id, `The form is called "${form.id}" but its file "${name}": give both the same name.`];
});
