import {
  begin, decide, drawnFile, end, errorCodes, onMessage, order, record, register, subprocess, talk, variant, waitForProduction, way, withVariant,
} from './drawing.js';
import { edited, flow, sample, work, type ModelCase } from './model-case.js';

const entry = 'request-card.bpmn';
const withApproval = 'request-card-with-approval.bpmn';
const withoutApproval = 'request-card-without-approval.bpmn';
const abort = 'abort-card-request.bpmn';
const at = (...elements: readonly string[]) => elements.map((element) => `${drawnFile}: ${element}: card-states`);
const gateway = (id: string, attributes = '') => `<exclusiveGateway id="${id}" ${attributes} />`;
const fork = (id: string) => `<parallelGateway id="${id}" />`;
const when = (outcome: string) => `\${outcome == '${outcome}'}`;
const approval = decide() + record();
const called = (id: string, key: string) =>
  `<callActivity id="${id}" calledElement="${key}"><extensionElements><camunda:in businessKey="#{execution.processBusinessKey}" /><camunda:in source="requestId" target="requestId" /></extensionElements></callActivity>`;
const asking = sample(`${begin}${approval}${end()}${way('begin', 'decide', 'record', 'end')}`, { id: 'asking', roots: errorCodes });

/** Diagrams that are right by all else, but lead a card where the life of a card does not go. */
export const stateCases: readonly ModelCase[] = [
  {
    what: 'an approval of what was approved before',
    files: edited(withApproval, ['>requested</camunda:inputParameter>', '>approved</camunda:inputParameter>']),
    findings: [`${withApproval}: decide-request: card-states`],
  },
  {
    what: 'a request that waits when its process has ended',
    files: edited(withoutApproval, ['>approved</camunda:inputParameter>', '>requested</camunda:inputParameter>']),
    findings: [`${withoutApproval}: request-approved: card-states`],
  },
  {
    what: 'a variant that requests nothing',
    files: withVariant(begin, talk('look'), end(), way('begin', 'look', 'end')),
    findings: at('end'),
  },
  {
    what: 'a request registered twice',
    files: withVariant(begin, register('approved'), register('approved', 'again'), end(), way('begin', 'register', 'again', 'end')),
    findings: at('again'),
  },
  {
    what: 'a decision that is recorded twice',
    files: withVariant(begin, register(), approval, record('again'), end(), way('begin', 'register', 'decide', 'record', 'again', 'end')),
    findings: at('again'),
  },
  {
    what: 'a refused decision that ends the process',
    files: withVariant(
      begin, register(), decide(), record('record', 'decide', {}, 'given-up'), end(), end('given-up'), way('begin', 'register', 'decide', 'record', 'end'),
    ),
    findings: at('given-up'),
  },
  {
    what: 'a way past the approval',
    files: withVariant(
      begin, register(), gateway('urgent', 'default="urgent-to-decide"'), approval, end(), end('at-once'),
      way('begin', 'register', 'urgent', 'decide', 'record', 'end'), flow('urgent', 'at-once', "${cardType == 'visitor'}"),
    ),
    findings: at('at-once'),
  },
  {
    what: 'an order for a card that may have been rejected',
    files: withVariant(
      begin, register(), approval, order('approved', 'end'), waitForProduction, end(),
      way('begin', 'register', 'decide', 'record', 'order', 'wait', 'end'),
    ),
    findings: at('order', 'end'),
  },
  {
    what: 'waiting for a production that nobody ordered',
    files: withVariant(begin, register('approved'), waitForProduction, end(), way('begin', 'register', 'wait', 'end')),
    findings: at('wait'),
  },
  {
    what: 'a use case that leaves more than it may',
    files: withVariant(
      begin, register('approved'), order('approved', 'refused'), waitForProduction, end(), end('refused'),
      way('begin', 'register', 'order', 'wait', 'end'),
    ),
    findings: at('end'),
  },
  {
    what: 'a card that is ordered only where it was approved, in a use case that does not order',
    files: withVariant(
      begin, register(), approval, gateway('outcome', 'default="outcome-to-end"'), order('approved', 'end'), waitForProduction, end(), end('made'),
      way('begin', 'register', 'decide', 'record', 'outcome', 'end'), flow('outcome', 'order', when('approved')), way('order', 'wait', 'made'),
    ),
    findings: at('made'),
  },
  {
    what: 'a decision for each of several',
    files: withVariant(
      begin, register(), decide(),
      record().replace('</serviceTask>', '<multiInstanceLoopCharacteristics isSequential="true" camunda:collection="${decision}" /></serviceTask>'),
      end(), way('begin', 'register', 'decide', 'record', 'end'),
    ),
    findings: at('record'),
  },
  {
    what: 'an approval beside the registration instead of after it',
    files: withVariant(
      begin, fork('fork'), register(), decide(), '<userTask id="first" camunda:candidateGroups="card-operators" />',
      record('record', 'decide', { requestId: 'x' }), fork('join'), end(),
      way('begin', 'fork', 'register', 'join', 'end'), way('fork', 'first', 'decide', 'record', 'join'),
    ),
    findings: at('decide'),
  },
  {
    what: 'an approval of an aborted request, in a subprocess',
    files: withVariant(
      begin, register(), subprocess('approval', `<startEvent id="in" />${approval}<endEvent id="out" />${way('in', 'decide', 'record', 'out')}`),
      onMessage('withdrawn', 'approval', 'aborted'), decide('decide-again'), record('record-again', 'decide-again'), end(),
      way('begin', 'register', 'approval', 'end'), way('withdrawn', 'decide-again', 'record-again', 'end'),
    ),
    findings: at('decide-again'),
  },
  {
    what: 'an event subprocess that closes a request without a word to anybody',
    files: withVariant(
      begin, register(), approval, end(), way('begin', 'register', 'decide', 'record', 'end'),
      subprocess('on-time', `<startEvent id="too-late"><messageEventDefinition messageRef="late" /></startEvent><endEvent id="forgotten" />${way('too-late', 'forgotten')}`, 'triggeredByEvent="true"'),
    ),
    findings: at('forgotten'),
  },
  {
    what: 'an entry process that runs the variant again for a request that is settled',
    files: edited(
      entry,
      ['sourceRef="run-variant" targetRef="request-closed"', 'sourceRef="run-variant" targetRef="once-more"'],
      ['<bpmn:endEvent id="request-closed"', '<bpmn:exclusiveGateway id="once-more" default="enough" /><bpmn:sequenceFlow id="enough" sourceRef="once-more" targetRef="request-closed" /><bpmn:sequenceFlow id="more" sourceRef="once-more" targetRef="run-variant"><bpmn:conditionExpression>${holder == cardType}</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:endEvent id="request-closed"'],
    ),
    findings: [`${withApproval}: register-request: card-states`, `${withoutApproval}: register-request: card-states`],
  },
  {
    what: 'a called process that leaves the request waiting',
    files: [
      ...withVariant(begin, register(), '<callActivity id="ask" calledElement="asking" />', end(), way('begin', 'register', 'ask', 'end')),
      sample(`${begin}${talk('look')}${end()}${way('begin', 'look', 'end')}`, { id: 'asking' }),
    ],
    findings: at('end'),
  },
  {
    what: 'a process that calls itself, and one way out too many',
    files: [
      ...withVariant(begin, register(), '<callActivity id="ask" calledElement="asking"><extensionElements><camunda:in variables="all" /></extensionElements></callActivity>', end(), way('begin', 'register', 'ask', 'end')),
      sample(
        `<startEvent id="begin" />${talk('look')}${gateway('again', 'default="again-to-end"')}<callActivity id="ask" calledElement="asking"><extensionElements><camunda:in variables="all" /></extensionElements></callActivity>${end()}
         ${way('begin', 'look', 'again', 'end')}${flow('again', 'ask', "${holder == 'x'}")}${flow('ask', 'end')}`,
        { id: 'asking' },
      ),
    ],
    findings: at('end'),
  },
  {
    what: 'an error of a called process, after which its caller gives up',
    files: [
      ...withVariant(
        begin, register(), called('ask', 'asking'), end(), end('given-up'),
        '<boundaryEvent id="refused" attachedToRef="ask"><errorEventDefinition errorRef="refused-code" /></boundaryEvent>',
        way('begin', 'register', 'ask', 'end'), way('refused', 'given-up'),
      ),
      sample(`${begin}${decide()}${work('record', 'record-decision', { approvalTask: 'decide' })[1]}${end()}${way('begin', 'decide', 'record', 'end')}`, { id: 'asking' }),
    ],
    findings: at('given-up'),
  },
  {
    what: 'a jump to an end, past the approval',
    files: withVariant(
      begin, register(), '<intermediateThrowEvent id="jump"><linkEventDefinition name="end" /></intermediateThrowEvent>',
      '<intermediateCatchEvent id="land"><linkEventDefinition name="end" /></intermediateCatchEvent>', end(),
      way('begin', 'register', 'jump'), way('land', 'end'),
    ),
    findings: at('end'),
  },
  {
    what: 'a request that is aborted twice',
    files: edited(
      abort,
      ['sourceRef="abort-request" targetRef="request-aborted"', 'sourceRef="abort-request" targetRef="abort-again"'],
      ['<bpmn:endEvent id="request-aborted"', '<bpmn:serviceTask id="abort-again" camunda:type="external" camunda:topic="abort-request" /><bpmn:boundaryEvent id="again-refused" attachedToRef="abort-again"><bpmn:errorEventDefinition errorRef="abort-refused-code" /></bpmn:boundaryEvent><bpmn:sequenceFlow id="a" sourceRef="again-refused" targetRef="kept" /><bpmn:sequenceFlow id="b" sourceRef="abort-again" targetRef="request-aborted" /><bpmn:endEvent id="request-aborted"'],
    ),
    findings: [`${abort}: abort-again: card-states`],
  },
];

