import {
  byRowState,
  byWireState,
  rowStateOf,
  rowWords,
  wireRowState,
  wireRowStates,
} from '../../src/domain/batch-row-words.js';
import { batchKinds, batchRowStates } from '../../src/domain/batch-states.js';

test('the API keeps its words for the states of rows, in their order', () => {
  expect(wireRowStates).toEqual(['chosen', 'skipped', 'ordered', 'produced', 'failed', 'cancelled']);
  expect(batchRowStates.map(wireRowState)).toEqual(wireRowStates);
});

test('a word of the API means one state, and counts read from the API are those that were written', () => {
  expect(wireRowStates.map(rowStateOf)).toEqual([...batchRowStates]);
  const counts = { chosen: 6, skipped: 1, ordered: 5, succeeded: 2, failed: 3, withdrawn: 0 };
  expect(byWireState(counts)).toEqual({ chosen: 6, skipped: 1, ordered: 5, produced: 2, failed: 3, cancelled: 0 });
  expect(byRowState(byWireState(counts))).toEqual(counts);
});

test('requests have words of their own where cards and requests end differently', () => {
  const ends = (['succeeded', 'failed', 'withdrawn'] as const).map((state) =>
    batchKinds.map((kind) => rowWords[kind][state]),
  );
  expect(ends).toEqual([
    ['Produced', 'Approved'],
    ['Failed', 'Rejected'],
    ['Cancelled', 'Aborted'],
  ]);
});
