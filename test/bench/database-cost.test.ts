/**
 * What a request costs PostgreSQL, against the committed figures in bench/baseline.json. Counted, not timed, so that it
 * says the same on any machine. After a change that is meant to cost more (or less) `npm run bench:cost` writes new figures.
 */
import { compareCost, measureDatabaseCost, readBaseline } from '../../bench/runtime/database-cost.js';

test('a request costs as many statements, commits and bytes of WAL as it did', async () => {
  const goals = compareCost(await measureDatabaseCost(), await readBaseline());
  expect(Object.entries(goals).filter(([, { met }]) => !met)).toEqual([]);
}, 180_000);
