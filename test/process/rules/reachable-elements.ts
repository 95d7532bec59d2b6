import { beginByStarter, chain, flow, type ModelCase, sample, task } from '../../bpmn/model-cases/model-case.js';

export const failing: readonly ModelCase[] = [
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
];

export const passing: readonly ModelCase[] = [
  {
    what: 'subprocess, event subprocess, link events, parallel ways and compensation',
    files: [
      sample(
        `${beginByStarter}
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
];
