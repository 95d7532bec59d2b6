import { runProductionChaos, type ChaosOptions } from '../../bench/production/chaos-run.js';

const short: ChaosOptions = { seed: 3, cards: 16, kills: 4, betweenMs: [1_000, 3_000], mutant: false, lostAnswers: 0.15, patienceMs: 120_000, say: () => undefined };

describe('worker, server and print shop, killed at random', () => {
  it('make every card exactly once, and no PIN is left anywhere', async () => {
    const { faults, figures, canaries } = await runProductionChaos(short);
    expect(faults).toEqual([]);
    expect(figures).toMatchObject({ 'cards made (shop)': 16, 'orders made (shop)': 16, 'cards issued (ledger)': 16, kills: 4 });
    expect(canaries.made).toBeGreaterThanOrEqual(32);
  }, 400_000);

  it('make two cards for one order without the rule to ask before calling again', async () => {
    const { faults } = await runProductionChaos({ ...short, mutant: true, lostAnswers: 0.5, patienceMs: 20_000 });
    expect(faults).toContainEqual(expect.stringContaining('cards for the order'));
  }, 400_000);
});
