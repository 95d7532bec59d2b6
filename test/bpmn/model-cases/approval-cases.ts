import { begin, decide, drawnFile, end, onMessage, record, register, subprocess, way, withVariant } from './drawing.js';
import { bare, chain, edited, flow, sample, sampleForm, work, type ModelCase } from './model-case.js';

const withApproval = 'request-card-with-approval.bpmn';
const entry = 'request-card.bpmn';
const written = (element: string) => [`${drawnFile}: ${element}: answers-as-entered`];
const mapped = (inner: string) =>
  `<extensionElements><camunda:inputOutput>${inner}</camunda:inputOutput></extensionElements>`;
const output = (name: string) => mapped(`<camunda:outputParameter name="${name}">approve</camunda:outputParameter>`);

/** An approval with something else about it: replacements in what `decide` draws. */
const approval = (from: string, to: string) => decide().replace(from, to);
const along = way('begin', 'register', 'decide', 'record', 'end');
/** The shortest variant with an approval, with another one drawn in the place of its own. */
const around = (deciding: string, ...more: readonly string[]) =>
  withVariant(begin, register(), deciding, record(), end(), ...(more.length === 0 ? [along] : more));
/** With something between the approval and what records it. */
const between = (id: string, xml: string) =>
  around(decide(), xml, way('begin', 'register', 'decide', id, 'record', 'end'));

const own = 'camunda:candidateGroups="card-approvers"';
const notOnly = [`${drawnFile}: decide: approvers-only`];

