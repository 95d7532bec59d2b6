import { begin, decide, end, record, register, way, withVariant } from '../../bpmn/model-cases/drawing.js';
import { chain, edited, type ModelCase, sample, task } from '../../bpmn/model-cases/model-case.js';
import { withApproval } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
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
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a check of the contract',
    files: withVariant(
      begin,
      register(),
      decide() + record(),
      end(),
      way('begin', 'register', 'decide', 'record', 'end'),
    ),
    findings: [],
  },
];
