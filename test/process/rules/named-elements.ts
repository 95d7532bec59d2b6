import { chain, edited, type ModelCase, sample, task } from '../../bpmn/model-cases/model-case.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a generated task id',
    files: [sample(chain(task('Activity_1abc2de')))],
    findings: ['sample.bpmn: Activity_1abc2de: named-elements'],
  },
  {
    what: 'a generated flow id',
    files: edited('request-card.bpmn', ['to-choose-card', 'Flow_0x1y2z3']),
    findings: ['request-card.bpmn: Flow_0x1y2z3: named-elements'],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'generated ids of things that designers do not name',
    files: edited('request-card.bpmn', ['request-refused-error', 'ErrorEventDefinition_0a1b2c3']),
    findings: [],
  },
];
