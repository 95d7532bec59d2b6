import { writeSync } from 'node:fs';

/**
 * Prints `N passed, N failed` (and `, N skipped`) as the very last line of the run, after everything that Jest and a
 * global teardown have to say. A test file that could not even be loaded counts as one failed test.
 */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    process.once('exit', () => writeSync(1, `${line}\n`));
  }
}
