import { executableProcesses, idOf, nodesOf, sequenceFlows } from '../elements.js';
import { diagramRule } from '../rule.js';

/** What a modelling tool writes: a type, an underscore, a number or a random word that begins with a digit. */
const generated = /^[A-Z][A-Za-z]*_\d[0-9a-z]*$/;

/** Ids appear in history, in incidents and in migration plans, where people have to recognise them. */
export const namedElements = diagramRule('named-elements', function* (definitions) {
  for (const process of executableProcesses(definitions)) {
    for (const element of [process, ...nodesOf(process), ...sequenceFlows(process)]) {
      if (generated.test(idOf(element))) yield [element, 'Give it an id in words, for example approve-request.'];
    }
  }
});
