import { chain, type ModelCase, sample } from '../../bpmn/model-cases/model-case.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'two executable processes in one diagram',
    files: [
      sample(chain(), { roots: '<process id="more" name="More" isExecutable="true" camunda:historyTimeToLive="1" />' }),
    ],
    findings: ['sample.bpmn: sample-definitions: one-process'],
  },
  {
    what: 'no executable process',
    files: [{ ...sample(''), content: sample('').content.replace('"true"', '"false"') }],
    findings: ['sample.bpmn: sample-definitions: one-process'],
  },
  {
    what: 'a process that is not called like its file',
    files: [{ ...sample(chain()), name: 'other.bpmn' }],
    findings: ['other.bpmn: sample: one-process'],
  },
];

export const passing: readonly ModelCase[] = [
  { what: 'a process that is called like its file', files: [sample(chain())], findings: [] },
];
