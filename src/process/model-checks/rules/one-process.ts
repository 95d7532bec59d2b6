import { executableProcesses, idOf } from '../elements.js';
import { diagramRule } from '../rule.js';

/** The file of a process is found by its key, and a deployment of one file changes one process. */
export const oneProcess = diagramRule('one-process', function* (definitions, { name }) {
  const processes = executableProcesses(definitions);
  const [process] = processes;
  if (process === undefined || processes.length > 1) {
    yield [definitions, `There are ${processes.length} executable processes: a diagram holds exactly one.`];
  } else if (idOf(process) !== name) {
    yield [process, `The process is called "${idOf(process)}" but its file "${name}": give both the same name.`];
  }
});
