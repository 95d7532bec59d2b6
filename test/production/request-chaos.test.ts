import { runRequestChaos } from '../../bench/batches/index.js';

it('batches of requests end with one request for each card holder, decided once, whichever part is killed', async () => {
  const { faults, figures } = await runRequestChaos({
    seed: 2,
    holders: 100,
    kills: 4,
    betweenMs: [500, 3_000],
    patienceMs: 180_000,
    say: () => undefined,
  });
  expect(faults).toEqual([]);
  expect(figures['requests']).toBe(figures['requests expected']);
}, 500_000);
