import { chain, type ModelCase, sample, task } from '../../bpmn/model-cases/model-case.js';

export const failing: readonly ModelCase[] = [
  {
    what: "code under the name of the engine's ancestor",
    files: [
      {
        ...sample(chain()),
        content: sample(
          chain([
            'look',
            '<serviceTask id="look" xmlns:a="http://activiti.org/bpmn" a:class="x.Y" camunda:type="external" camunda:topic="find-holder" />',
          ]),
        ).content,
      },
    ],
    findings: ['sample.bpmn: look: engine-namespaces'],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'an attribute of the engine',
    files: [sample(chain(task('look', 'camunda:asyncBefore="true"')))],
    findings: [],
  },
];
