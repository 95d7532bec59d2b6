import { attribute, extensions, flowNodes } from '../elements.js';
import { diagramRule } from '../rule.js';

/** A task keeps the form it was drawn with: the one deployed together with its diagram. */
export const formReferences = diagramRule('form-references', function* (definitions, { models }) {
  for (const node of flowNodes(definitions)) {
    const formRef = attribute(node, 'camunda:formRef');
    if (attribute(node, 'camunda:formKey') !== null || extensions(node, 'camunda:FormData').length > 0) {
      yield [node, 'Use a Camunda form (.form) by its id: other kinds of forms are not supported.'];
    }
    if (formRef === null) continue;
    if (attribute(node, 'camunda:formRefBinding') !== 'deployment') {
      yield [node, `Set the binding of the form "${formRef}" to "deployment".`];
    }
    if (models.whole && models.formOf(node) === null) {
      yield [node, `There is no form "${formRef}": add ${formRef}.form beside the diagram or refer to another form.`];
    }
  }
});
