import { chain, edited, type ModelCase, sample } from '../../bpmn/model-cases/model-case.js';
import { withApproval } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
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
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a task of two groups',
    files: [sample(chain(['wait', '<userTask id="wait" camunda:candidateGroups="card-producers, card-admins" />']))],
    findings: [],
  },
];
