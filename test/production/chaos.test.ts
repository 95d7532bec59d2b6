import { loseOneAnswer, runProductionChaos } from '../../bench/production/index.js';
import type { ChaosOptions } from '../../bench/lib/production-ordeal.js';

const short: ChaosOptions = {
  seed: 3,
  cards: 16,
  kills: 4,
  betweenMs: [1_000, 3_000],
  mutant: false,
  lostAnswers: 0.15,
  patienceMs: 120_000,
  say: () => undefined,
};

describe('worker, server and print shop, killed at random', () => {
  it('make every card exactly once, and no PIN is left anywhere', async () => {
    const { faults, figures, canaries } = await runProductionChaos(short);
    expect(faults).toEqual([]);
    expect(figures).toMatchObject({
      'cards made (shop)': 16,
      'orders made (shop)': 16,
      'cards issued (ledger)': 16,
      kills: 4,
    });
    expect(canaries.made).toBeGreaterThanOrEqual(32);
  }, 400_000);
});

describe('an answer of the print shop that is lost', () => {
  it('leads to one card, since the shop is asked before it is called again', async () => {
    const { faults, figures } = await loseOneAnswer(false);
    expect(faults).toEqual([]);
    expect(figures).toMatchObject({ 'cards made (shop)': 1, 'cards issued (ledger)': 1 });
  }, 200_000);

  it('would lead to two without that rule', async () => {
    const { faults } = await loseOneAnswer(true);
    expect(faults).toContainEqual(expect.stringMatching(/^2 cards for the order/));
  }, 200_000);
});
