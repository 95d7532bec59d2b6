import { chain, edited, flow, sample, shipped, task, work, type ModelCase } from './model-case.js';

const entry = 'request-card.bpmn';
const withApproval = 'request-card-with-approval.bpmn';
const abort = 'abort-card-request.bpmn';

export const contractCases: readonly ModelCase[] = [
  { what: 'the diagrams and forms that we ship', files: shipped, findings: [] },
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
  {
    what: 'an input that nothing provides',
    files: edited(withApproval, [
      '<camunda:inputParameter name="requestedState">requested</camunda:inputParameter>',
      '',
    ]),
    findings: [`${withApproval}: register-request: topic-inputs`],
  },
  {
    what: 'an input that one of two ways does not provide',
    files: edited(abort, [
      'sourceRef="abort-wanted" targetRef="find-own-requests"',
      'sourceRef="abort-wanted" targetRef="abort-request"',
    ]),
    findings: [`${abort}: abort-request: topic-inputs`],
  },
  {
    what: 'an input that the entry process does not hand over',
    files: edited(entry, ['<camunda:in source="cardType" target="cardType" />', '']),
    findings: [
      'request-card-with-approval.bpmn: register-request: topic-inputs',
      'request-card-without-approval.bpmn: register-request: topic-inputs',
    ],
  },
  {
    what: 'an entry process that hands everything over',
    files: edited(entry, ['<camunda:in source="cardType" target="cardType" />', '<camunda:in variables="all" />']),
    findings: [],
  },
  {
    what: 'an input mapped to nothing',
    files: edited(withApproval, ['>requested</camunda:inputParameter>', '></camunda:inputParameter>']),
    findings: [`${withApproval}: register-request: topic-inputs`],
  },
  {
    what: 'an input that the topic does not take',
    files: edited(withApproval, [
      'name="requestedState">requested<',
      'name="requestedState">requested</camunda:inputParameter><camunda:inputParameter name="course">x<',
    ]),
    findings: [`${withApproval}: register-request: topic-inputs`],
  },
  {
    what: 'a constant that the contract does not know',
    files: edited(withApproval, ['>requested</camunda:inputParameter>', '>approvd</camunda:inputParameter>']),
    findings: [`${withApproval}: register-request: topic-inputs`],
  },
  {
    what: 'a variable where a constant has to decide',
    files: edited(withApproval, ['>requested</camunda:inputParameter>', '>${cardType}</camunda:inputParameter>']),
    findings: [`${withApproval}: register-request: topic-inputs`],
  },
  {
    what: 'an error that is caught nowhere',
    files: edited(abort, ['errorCode="abort-refused"', 'errorCode="abort-refusal"']),
    findings: [`${abort}: abort-request: caught-errors`],
  },
  {
    what: 'an error of a variant that its entry process does not catch',
    files: edited(entry, ['errorCode="variant-changed"', 'errorCode="variant-change"']),
    findings: [
      'request-card-with-approval.bpmn: register-request: caught-errors',
      'request-card-without-approval.bpmn: register-request: caught-errors',
    ],
  },
  {
    what: 'a catch-all instead of two codes',
    files: edited(entry, [' errorRef="variant-changed-code"', ''], [' errorRef="request-refused-code"', '']),
    findings: [],
  },
  {
    what: 'an error caught around a subprocess, another by an event subprocess',
    files: [
      sample(
        `<startEvent id="begin" />
        <subProcess id="inner"><startEvent id="inner-begins" />${work('find', 'abort-request', { requestId: 'x' })[1]}
          <endEvent id="failed"><errorEventDefinition errorRef="own" /></endEvent>${flow('inner-begins', 'find')}${flow('find', 'failed')}</subProcess>
        <boundaryEvent id="refused" attachedToRef="inner"><errorEventDefinition errorRef="refusal" /></boundaryEvent>
        <subProcess id="on-own" triggeredByEvent="true"><startEvent id="own-thrown"><errorEventDefinition errorRef="own" /></startEvent>
          <endEvent id="own-ends" />${flow('own-thrown', 'own-ends')}</subProcess>
        <endEvent id="end" />${flow('begin', 'inner')}${flow('inner', 'end')}${flow('refused', 'end')}`,
        { roots: '<error id="refusal" errorCode="abort-refused" /><error id="own" errorCode="own" />' },
      ),
    ],
    findings: [],
  },
  {
    what: 'an error end event that nobody catches',
    files: [
      sample(
        `<startEvent id="begin" /><endEvent id="failed"><errorEventDefinition errorRef="own" /></endEvent>${flow('begin', 'failed')}`,
        {
          roots: '<error id="own" errorCode="own" />',
        },
      ),
    ],
    findings: ['sample.bpmn: failed: caught-errors'],
  },
  {
    what: 'a message that nothing sends',
    files: edited(withApproval, ['name="card-request-aborted"', 'name="card-request-withdrawn"']),
    findings: [`${withApproval}: request-aborted: known-messages`],
  },
  {
    what: 'a receive task without a message',
    files: [sample(chain(['wait', '<receiveTask id="wait" />']))],
    findings: ['sample.bpmn: wait: known-messages'],
  },
  {
    what: 'a check that does not exist',
    files: edited(withApproval, ['name="check" value="decide-request"', 'name="check" value="decide"']),
    findings: ['known-checks', 'approval-recorded'].map((rule) => `${withApproval}: decide-request: ${rule}`),
  },
  {
    what: 'a form without a field that its check takes',
    files: edited('decide-request.form', ['"key": "reason"', '"key": "because"']),
    findings: [`${withApproval}: decide-request: known-checks`],
  },
  {
    what: 'a check where there is no form',
    files: [
      sample(
        chain(
          task(
            'look',
            '',
            '<extensionElements><camunda:properties><camunda:property name="check" value="decide-request" /></camunda:properties></extensionElements>',
          ),
        ),
      ),
    ],
    findings: ['sample.bpmn: look: known-checks', 'sample.bpmn: look: approvers-only'],
  },
  {
    what: 'no check where the variant comes from',
    files: edited(entry, ['<camunda:property name="check" value="request-card" />', '']),
    findings: [`${entry}: run-variant: known-variables`, `${entry}: run-variant: known-variables`],
  },
  {
    what: 'a group that does not exist',
    files: edited(withApproval, ['"card-approvers"', '"card-approvers, cardapprovers"']),
    findings: [`${withApproval}: decide-request: task-people`, `${withApproval}: decide-request: approvers-only`],
  },
  {
    what: 'a task of nobody',
    files: [sample(chain(['wait', '<userTask id="wait" camunda:candidateUsers="admin" />']))],
    findings: ['sample.bpmn: wait: task-people'],
  },
  {
    what: 'a task of two groups',
    files: [sample(chain(['wait', '<userTask id="wait" camunda:candidateGroups="card-producers, card-admins" />']))],
    findings: [],
  },
];
