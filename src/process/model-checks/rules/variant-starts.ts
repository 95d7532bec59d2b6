import { elementsOf, executableProcesses } from '../elements.js';
import { isVariant } from '../variant-declaration.js';
import { diagramRule } from '../rule.js';

/** A variant that starts by itself would run before an administrator has chosen it. */
export const variantStarts = diagramRule('variant-starts', function* (definitions) {
  for (const process of executableProcesses(definitions).filter(isVariant)) {
    for (const node of elementsOf(process, 'flowElements').filter((each) => each.$type === 'bpmn:StartEvent')) {
      if (elementsOf(node, 'eventDefinitions').length > 0) {
        yield [node, 'A variant is started by its entry process only: begin it with a plain start event.'];
      }
    }
  }
});
