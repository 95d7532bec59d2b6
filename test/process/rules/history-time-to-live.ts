import { chain, edited, type ModelCase, sample } from '../../bpmn/model-cases/model-case.js';
import { entry } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'no history time to live',
    files: [sample(chain(), { attributes: '' })],
    findings: ['sample.bpmn: sample: history-time-to-live'],
  },
  {
    what: 'a history time to live that is no number of days',
    files: [sample(chain(), { attributes: 'camunda:historyTimeToLive="PT5M"' })],
    findings: ['sample.bpmn: sample: history-time-to-live'],
  },
  {
    what: 'an entry process without history',
    files: edited(entry, [' camunda:historyTimeToLive="P30D"', '']),
    findings: [`${entry}: request-card: history-time-to-live`],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a history time to live in plain days',
    files: [sample(chain(), { attributes: 'camunda:historyTimeToLive="5"' })],
    findings: [],
  },
];
