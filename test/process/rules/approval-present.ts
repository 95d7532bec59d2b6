import { type ModelCase, chain, edited, sample, task } from '../../bpmn/model-cases/model-case.js';
import { withoutApproval } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a variant that only says it has an approval',
    files: edited(withoutApproval, ['value="without-approval"', 'value="quick-with-approval"']),
    findings: [`${withoutApproval}: request-card-without-approval: approval-present`],
  },
  {
    what: 'a variant that only says it has two approvals',
    files: edited('request-card-without-approval.bpmn', ['value="without-approval"', 'value="with-two-approvals"']),
    findings: ['request-card-without-approval.bpmn: request-card-without-approval: approval-present'],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'an approval outside of any variant',
    files: [sample(chain(['look', task('look')[1].replace('card-operators', 'card-approvers')]))],
    findings: [],
  },
];
