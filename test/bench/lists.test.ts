import { benchLists, printLists } from '../../bench/lists/index.js';

test('the bench of lists runs through, and measures every list', async () => {
  const result = await benchLists({ cards: 2_000, rounds: 1, say: () => undefined });
  expect(result.lists.length).toBeGreaterThan(50);
  expect(result.lists.filter(({ p50 }) => !(p50 > 0))).toEqual([]);
  const lines: string[] = [];
  printLists(result, (line) => lines.push(line));
  expect(lines.join('\n')).toContain('/cards?q=N77777');
}, 300_000);
