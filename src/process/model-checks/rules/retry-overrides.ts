import { retryProperties } from '../../contract/index.js';
import { extensionProperty } from '../../diagram.js';
import { flowNodes } from '../elements.js';
import { diagramRule } from '../rule.js';

const duration = /^P(?=[\dT])(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;

/** A worker ignores an override that it cannot read, and tries as often as ever. */
export const retryOverrides = diagramRule('retry-overrides', function* (definitions) {
  for (const node of flowNodes(definitions)) {
    const attempts = extensionProperty(node, retryProperties.attempts) ?? '';
    const firstDelay = extensionProperty(node, retryProperties.firstDelay) ?? '';
    if (attempts !== '' && !/^[1-9]\d{0,3}$/.test(attempts)) {
      yield [node, `Set "${retryProperties.attempts}" to a whole number from 1 to 9999, or leave it empty.`];
    }
    if (firstDelay !== '' && !duration.test(firstDelay)) {
      yield [node, `Set "${retryProperties.firstDelay}" to a duration like PT10S, or leave it empty.`];
    }
  }
});
