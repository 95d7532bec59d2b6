import { chain, edited, sample, shipped, task, type ModelCase } from './model-case.js';
import { begin, decide, drawnFile, end, onMessage, record, register, subprocess, way, withVariant } from './drawing.js';

const entry = 'request-card.bpmn';
const withApproval = 'request-card-with-approval.bpmn';
const withoutApproval = 'request-card-without-approval.bpmn';
const call = (attributes: string) => ['call', `<callActivity id="call" ${attributes} />`] as const;
const chosen =
  'calledElement="${variantKey}" camunda:calledElementBinding="version" camunda:calledElementVersion="${variantVersion}"';

export const variantCases: readonly ModelCase[] = [
  {
    what: 'a call of a process that is there',
    files: [...shipped, sample(chain(call('calledElement="abort-card-request"')))],
    findings: [],
  },
  {
    what: 'a call of a process that is not there',
    files: [sample(chain(call('calledElement="else"')))],
    findings: ['sample.bpmn: call: call-activities'],
  },
  { what: 'a call of nothing', files: [sample(chain(call('')))], findings: ['sample.bpmn: call: call-activities'] },
  {
    what: 'a call of any process a variable names',
    files: [sample(chain(call('calledElement="${key}"')))],
    findings: ['sample.bpmn: call: call-activities', 'sample.bpmn: call: known-variables'],
  },
  {
    what: 'the newest version of a variant instead of the released one',
    files: edited(entry, [
      'camunda:calledElementBinding="version" camunda:calledElementVersion="${variantVersion}"',
      '',
    ]),
    findings: [`${entry}: run-variant: call-activities`],
  },
  {
    what: 'a chosen variant outside an entry process',
    files: [sample(chain(call(chosen)))],
    findings: [
      'sample.bpmn: call: call-activities',
      'sample.bpmn: call: known-variables',
      'sample.bpmn: call: known-variables',
    ],
  },
  {
    what: 'a variant of an unknown use case',
    files: edited(withoutApproval, ['name="useCase" value="request-card"', 'name="useCase" value="request-cards"']),
    findings: [
      `${withoutApproval}: register-request: topic-inputs`,
      `${withoutApproval}: register-request: topic-inputs`,
      `${withoutApproval}: register-request: caught-errors`,
      `${withoutApproval}: register-request: caught-errors`,
      `${withoutApproval}: request-card-without-approval: variant-names`,
    ],
  },
  {
    what: 'a variant without a name',
    files: edited(withoutApproval, ['<camunda:property name="variant" value="without-approval" />', '']),
    findings: [`${withoutApproval}: request-card-without-approval: variant-names`],
  },
  {
    what: 'a variant that starts by itself',
    files: edited(withoutApproval, [
      '<bpmn:outgoing>to-register-request</bpmn:outgoing>',
      '<bpmn:outgoing>to-register-request</bpmn:outgoing><bpmn:timerEventDefinition id="hourly"><bpmn:timeCycle xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="bpmn:tFormalExpression">R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>',
    ]),
    findings: [`${withoutApproval}: request-begins: variant-starts`],
  },
  {
    what: 'two variants of one name',
    files: edited(withoutApproval, ['value="without-approval"', 'value="with-approval"']),
    findings: [
      `${withApproval}: request-card-with-approval: variant-names`,
      `${withoutApproval}: request-card-without-approval: variant-names`,
      `${withoutApproval}: request-card-without-approval: approval-present`,
    ],
  },
  {
    what: 'an approval that is not recorded',
    files: edited(withApproval, [
      'sourceRef="decide-request" targetRef="record-decision"',
      'sourceRef="decide-request" targetRef="closed-before"',
    ]),
    findings: [
      `${withApproval}: record-decision: reachable-elements`,
      `${withApproval}: decision-refused: reachable-elements`,
      `${withApproval}: decide-request: approval-recorded`,
    ],
  },
  {
    what: 'a recorded decision of an unknown task',
    files: edited(withApproval, ['name="approvalTask">decide-request<', 'name="approvalTask">decide<']),
    findings: [`${withApproval}: record-decision: approval-recorded`],
  },
  {
    what: 'a second approval of which nobody records who gave it',
    files: edited(
      withApproval,
      ['sourceRef="decide-request" targetRef="record-decision"', 'sourceRef="decide-request" targetRef="decide-again"'],
      [
        '<bpmn:boundaryEvent id="request-aborted"',
        '<bpmn:userTask id="decide-again" camunda:candidateGroups="card-approvers" /><bpmn:sequenceFlow id="second" sourceRef="decide-again" targetRef="record-decision" /><bpmn:boundaryEvent id="request-aborted"',
      ],
    ),
    findings: [`${withApproval}: decide-again: approval-recorded`],
  },
  {
    what: 'two approvals that are recorded together',
    files: withVariant(
      begin,
      register(),
      decide('one'),
      decide('two'),
      record('record', 'one, two', {}, 'one'),
      end(),
      way('begin', 'register', 'one', 'two', 'record', 'end'),
    ),
    findings: [],
  },
  {
    what: 'two approvals of which one is called by a wrong name',
    files: withVariant(
      begin,
      register(),
      decide('one'),
      decide('two'),
      record('record', 'one, to', {}, 'one'),
      end(),
      way('begin', 'register', 'one', 'two', 'record', 'end'),
    ),
    findings: [`${drawnFile}: record: approval-recorded`],
  },
  {
    what: 'an approval that is to count twice',
    files: withVariant(
      begin,
      register(),
      decide('one'),
      record('record', 'one, one', {}, 'one'),
      end(),
      way('begin', 'register', 'one', 'record', 'end'),
    ),
    findings: [`${drawnFile}: record: approval-recorded`],
  },
  {
    what: 'two of three approvals of one repeated task, which one person could give',
    files: withVariant(
      begin,
      register(),
      decide(
        'decide',
        '<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality><completionCondition xsi:type="tFormalExpression">${nrOfCompletedInstances >= 2}</completionCondition></multiInstanceLoopCharacteristics>',
      ),
      record(),
      end(),
      way('begin', 'register', 'decide', 'record', 'end'),
    ),
    findings: [`${drawnFile}: decide: approval-recorded`],
  },
  {
    what: 'an approval in a subprocess that is repeated',
    files: withVariant(
      begin,
      register(),
      subprocess(
        'twice',
        `<startEvent id="in" />${decide()}${end('out')}${way('in', 'decide', 'out')}<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>`,
      ),
      record('record', 'decide', {}, 'twice'),
      end(),
      way('begin', 'register', 'twice', 'record', 'end'),
    ),
    findings: [`${drawnFile}: decide: approval-recorded`],
  },
  {
    what: 'an approval without the check that tells what its approver saw',
    files: edited(withApproval, [
      '<camunda:property name="check" value="decide-request" />',
      '<camunda:property name="chuck" value="decide-request" />',
    ]),
    findings: [`${withApproval}: decide-request: approval-recorded`],
  },
  {
    what: 'two approvals in a subprocess, which one time limit and one withdrawal interrupt',
    files: withVariant(
      begin,
      register(),
      subprocess(
        'asked',
        `<startEvent id="in" />${decide('one')}${decide('two')}${end('out')}${way('in', 'one', 'two', 'out')}`,
      ),
      onMessage('withdrawn', 'asked', 'aborted'),
      end('gone'),
      record('record', 'one, two', {}, 'asked'),
      end(),
      way('begin', 'register', 'asked', 'record', 'end'),
      way('withdrawn', 'gone'),
    ),
    findings: [],
  },
  {
    what: 'an approval in a subprocess behind which nobody records it',
    files: withVariant(
      begin,
      register(),
      subprocess('asked', `<startEvent id="in" />${decide()}${end('out')}${way('in', 'decide', 'out')}`),
      end(),
      way('begin', 'register', 'asked', 'end'),
    ),
    findings: [`${drawnFile}: decide: approval-recorded`],
  },
  {
    what: 'a variant that only says it has two approvals',
    files: edited('request-card-without-approval.bpmn', ['value="without-approval"', 'value="with-two-approvals"']),
    findings: ['request-card-without-approval.bpmn: request-card-without-approval: approval-present'],
  },
  {
    what: 'an approval outside of any variant',
    files: [sample(chain(['look', task('look')[1].replace('card-operators', 'card-approvers')]))],
    findings: [],
  },
];
