import { along, begin, decide, drawnFile, end, record, register, withVariant } from '../../bpmn/model-cases/drawing.js';
import { edited, type ModelCase } from '../../bpmn/model-cases/model-case.js';
import { abort, entry, withApproval } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
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
    what: 'a constant given to what records the decision',
    files: withVariant(begin, register(), decide(), record('record', 'decide', { decision: 'approve' }), end(), along),
    findings: [`${drawnFile}: record: topic-inputs`],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'an entry process that hands everything over',
    files: edited(entry, ['<camunda:in source="cardType" target="cardType" />', '<camunda:in variables="all" />']),
    findings: [],
  },
];
