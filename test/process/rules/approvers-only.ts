import { approvalWith, around, decide, drawnFile } from '../../bpmn/model-cases/drawing.js';
import { edited, type ModelCase } from '../../bpmn/model-cases/model-case.js';
import { withApproval } from '../../bpmn/model-cases/shipped-files.js';

const own = 'camunda:candidateGroups="card-approvers"';
const notOnly = [`${drawnFile}: decide: approvers-only`];

export const failing: readonly ModelCase[] = [
  {
    what: 'an approval for others beside the approvers',
    files: around(approvalWith(own, 'camunda:candidateGroups="card-approvers, card-operators"')),
    findings: notOnly,
  },
  {
    what: 'an approval for others instead of the approvers',
    files: around(approvalWith(own, 'camunda:candidateGroups="card-operators"')),
    findings: notOnly,
  },
  {
    what: 'an approval for whoever a variable names',
    files: around(approvalWith(own, `${own} camunda:assignee="\${holder}"`)),
    findings: notOnly,
  },
  {
    what: 'an approval for one person by name',
    files: around(approvalWith(own, `${own} camunda:candidateUsers="operator"`)),
    findings: notOnly,
  },
  {
    what: 'an approval for nobody',
    files: around(approvalWith(own, '')),
    findings: ['task-people', 'approvers-only'].map((rule) => `${drawnFile}: decide: ${rule}`),
  },
  {
    what: 'an approval that lost its approvers',
    files: edited(withApproval, [
      'camunda:candidateGroups="card-approvers"',
      'camunda:candidateGroups="card-operators"',
    ]),
    findings: [`${withApproval}: decide-request: approvers-only`],
  },
];

export const passing: readonly ModelCase[] = [
  { what: 'an approval as it is drawn', files: around(decide()), findings: [] },
];
