import {
  beginByStarter,
  chain,
  edited,
  flow,
  type ModelCase,
  sample,
  task,
} from '../../bpmn/model-cases/model-case.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a task after which nothing follows',
    files: [sample(`${beginByStarter}${task('wait')[1]}${flow('begin', 'wait')}`)],
    findings: ['sample.bpmn: wait: no-dead-ends'],
  },
  {
    what: 'a flow that ends nowhere',
    files: [sample(`${chain()}<sequenceFlow id="loose" sourceRef="begin" />`)],
    findings: ['sample.bpmn: loose: no-dead-ends'],
  },
  {
    what: 'a boundary event after which nothing follows',
    files: edited(
      'request-card-with-approval.bpmn',
      [/<bpmn:sequenceFlow id="to-aborted"[^>]*>/, ''],
      [/<bpmn:(incoming|outgoing)>to-aborted<\/bpmn:\1>/, ''],
    ),
    findings: [
      'request-card-with-approval.bpmn: request-aborted: no-dead-ends',
      'request-card-with-approval.bpmn: aborted: reachable-elements',
    ],
  },
];

export const passing: readonly ModelCase[] = [
  { what: 'a task that leads to an end', files: [sample(chain(task('wait')))], findings: [] },
];
