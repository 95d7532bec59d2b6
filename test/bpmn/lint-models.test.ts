import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lintModels } from '../../src/cli/lint-models.js';
import { chain, sample, task } from './model-cases/model-case.js';

let folder: string;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lint-models-'));
  lines = [];
});

afterEach(() => rm(folder, { recursive: true }));

const lint = () => lintModels(folder, (line) => lines.push(line));

test('a finding is one line with file, element, rule and cure', async () => {
  const { name, content } = sample(chain(task('Activity_1abc2de', 'name=""')));
  await writeFile(join(folder, name), content);
  expect(await lint()).toBe(false);
  expect(lines).toEqual([
    `${folder}/sample.bpmn: Activity_1abc2de: named-elements: Give it a name that says what is done or waited for, for example Approve the request.`,
    '1 diagrams and forms, 1 to mend',
  ]);
});

test('other files are not looked at', async () => {
  await writeFile(join(folder, 'README.md'), 'Not a diagram.');
  expect(await lint()).toBe(true);
  expect(lines).toEqual(['0 diagrams and forms, nothing to complain about']);
});

test('a folder that is not there is an error, not a clean result', async () => {
  await expect(lintModels(join(folder, 'none'), () => undefined)).rejects.toThrow('ENOENT');
});
