import { attribute, executableProcesses } from '../elements.js';
import { diagramRule } from '../rule.js';

/** The engine refuses a diagram without it, and history holds personal data. */
export const historyTimeToLive = diagramRule('history-time-to-live', function* (definitions) {
  for (const process of executableProcesses(definitions)) {
    if (!/^(P\d+D|\d+)$/.test(attribute(process, 'camunda:historyTimeToLive') ?? '')) {
      yield [process, 'Set "History time to live" to a number of days, for example P30D.'];
    }
  }
});
