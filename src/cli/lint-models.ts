import { join } from 'node:path';
import { checkModels, readModelFiles } from '../process/model-checks/index.js';

/**
 * Checks the diagrams and forms of a folder and prints what is wrong, one finding a line, then a summary.
 * @returns true when nothing is
 * @throws the file system's error when the folder cannot be read
 */
export async function lintModels(folder: string, print: (line: string) => void): Promise<boolean> {
  const files = await readModelFiles(folder);
  const findings = await checkModels(files);
  for (const { file, element, rule, message } of findings)
    print(`${join(folder, file)}: ${element}: ${rule}: ${message}`);
  print(
    `${files.length} diagrams and forms, ${findings.length === 0 ? 'nothing to complain about' : `${findings.length} to mend`}`,
  );
  return findings.length === 0;
}
