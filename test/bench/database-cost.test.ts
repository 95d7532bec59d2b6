/**
 * What a request costs PostgreSQL, against the committed figures in bench/baseline.json. Counted, not timed, so that it
 * says the same on any machine. After a change that is meant to cost more (or less) `npm run bench:cost` writes new figures.
 * Bytes of WAL are compared by `npm run bench` only: where index pages split depends on random ids, which alone moves them
 * by a few percent.
 */
import { compareCost, measureDatabaseCost, readBaseline } from '../../bench/runtime/index.js';

test('a request costs as many statements and commits as it did', async () => {
  const goals = compareCost(await measureDatabaseCost(), await readBaseline());
  const counted = Object.entries(goals).filter(([name]) => !name.startsWith('WAL bytes'));
  expect(counted.length).toBeGreaterThan(1);
  expect(counted.filter(([, { met }]) => !met)).toEqual([]);
}, 180_000);
