/**
 * Holds the committed element templates against the published JSON schema and prints what it objects to, as JSON. A
 * program of its own, because the validator loads modules in a way that Jest does not know.
 */
import { readdir, readFile } from 'node:fs/promises';
import { validateAll } from '@bpmn-io/element-templates-validator';

const folder = 'bpmn/.camunda/element-templates';
const templates = await Promise.all(
  (await readdir(folder)).map(async (name) => JSON.parse(await readFile(`${folder}/${name}`, 'utf8'))),
);
const { results } = validateAll(templates);
process.stdout.write(
  JSON.stringify({ checked: results.length, errors: results.flatMap(({ errors }) => errors ?? []) }),
);
