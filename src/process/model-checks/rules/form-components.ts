import { componentName, displayTypes, fieldTypes } from '../form-model.js';
import { formRule } from '../rule.js';

/** Newer modelling tools offer components that this Tasklist, or a fork's, leaves out without a word. */
export const formComponents = formRule('form-components', function* (form) {
  const portable = [...displayTypes, ...fieldTypes];
  for (const component of form.components) {
    if (!portable.includes(component.type)) {
      yield [componentName(component), `Not every Tasklist shows "${component.type}": use ${portable.join(', ')}.`];
    }
  }
});
