import { checks, extensionProperties } from '../../contract/index.js';
import { extensionProperty } from '../../diagram.js';
import { attribute, flowNodes } from '../elements.js';
import { fieldsOf } from '../form-model.js';
import { diagramRule } from '../rule.js';
import { checkOf } from '../variables.js';

/** A check that the door does not know would let everything pass; one whose fields are missing could never pass. */
export const knownChecks = diagramRule('known-checks', function* (definitions, { models }) {
  for (const node of flowNodes(definitions)) {
    const name = extensionProperty(node, extensionProperties.check);
    if (name === null) continue;
    const check = checkOf(node);
    const form = models.formOf(node);
    if (check === null) {
      yield [node, `There is no check "${name}": use one of ${Object.keys(checks).join(', ')}.`];
    } else if (attribute(node, 'camunda:formRef') === null) {
      yield [
        node,
        `The check "${name}" is made when a form is submitted: give this element a form or remove the check.`,
      ];
    } else if (form !== null) {
      const keys = fieldsOf(form).map((field) => field.key);
      for (const missing of Object.keys(check.fields).filter((key) => !keys.includes(key))) {
        yield [node, `The check "${name}" needs the field "${missing}": add it to the form "${form.id}".`];
      }
    }
  }
});
