import { chain, edited, type ModelCase, sample, work } from '../../bpmn/model-cases/model-case.js';
import { entry } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a topic that no worker serves',
    files: edited(entry, ['camunda:topic="find-holder"', 'camunda:topic="find-holders"']),
    findings: [`${entry}: find-holder: known-topics`],
  },
  {
    what: 'a service task that is not external',
    files: [sample(chain(['send', '<sendTask id="send" />']))],
    findings: ['sample.bpmn: send: known-topics'],
  },
  {
    what: 'a service task with an expression',
    files: [sample(chain(['run', '<serviceTask id="run" camunda:expression="${1 == 1}" />']))],
    findings: ['sample.bpmn: run: known-topics'],
  },
  {
    what: 'a thrown message',
    files: [
      sample(
        chain([
          'tell',
          '<intermediateThrowEvent id="tell"><messageEventDefinition messageRef="m" /></intermediateThrowEvent>',
        ]),
        { roots: '<message id="m" name="card-request-aborted" />' },
      ),
    ],
    findings: ['sample.bpmn: tell: known-topics'],
  },
];

export const passing: readonly ModelCase[] = [
  { what: 'a topic that workers serve', files: [sample(chain(work('find', 'find-holder')))], findings: [] },
];
