import { benchBatches, printBatches } from '../../bench/batches/index.js';

test('the bench of batch orders runs through, and counts the same engine steps for every size', async () => {
  const result = await benchBatches({
    sizes: [10, 100],
    rounds: 1,
    cards: 100,
    warmUp: false,
    seed: 1,
    say: () => undefined,
  });
  const lines: string[] = [];
  printBatches(result, (line) => lines.push(line));
  expect(result.goals).toMatchObject({
    'kinds of engine history, over all sizes': { value: 1, met: true },
    'the same of requests': { value: 1, met: true },
    'most memory of server or worker, MB': { met: true },
  });
  expect(Object.values(result.rounds[0]?.cardsPerSecond ?? {}).every((rate) => rate > 0)).toBe(true);
  expect(lines.join('\n')).toMatch(/ours, 500 a call ÷ textbook +\d/);
}, 400_000);
