import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { heavyFiles } from '../support/heavy-files.js';
import { filesByTier, ordeals } from '../tiers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const inGit = execFileSync('git', ['ls-files', '--cached', '--others', 'test/**.test.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => existsSync(`${root}${file}`))
  .sort();

test('each test file is run in exactly one tier', () => {
  expect([...filesByTier().keys()]).toEqual(['pure', 'database', 'product', 'ordeals']);
  expect([...filesByTier().values()].flat().sort()).toEqual(inGit);
});

test.each([
  ['pure', 'test/unit/states.test.ts'],
  ['database', 'test/db/requests.test.ts'],
  ['product', 'test/api/request-card.test.ts'],
  ['product', 'test/browser/console-story.test.ts'],
  ['product', 'test/runtime/delivery.test.ts'],
  ['ordeals', 'test/production/chaos.test.ts'],
])('%s has %s', (tier, file) => {
  expect(filesByTier().get(tier)).toContain(file);
});

test('the named ordeals and heavy files exist', () => {
  expect([...ordeals, ...Object.keys(heavyFiles)].filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
});
