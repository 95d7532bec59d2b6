/** `npm run lint:models [-- FOLDER]`: checks the diagrams and forms of a folder, `bpmn` unless told, and lists what is wrong. */
import { join } from 'node:path';
import { checkModels, readModelFiles } from '../process/model-checks/index.js';

const folder = process.argv[2] ?? 'bpmn';
const files = await readModelFiles(folder);
const findings = await checkModels(files);
for (const { file, element, rule, message } of findings) {
  process.stdout.write(`${join(folder, file)}: ${element}: ${rule}: ${message}\n`);
}
const count = findings.length === 0 ? 'nothing to complain about' : `${findings.length} to mend`;
process.stdout.write(`${files.length} diagrams and forms, ${count}\n`);
if (findings.length > 0) process.exitCode = 1;
