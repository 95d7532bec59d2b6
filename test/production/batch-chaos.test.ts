import { runBatchChaos } from '../../bench/batches/index.js';
import type { ChaosOptions } from '../../bench/lib/production-ordeal.js';

const short: ChaosOptions = {
  seed: 5,
  cards: 24,
  kills: 3,
  betweenMs: [1_000, 3_000],
  mutant: false,
  lostAnswers: 0.15,
  patienceMs: 180_000,
  say: () => undefined,
};

it('a batch order ends with every card made once and right counts, whichever part is killed', async () => {
  const { faults, figures } = await runBatchChaos(short);
  expect(faults).toEqual([]);
  expect(figures).toMatchObject({
    'cards made (shop)': 24,
    'orders made (shop)': 24,
    'produced (batch order)': 24,
    kills: 3,
  });
}, 500_000);
