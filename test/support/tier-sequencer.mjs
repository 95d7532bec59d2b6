import { relative } from 'node:path';
import Sequencer from '@jest/test-sequencer';
import { tierNames } from '../tiers.ts';
import { heavyFiles } from './heavy-files.ts';

/**
 * Tier after tier, and within each the longest first: one that begins last is waited for alone. A machine that has not
 * run a file before goes by the list of heavy ones.
 */
export default class TierSequencer extends Sequencer {
  sort(tests) {
    const seconds = ({ path, context, duration }) =>
      duration === undefined ? (heavyFiles[relative(context.config.rootDir, path)] ?? 0) : duration / 1_000;
    return super
      .sort(tests)
      .map((test) => ({ test, tier: tierNames.indexOf(test.context.config.displayName.name), seconds: seconds(test) }))
      .sort((one, other) => one.tier - other.tier || other.seconds - one.seconds)
      .map(({ test }) => test);
  }
}
