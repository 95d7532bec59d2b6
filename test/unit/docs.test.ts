import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launcherEnvironment } from '../../src/config.js';
import { checks, messages, topics } from '../../src/process/contract/index.js';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

it.each(Object.keys(launcherEnvironment.shape))('the README has a line for %s', (name) => {
  expect(read('README.md')).toContain(`| \`${name}\` |`);
});

it('the palette names every topic with its inputs, every check and every message', () => {
  const palette = read('bpmn/README.md');
  for (const [topic, { inputs, errors }] of Object.entries(topics)) {
    const line = palette.split('\n').find((each) => each.startsWith(`| \`${topic}\` |`)) ?? '';
    for (const [name, type] of Object.entries(inputs)) expect(line).toContain(`\`${name}${type.endsWith('?') ? '?' : ''}\``);
    for (const code of errors) expect(line).toContain(`\`${code}\``);
  }
  for (const name of [...Object.keys(checks), ...Object.values(messages)]) expect(palette).toContain(`\`${name}\``);
});
