import { approvalWith, around, decide, drawnFile, end, subprocess, way } from '../../bpmn/model-cases/drawing.js';
import { bare, chain, edited, sample, sampleForm, type ModelCase } from '../../bpmn/model-cases/model-case.js';
import { entry, withApproval } from '../../bpmn/model-cases/shipped-files.js';

const written = (element: string) => [`${drawnFile}: ${element}: answers-as-entered`];
const mapped = (inner: string) =>
  `<extensionElements><camunda:inputOutput>${inner}</camunda:inputOutput></extensionElements>`;
const output = (name: string) => mapped(`<camunda:outputParameter name="${name}">approve</camunda:outputParameter>`);

/** With something between the approval and what records it. */
const between = (id: string, xml: string) =>
  around(decide(), xml, way('begin', 'register', 'decide', id, 'record', 'end'));

export const failing: readonly ModelCase[] = [
  {
    what: 'an answer mapped out of the approval itself',
    files: around(
      approvalWith(
        '</camunda:properties>',
        '</camunda:properties><camunda:inputOutput><camunda:outputParameter name="decision">approve</camunda:outputParameter></camunda:inputOutput>',
      ),
    ),
    findings: written('decide'),
  },
  {
    what: 'an answer mapped into the approval, where its form would keep it',
    files: around(
      approvalWith(
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
];

export const passing: readonly ModelCase[] = [
  { what: 'an approval as it is drawn', files: around(decide()), findings: [] },
  {
    what: 'the names of answers where nobody approves',
    files: [sample(chain(['look', `<manualTask id="look" name="Look">${output('decision')}</manualTask>`]))],
    findings: [],
  },
];
