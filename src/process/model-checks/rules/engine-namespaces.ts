import { descendants, foreignAttributes } from '../elements.js';
import { diagramRule } from '../rule.js';

/** The engine still reads its extensions under the name of its ancestor, by which code would pass all other rules. */
const ancestor = 'http://activiti.org/bpmn';

export const engineNamespaces = diagramRule('engine-namespaces', function* (definitions) {
  for (const element of descendants(definitions)) {
    if (Object.values(foreignAttributes(element)).includes(ancestor)) {
      yield [element, `Remove the namespace ${ancestor}: extensions belong to http://camunda.org/schema/1.0/bpmn.`];
    }
  }
});
