import { elementsOf, executableProcesses, idOf } from '../elements.js';
import { diagramRule } from '../rule.js';

/** The file of a process is found by its key, and a deployment of one file changes one process. */
export const oneProcess = diagramRule('one-process', function* (definitions, { name }) {
  const [process] = executableProcesses(definitions);
  const all = elementsOf(definitions, 'rootElements').filter(({ $type }) => $type === 'bpmn:Process');
  if (process === undefined || all.length > 1) {
    yield [definitions, `There are ${all.length} processes: a diagram holds exactly one, which is executable.`];
  } else if (idOf(process) !== name) {
    yield [process, `The process is called "${idOf(process)}" but its file "${name}": give both the same name.`];
  }
});
