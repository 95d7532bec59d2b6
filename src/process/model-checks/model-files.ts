import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFile } from './check-models.js';

/**
 * Reads the diagrams and forms of a folder, in alphabetical order; subfolders are not looked into.
 * @throws the file system's error when the folder cannot be read
 */
export async function readModelFiles(folder: string): Promise<ModelFile[]> {
  const names = (await readdir(folder)).filter((name) => /\.(bpmn|form)$/.test(name)).sort();
  return Promise.all(names.map(async (name) => ({ name, content: await readFile(join(folder, name), 'utf8') })));
}
