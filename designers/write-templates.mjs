/** `npm run templates`: writes the palette of Camunda Modeler from the contract; files of no topic any more are removed. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { templateFiles } from '../src/process/element-templates/template-files.ts';

const folder = new URL('../bpmn/.camunda/element-templates/', import.meta.url);
const files = templateFiles();

await mkdir(folder, { recursive: true });
for (const name of await readdir(folder)) if (!files.has(name)) await rm(new URL(name, folder));
for (const [name, content] of files) await writeFile(new URL(name, folder), content);
process.stdout.write(`${files.size} element templates\n`);
