import { readFileSync } from 'node:fs';

const glossary = readFileSync(new URL('../../docs/glossary.md', import.meta.url), 'utf8');
const words = [...glossary.matchAll(/^\| \*\*(.+?)\*\* \|/gm)].map(([, word = '']) => word);

it('the glossary lists each word once, in alphabetical order', () => {
  expect(words.length).toBeGreaterThan(30);
  expect(words).toEqual([...new Set(words)].sort((one, other) => one.localeCompare(other, 'en')));
});

it.each(['card', 'request', 'production order', 'batch order', 'round', 'variant', 'entry process', 'claim', 'intent'])(
  'the glossary explains "%s"',
  (word) => {
    expect(words).toContain(word);
  },
);

it('the README leads to it', () => {
  expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain('(docs/glossary.md)');
});
