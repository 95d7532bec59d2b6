import { durationSeconds } from '../../../domain/duration.js';
import { retryProperties } from '../../contract/index.js';
import { extensionProperty } from '../../diagram.js';
import { flowNodes } from '../elements.js';
import { diagramRule } from '../rule.js';

/** The engine cannot store the moment after any longer delay; so far ahead, a delay is a mistake (seconds). */
const longestDelay = 30 * 86_400;

/** A worker ignores an override that it cannot read, and tries as often as ever. */
export const retryOverrides = diagramRule('retry-overrides', function* (definitions) {
  for (const node of flowNodes(definitions)) {
    const attempts = extensionProperty(node, retryProperties.attempts) ?? '';
    const firstDelay = extensionProperty(node, retryProperties.firstDelay) ?? '';
    if (attempts !== '' && !/^[1-9]\d{0,3}$/.test(attempts)) {
      yield [node, `Set "${retryProperties.attempts}" to a whole number from 1 to 9999, or leave it empty.`];
    }
    if (firstDelay !== '' && !isDelay(firstDelay)) {
      yield [node, `Set "${retryProperties.firstDelay}" to a duration like PT10S, P30D at most, or leave it empty.`];
    }
  }
});

/** Workers read no weeks. */
function isDelay(text: string): boolean {
  const seconds = durationSeconds(text);
  return seconds !== null && seconds <= longestDelay && !text.includes('W');
}
