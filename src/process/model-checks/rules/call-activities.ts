import { useCases } from '../../contract/index.js';
import { attribute, executableProcesses, idOf, nodesOf } from '../elements.js';
import { chosenVariant } from '../variant-declaration.js';
import { diagramRule } from '../rule.js';

/** What is called is known in advance: a process of ours, or the variant that an administrator has released. */
export const callActivities = diagramRule('call-activities', function* (definitions, { models }) {
  const entries: readonly string[] = Object.values(useCases).map((useCase) => useCase.entryProcess);
  const keys = new Set(models.processes.map(idOf));
  for (const process of executableProcesses(definitions)) {
    for (const node of nodesOf(process).filter((each) => each.$type === 'bpmn:CallActivity')) {
      const called = attribute(node, 'calledElement');
      if (called === chosenVariant.key) {
        const exact =
          attribute(node, 'camunda:calledElementBinding') === chosenVariant.binding &&
          attribute(node, 'camunda:calledElementVersion') === chosenVariant.version;
        if (!exact)
          yield [
            node,
            `Bind the called variant to "${chosenVariant.binding}" ${chosenVariant.version}: only that one was released.`,
          ];
        if (!entries.includes(idOf(process))) {
          yield [
            node,
            `Only the entry process of a use case (${entries.join(', ')}) runs the chosen variant: call a process by its key.`,
          ];
        }
      } else if (called === null || (models.whole && !keys.has(called))) {
        yield [
          node,
          `There is no process "${called ?? ''}": call one of ours by its key, or the chosen variant by ${chosenVariant.key}.`,
        ];
      }
    }
  }
});
