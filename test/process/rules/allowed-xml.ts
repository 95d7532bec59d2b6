import { chain, type ModelCase, sample, task, withExtension } from '../../bpmn/model-cases/model-case.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'an extension that nobody knows',
    files: withExtension('<y xmlns="urn:x" />'),
    findings: ['sample.bpmn: look: allowed-xml'],
  },
  {
    what: 'an async flag in another spelling',
    files: [sample(chain(task('look', 'camunda:asyncBefore="TRUE"')))],
    findings: ['sample.bpmn: look: allowed-xml'],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'properties of the engine',
    files: withExtension('<camunda:properties><camunda:property name="note" value="x" /></camunda:properties>'),
    findings: [],
  },
];