/** Diagrams that are unusual, and right. */
export const rightStateCases: readonly ModelCase[] = [
  {
    what: 'an outcome that decides who hears of it',
    files: withVariant(
      begin, register(), approval, gateway('outcome', 'default="outcome-to-end"'), talk('hand-over'), end(),
      way('begin', 'register', 'decide', 'record', 'outcome', 'end'), flow('outcome', 'hand-over', when('approved')), flow('hand-over', 'end'),
    ),
    findings: [],
  },
  {
    what: 'one task to record an approval, another for a rejection',
    files: withVariant(
      begin, register(), decide(), gateway('which', 'default="which-to-reject"'), record('approve', 'decide', { decision: 'approve' }),
      record('reject', 'decide', { decision: 'reject' }), end(),
      way('begin', 'register', 'decide', 'which', 'reject', 'end'), flow('which', 'approve', "${decision == 'approve'}"), flow('approve', 'end'),
    ),
    findings: [],
  },
  {
    what: 'two approvers one after the other',
    files: withVariant(begin, register(), decide('first'), decide(), record('record', 'first, decide', {}, 'first'), end(), way('begin', 'register', 'first', 'decide', 'record', 'end')),
    findings: [],
  },
  {
    what: 'somebody else is asked beside the approval, and both are waited for',
    files: withVariant(
      begin, register(), fork('fork'), approval, talk('look'), fork('join'), end(),
      way('begin', 'register', 'fork', 'decide', 'record', 'join', 'end'), way('fork', 'look', 'join'),
    ),
    findings: [],
  },
  {
    what: 'others are asked for longer than the approval takes',
    files: withVariant(
      begin, register(), fork('fork'), approval, ...['one', 'two', 'three', 'four'].map(talk), fork('join'), end(),
      way('begin', 'register', 'fork', 'decide', 'record', 'join', 'end'), way('fork', 'one', 'two', 'three', 'four', 'join'),
    ),
    findings: [],
  },
  {
    what: 'an event-based gateway of which one message cannot come yet',
    files: withVariant(
      begin, register(), '<eventBasedGateway id="either" />', end('gone'), end(),
      '<intermediateCatchEvent id="withdrawn"><messageEventDefinition messageRef="aborted" /></intermediateCatchEvent>',
      '<intermediateCatchEvent id="made"><messageEventDefinition messageRef="produced" /></intermediateCatchEvent>',
      way('begin', 'register', 'either', 'withdrawn', 'gone'), way('either', 'made', 'end'),
    ),
    findings: [],
  },
  {
    what: 'somebody else is asked beside the approval, and ends by himself',
    files: withVariant(
      begin, register(), fork('fork'), approval, talk('look'), end('looked'), end(),
      way('begin', 'register', 'fork', 'decide', 'record', 'end'), way('fork', 'look', 'looked'),
    ),
    findings: [],
  },
  {
    what: 'two flows out of one task instead of a gateway',
    files: withVariant(
      begin, register(), approval, talk('look'), end('looked'), end(), way('begin', 'register', 'decide', 'record', 'end'), way('register', 'look', 'looked'),
    ),
    findings: [],
  },
  {
    what: 'an inclusive gateway and its counterpart',
    files: withVariant(
      begin, register('approved'), '<inclusiveGateway id="fork" default="fork-to-look" /><inclusiveGateway id="join" />', talk('look'), talk('look-more'), end(),
      way('begin', 'register', 'fork', 'look', 'join', 'end'), flow('fork', 'look-more', "${cardType == 'visitor'}"), flow('look-more', 'join'),
    ),
    findings: [],
  },
  {
    what: 'an approval in a subprocess that an abort interrupts',
    files: withVariant(
      begin, register(), subprocess('approval', `<startEvent id="in" />${approval}<endEvent id="out" />${way('in', 'decide', 'record', 'out')}`),
      onMessage('withdrawn', 'approval', 'aborted'), end(), end('gone'), way('begin', 'register', 'approval', 'end'), way('withdrawn', 'gone'),
    ),
    findings: [],
  },
  {
    what: 'an abort that is caught anywhere, by an event subprocess',
    files: withVariant(
      begin, register(), approval, end(), way('begin', 'register', 'decide', 'record', 'end'),
      subprocess('on-abort', `<startEvent id="withdrawn"><messageEventDefinition messageRef="aborted" /></startEvent><endEvent id="gone" />${way('withdrawn', 'gone')}`, 'triggeredByEvent="true"'),
    ),
    findings: [],
  },
  {
    what: 'a reminder that interrupts nothing',
    files: withVariant(
      begin, register(), approval, end(), end('reminded'), talk('remind'), way('begin', 'register', 'decide', 'record', 'end'),
      '<boundaryEvent id="waiting-long" attachedToRef="decide" cancelActivity="false"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">P3D</timeDuration></timerEventDefinition></boundaryEvent>',
      way('waiting-long', 'remind', 'reminded'),
    ),
    findings: [],
  },
  {
    what: 'a time limit of the diagram itself, recorded as one',
    files: withVariant(
      begin, register(), approval, end(), way('begin', 'register', 'decide', 'record', 'end'),
      '<boundaryEvent id="too-late" attachedToRef="decide"><messageEventDefinition messageRef="late" /></boundaryEvent>',
      work('record-late', 'record-decision', { decision: 'reject', cause: 'time-limit' })[1],
      '<boundaryEvent id="too-early" attachedToRef="record-late"><errorEventDefinition errorRef="refused-code" /></boundaryEvent>',
      way('too-late', 'record-late', 'end'), way('too-early', 'decide'),
    ),
    findings: [],
  },
  {
    what: 'an event-based gateway: whichever message comes first',
    files: withVariant(
      begin, register(), '<eventBasedGateway id="either" />',
      '<intermediateCatchEvent id="withdrawn"><messageEventDefinition messageRef="aborted" /></intermediateCatchEvent>',
      '<intermediateCatchEvent id="limit"><messageEventDefinition messageRef="late" /></intermediateCatchEvent>',
      work('record', 'record-decision', { decision: 'reject', cause: 'time-limit' })[1],
      '<boundaryEvent id="too-early" attachedToRef="record"><errorEventDefinition errorRef="refused-code" /></boundaryEvent>', end(), end('gone'),
      way('begin', 'register', 'either', 'withdrawn', 'gone'), way('either', 'limit', 'record', 'end'), way('too-early', 'either'),
    ),
    findings: [],
  },
  {
    what: 'link events instead of a long flow',
    files: withVariant(
      begin, register(), '<intermediateThrowEvent id="jump"><linkEventDefinition name="approval" /></intermediateThrowEvent>',
      '<intermediateCatchEvent id="land"><linkEventDefinition name="approval" /></intermediateCatchEvent>', approval, end(),
      way('begin', 'register', 'jump'), way('land', 'decide', 'record', 'end'),
    ),
    findings: [],
  },
  {
    what: 'an approval that is a process of its own, called by two variants',
    files: [
      ...withVariant(begin, register(), called('ask', 'asking'), end(), way('begin', 'register', 'ask', 'end')),
      variant([begin, register(), talk('look'), called('ask', 'asking'), end(), way('begin', 'register', 'look', 'ask', 'end')].join(''), 'by-phone'),
      asking,
    ],
    findings: [],
  },
  {
    what: 'one card after the other by the same operator',
    files: edited(
      entry,
      ['sourceRef="run-variant" targetRef="request-closed"', 'sourceRef="run-variant" targetRef="another"'],
      ['<bpmn:endEvent id="request-closed"', '<bpmn:exclusiveGateway id="another" default="enough" /><bpmn:sequenceFlow id="enough" sourceRef="another" targetRef="request-closed" /><bpmn:sequenceFlow id="more" sourceRef="another" targetRef="find-holder"><bpmn:conditionExpression>${execution.hasVariable(\'query\') and holder != cardType}</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:endEvent id="request-closed"'],
    ),
    findings: [],
  },
  {
    what: 'a subprocess in a subprocess, and an error that passes both',
    files: withVariant(
      begin, register(),
      subprocess('outer', `<startEvent id="outer-in" />${subprocess('inner', `<startEvent id="in" />${decide()}${work('record', 'record-decision', { approvalTask: 'decide' })[1]}<endEvent id="out" />${way('in', 'decide', 'record', 'out')}`)}<endEvent id="outer-out" />${way('outer-in', 'inner', 'outer-out')}`),
      '<boundaryEvent id="refused" attachedToRef="outer"><errorEventDefinition errorRef="refused-code" /></boundaryEvent>', end(),
      way('begin', 'register', 'outer', 'end'), way('refused', 'outer'),
    ),
    findings: [],
  },
  {
    what: 'a transaction and its cancellation',
    files: withVariant(
      begin, register(), `<transaction id="approval"><startEvent id="in" />${approval}<endEvent id="out" />${way('in', 'decide', 'record', 'out')}</transaction>`, end(),
      way('begin', 'register', 'approval', 'end'),
    ),
    findings: [],
  },
  {
    what: 'an approval that is only asked for some card types',
    files: withVariant(
      begin, gateway('which', 'default="which-to-register"'), register(), register('approved', 'register-at-once'), approval, end(), end('at-once'),
      way('begin', 'which', 'register', 'decide', 'record', 'end'), flow('which', 'register-at-once', "${cardType == 'visitor'}"), flow('register-at-once', 'at-once'),
    ),
    findings: [],
  },
];
