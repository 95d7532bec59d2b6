import { executableProcesses, nodesOf } from '../elements.js';
import { diagramRule } from '../rule.js';

/** What no token can come to was left over, or left unconnected, by mistake. */
export const reachableElements = diagramRule('reachable-elements', function* (definitions, { models }) {
  for (const process of executableProcesses(definitions)) {
    const variables = models.variablesOf(process);
    for (const node of nodesOf(process)) {
      if (node['isForCompensation'] !== true && variables.before(node) === null) {
        yield [node, 'No way leads here: connect it or remove it.'];
      }
    }
  }
});
