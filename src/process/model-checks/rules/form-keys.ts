import { componentName, fieldsOf } from '../form-model.js';
import { formRule } from '../rule.js';

/** A field's key is the name of the variable it sets. */
export const formKeys = formRule('form-keys', function* (form) {
  const seen = new Set<string>();
  for (const field of fieldsOf(form)) {
    const key = field.key ?? '';
    if (!/^[A-Za-z_]\w*$/.test(key)) {
      yield [componentName(field), 'Give the field a key of letters and digits: it is the name of a variable.'];
    } else if (seen.has(key)) {
      yield [key, `Two fields have the key "${key}": give each its own.`];
    }
    seen.add(key);
  }
});
