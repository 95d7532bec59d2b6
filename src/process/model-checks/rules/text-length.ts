import { maxTextLength } from '../../../domain/decisions.js';
import { componentName } from '../form-model.js';
import { formRule } from '../rule.js';

/** The engine fails on longer texts, after the form was submitted. Where no limit is given the door holds to this one. */
export const textLength = formRule('text-length', function* (form) {
  for (const component of form.components.filter(({ type }) => type === 'textfield' || type === 'textarea')) {
    const limit = component.validate?.maxLength;
    if (limit !== undefined && limit > maxTextLength) {
      yield [componentName(component), `Set the maximum length of the field to ${maxTextLength} characters or fewer.`];
    }
  }
});
