import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  cliEnvironment,
  launcherEnvironment,
  printShopEnvironment,
  serverEnvironment,
  workerEnvironment,
} from '../../src/kernel/config.js';
import { checks, messages, topics } from '../../src/process/contract/index.js';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

const environments = [launcherEnvironment, serverEnvironment, workerEnvironment, printShopEnvironment, cliEnvironment];
/** Set by npm, not by people. */
const setByNpm = 'INIT_CWD';

it.each([...new Set(environments.flatMap(({ shape }) => Object.keys(shape)))].filter((name) => name !== setByNpm))(
  'the README has a line for %s',
  (name) => {
    const firstCells = read('README.md')
      .split('\n')
      .flatMap((line) => (line.startsWith('| `') ? (line.split(' | ')[0] ?? []) : []));
    expect(firstCells.join()).toContain(`\`${name}\``);
  },
);

/** Facts and tests are `| fact | test | file |`. */
it('every test that is named for a fact about engine or client exists', () => {
  const rows = read('docs/worker-runtime-facts.md')
    .split('\n')
    .filter((line) => /^\| [a-j1-9]\b/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) {
    const [, , name = '', path = ''] = row.split('|').map((cell) => cell.trim());
    expect(read(/\((.*)\)/.exec(path)?.[1]?.replace('../', '') ?? '')).toContain(`test('${name}'`);
  }
});

it('the palette names every topic with its inputs, every check and every message', () => {
  const palette = read('bpmn/README.md');
  for (const [topic, { inputs, errors }] of Object.entries(topics)) {
    const line = palette.split('\n').find((each) => each.startsWith(`| \`${topic}\` |`)) ?? '';
    for (const [name, type] of Object.entries(inputs))
      expect(line).toContain(`\`${name}${type.endsWith('?') ? '?' : ''}\``);
    for (const code of errors) expect(line).toContain(`\`${code}\``);
  }
  for (const name of [...Object.keys(checks), ...Object.values(messages)]) expect(palette).toContain(`\`${name}\``);
});

it('every link between our documents leads somewhere', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  expect(documents.length).toBeGreaterThan(30);
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:|mailto:)([^)#]+)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(root, dirname(document), target)))
      .map((target) => `${document}: ${target}`),
  );
  expect(broken).toEqual([]);
});
