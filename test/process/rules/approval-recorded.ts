import {
  along,
  around,
  begin,
  decide,
  drawnFile,
  end,
  onMessage,
  record,
  register,
  subprocess,
  talk,
  way,
  withVariant,
} from '../../bpmn/model-cases/drawing.js';
import { type ModelCase, edited, flow, work } from '../../bpmn/model-cases/model-case.js';
import { withApproval } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a recorded decision that names its own task',
    files: withVariant(
      begin,
      register(),
      talk('look'),
      record('record', 'record', {}, 'look'),
      end(),
      way('begin', 'register', 'look', 'record', 'end'),
    ),
    findings: [`${drawnFile}: record: approval-recorded`],
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
        '<bpmn:userTask id="decide-again" name="Decide again" camunda:candidateGroups="card-approvers" /><bpmn:sequenceFlow id="second" sourceRef="decide-again" targetRef="record-decision" /><bpmn:boundaryEvent id="request-aborted"',
      ],
    ),
    findings: [`${withApproval}: decide-again: approval-recorded`],
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
    what: 'an approval without the check that states what its approver saw',
    files: edited(withApproval, [
      '<camunda:property name="check" value="decide-request" />',
      '<camunda:property name="chuck" value="decide-request" />',
    ]),
    findings: [`${withApproval}: decide-request: approval-recorded`],
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
    what: 'a recorded time limit that an approval can lead to as well',
    files: around(
      decide(),
      onMessage('too-late', 'decide', 'late'),
      work('record-late', 'record-decision')[1],
      '<boundaryEvent id="too-early" attachedToRef="record-late"><errorEventDefinition errorRef="refused-code" /></boundaryEvent>',
      '<exclusiveGateway id="which" default="which-to-record" />',
      way('begin', 'register', 'decide', 'which', 'record', 'end'),
      flow('which', 'record-late', "${decision == 'reject'}"),
      way('too-late', 'record-late', 'end'),
      way('too-early', 'decide'),
    ),
    findings: [`${drawnFile}: record-late: approval-recorded`],
  },
  {
    what: 'a recorded time limit behind a timer that only reminds',
    files: around(
      decide(),
      '<boundaryEvent id="remind" attachedToRef="decide" cancelActivity="false"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">P14D</timeDuration></timerEventDefinition></boundaryEvent>',
      work('record-late', 'record-decision')[1],
      '<boundaryEvent id="too-early" attachedToRef="record-late"><errorEventDefinition errorRef="refused-code" /></boundaryEvent>',
      along,
      way('remind', 'record-late', 'end'),
      way('too-early', 'end'),
    ),
    findings: [`${drawnFile}: record-late: approval-recorded`],
  },
];

export const passing: readonly ModelCase[] = [
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
    what: 'a recorded time limit behind a timer that ends the approval',
    files: around(
      decide(),
      '<boundaryEvent id="too-late" attachedToRef="decide"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">P14D</timeDuration></timerEventDefinition></boundaryEvent>',
      work('record-late', 'record-decision')[1],
      '<boundaryEvent id="too-early" attachedToRef="record-late"><errorEventDefinition errorRef="refused-code" /></boundaryEvent>',
      along,
      way('too-late', 'record-late', 'end'),
      way('too-early', 'decide'),
    ),
    findings: [],
  },
];