/** Who answers for an approver, and who could complete what is theirs. */
export const approvalCases: readonly ModelCase[] = [
  { what: 'an approval as it is drawn', files: around(decide()), findings: [] },
  {
    what: 'an answer mapped out of the approval itself',
    files: around(
      approval(
        '</camunda:properties>',
        '</camunda:properties><camunda:inputOutput><camunda:outputParameter name="decision">approve</camunda:outputParameter></camunda:inputOutput>',
      ),
    ),
    findings: written('decide'),
  },
  {
    what: 'an answer mapped into the approval, where its form would keep it',
    files: around(
      approval(
        '</camunda:properties>',
        '</camunda:properties><camunda:inputOutput><camunda:inputParameter name="reason">x</camunda:inputParameter></camunda:inputOutput>',
      ),
    ),
    findings: written('decide'),
  },
  ...['decision', 'reason', 'seenContent', 'exceptions', 'cause'].map((name) => ({
    what: `"${name}" mapped by an activity between approval and record`,
    files: between('look', `<manualTask id="look" name="Look">${output(name)}</manualTask>`),
    findings: written('look'),
  })),
  {
    what: 'an answer mapped around the approval by its subprocess',
    files: around(
      subprocess(
        'asked',
        `${mapped('<camunda:inputParameter name="decision">approve</camunda:inputParameter>')}<startEvent id="in" />${decide()}${end('out')}${way('in', 'decide', 'out')}`,
      ),
      way('begin', 'register', 'asked', 'record', 'end'),
    ),
    findings: written('asked'),
  },
  {
    what: 'an answer given by the form of somebody else',
    files: [
      ...between(
        'look',
        '<userTask id="look" name="Look" camunda:candidateGroups="card-operators" camunda:formRef="sample" camunda:formRefBinding="deployment" />',
      ),
      sampleForm({ type: 'textfield', key: 'reason', validate: { maxLength: 100 } }),
    ],
    findings: written('look'),
  },
  {
    what: 'an answer that the form gives unless the approver looks',
    files: edited('decide-request.form', ['"key": "decision"', '"key": "decision", "defaultValue": "approve"']),
    findings: [`${withApproval}: decide-request: answers-as-entered`],
  },
  {
    what: 'the message of an error as the reason',
    files: edited(withApproval, ['camunda:errorMessageVariable="refusal"', 'camunda:errorMessageVariable="reason"']),
    findings: ['decision-refused', 'time-limit-refused'].map((each) => `${withApproval}: ${each}: answers-as-entered`),
  },
  {
    what: 'the element of a loop as the decision',
    files: between(
      'each',
      '<manualTask id="each" name="Each"><multiInstanceLoopCharacteristics camunda:collection="holders" camunda:elementVariable="decision" /></manualTask>',
    ),
    findings: written('each'),
  },
  {
    what: 'an answer brought back by a called process',
    files: [
      ...between(
        'ask',
        '<callActivity id="ask" name="Ask" calledElement="sample"><extensionElements><camunda:out source="answer" target="decision" /></extensionElements></callActivity>',
      ),
      sample(chain(['look', '<manualTask id="look" name="Look" />'])),
    ],
    findings: written('ask'),
  },
  {
    what: 'all that a called process has, an answer among it',
    files: [
      ...between(
        'ask',
        '<callActivity id="ask" name="Ask" calledElement="sample"><extensionElements><camunda:out variables="all" /></extensionElements></callActivity>',
      ),
      sample(chain(['look', `<manualTask id="look" name="Look">${output('decision')}</manualTask>`])),
    ],
    findings: written('ask'),
  },
  {
    what: 'an answer that the entry process hands over',
    files: edited(entry, [
      '<camunda:in source="cardType" target="cardType" />',
      '<camunda:in source="cardType" target="cardType" /><camunda:in sourceExpression="approve" target="decision" />',
    ]),
    findings: [`${entry}: run-variant: answers-as-entered`],
  },
  {
    what: 'an answer carried by a signal',
    files: [
      ...bare,
      sample(
        chain([
          'tell',
          '<intermediateThrowEvent id="tell" name="Tell"><signalEventDefinition signalRef="s"><extensionElements><camunda:in sourceExpression="approve" target="decision" /></extensionElements></signalEventDefinition></intermediateThrowEvent>',
        ]),
        {
          roots: '<signal id="s" name="s" />',
        },
      ),
    ],
    findings: ['sample.bpmn: tell: answers-as-entered'],
  },
  {
    what: 'an answer by the result of a decision table, or by a listener',
    files: around(
      decide(),
      '<businessRuleTask id="table" name="Table" camunda:decisionRef="sample" camunda:resultVariable="decision" />',
      `<manualTask id="listen" name="Listen"><extensionElements><camunda:executionListener event="start" class="org.example.Sets" /></extensionElements></manualTask>`,
      way('begin', 'register', 'decide', 'table', 'listen', 'record', 'end'),
    ),
    findings: [
      'table: known-topics',
      'table: answers-as-entered',
      'table: no-code',
      'listen: no-code',
      'listen: no-code',
    ].map((each) => `${drawnFile}: ${each}`),
  },
  {
    what: 'a constant given to what records the decision',
    files: withVariant(begin, register(), decide(), record('record', 'decide', { decision: 'approve' }), end(), along),
    findings: [`${drawnFile}: record: topic-inputs`],
  },
  {
    what: 'the names of answers where nobody approves',
    files: [sample(chain(['look', `<manualTask id="look" name="Look">${output('decision')}</manualTask>`]))],
    findings: [],
  },
  {
    what: 'an approval for others beside the approvers',
    files: around(approval(own, 'camunda:candidateGroups="card-approvers, card-operators"')),
    findings: notOnly,
  },
  {
    what: 'an approval for others instead of the approvers',
    files: around(approval(own, 'camunda:candidateGroups="card-operators"')),
    findings: notOnly,
  },
  {
    what: 'an approval for whoever a variable names',
    files: around(approval(own, `${own} camunda:assignee="\${holder}"`)),
    findings: notOnly,
  },
  {
    what: 'an approval for one person by name',
    files: around(approval(own, `${own} camunda:candidateUsers="operator"`)),
    findings: notOnly,
  },
  {
    what: 'an approval for nobody',
    files: around(approval(own, '')),
    findings: ['task-people', 'approvers-only'].map((rule) => `${drawnFile}: decide: ${rule}`),
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
