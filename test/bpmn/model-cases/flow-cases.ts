import { chain, edited, flow, sample, task, type ModelCase } from './model-case.js';

const gateway = (id: string, attributes = '') => `<exclusiveGateway id="${id}" ${attributes} />`;
const ends = '<endEvent id="one" /><endEvent id="other" />';
const begin = '<startEvent id="begin" camunda:initiator="starter" />';

export const flowCases: readonly ModelCase[] = [
  {
    what: 'two executable processes in one diagram',
    files: [sample(chain(), { roots: '<process id="more" isExecutable="true" camunda:historyTimeToLive="1" />' })],
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
    what: 'a history time to live in plain days',
    files: [sample(chain(), { attributes: 'camunda:historyTimeToLive="5"' })],
    findings: [],
  },
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
  {
    what: 'generated ids of things that designers do not name',
    files: edited('request-card.bpmn', ['request-refused-error', 'ErrorEventDefinition_0a1b2c3']),
    findings: [],
  },
  {
    what: 'a task after which nothing follows',
    files: [sample(`${begin}${task('wait')[1]}${flow('begin', 'wait')}`)],
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
  {
    what: 'a task that no way leads to',
    files: [sample(`${chain()}${task('lonely')[1]}${flow('lonely', 'end')}`)],
    findings: ['sample.bpmn: lonely: reachable-elements'],
  },
  {
    what: 'two tasks that only lead to each other',
    files: [sample(`${chain()}${task('one')[1]}${task('other')[1]}${flow('one', 'other')}${flow('other', 'one')}`)],
    findings: ['sample.bpmn: one: reachable-elements', 'sample.bpmn: other: reachable-elements'],
  },
  {
    what: 'subprocess, event subprocess, link events, parallel ways and compensation',
    files: [
      sample(
        `${begin}
        <parallelGateway id="fork" />${task('left')[1]}
        <subProcess id="right"><startEvent id="right-begins" />${task('inside')[1]}<endEvent id="right-ends" />
          ${flow('right-begins', 'inside')}${flow('inside', 'right-ends')}</subProcess>
        <parallelGateway id="join" />
        <intermediateThrowEvent id="jump"><linkEventDefinition name="landing" /></intermediateThrowEvent>
        <intermediateCatchEvent id="land"><linkEventDefinition name="landing" /></intermediateCatchEvent>
        <endEvent id="end" />
        <subProcess id="on-abort" triggeredByEvent="true"><startEvent id="aborted"><messageEventDefinition messageRef="abort" /></startEvent>
          <endEvent id="abort-ends" />${flow('aborted', 'abort-ends')}</subProcess>
        <boundaryEvent id="undo" attachedToRef="left"><compensateEventDefinition /></boundaryEvent>
        <userTask id="undo-left" isForCompensation="true" camunda:assignee="\${starter}" />
        <association id="undone-by" associationDirection="One" sourceRef="undo" targetRef="undo-left" />
        ${flow('begin', 'fork')}${flow('fork', 'left')}${flow('fork', 'right')}${flow('left', 'join')}${flow('right', 'join')}
        ${flow('join', 'jump')}${flow('land', 'end')}`,
        { roots: '<message id="abort" name="card-request-aborted" />' },
      ),
    ],
    findings: [],
  },
  {
    what: 'a gateway with a flow that says nothing about when',
    files: [
      sample(
        `${begin}${gateway('fork')}${ends}${flow('begin', 'fork')}${flow('fork', 'one', "${starter == 'a'}")}${flow('fork', 'other')}`,
      ),
    ],
    findings: ['sample.bpmn: fork-to-other: gateway-conditions'],
  },
  {
    what: 'a gateway whose flows all have conditions',
    files: [
      sample(
        `${begin}${gateway('fork')}${ends}${flow('begin', 'fork')}${flow('fork', 'one', "${starter == 'a'}")}${flow('fork', 'other', "${starter != 'a'}")}`,
      ),
    ],
    findings: [],
  },
  {
    what: 'a condition that is a plain text',
    files: [
      sample(
        `${begin}${gateway('fork', 'default="fork-to-other"')}${ends}${flow('begin', 'fork')}${flow('fork', 'one', 'starter')}${flow('fork', 'other')}`,
      ),
    ],
    findings: ['sample.bpmn: fork-to-one: gateway-conditions'],
  },
  {
    what: 'a condition of two expressions',
    files: [
      sample(
        `${begin}${gateway('fork', 'default="fork-to-other"')}${ends}${flow('begin', 'fork')}${flow('fork', 'one', '${starter}${starter}')}${flow('fork', 'other')}`,
      ),
    ],
    findings: ['sample.bpmn: fork-to-one: gateway-conditions'],
  },
];
