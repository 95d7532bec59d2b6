import { attribute, executableProcesses, nodesOf } from '../elements.js';
import { diagramRule } from '../rule.js';

/** Work, and events at which a request waits. */
const seen = /^bpmn:(?:\w*Task|CallActivity|IntermediateCatchEvent)$/;

/**
 * Names are what people read in lists, stories, incidents and migration plans, and what a step that was drawn anew is found
 * again by. Ids are the modelling tool's own business.
 */
export const namedElements = diagramRule('named-elements', function* (definitions) {
  for (const process of executableProcesses(definitions)) {
    if (attribute(process, 'name') === null) yield [process, 'Give the process a name: lists show it.'];
    for (const node of nodesOf(process)) {
      if (seen.test(node.$type) && attribute(node, 'name') === null)
        yield [node, 'Give it a name that says what is done or waited for, for example Approve the request.'];
    }
  }
});
