import { onMessage } from '../../bpmn/model-cases/drawing.js';
import { chain, edited, flow, type ModelCase, sample, task } from '../../bpmn/model-cases/model-case.js';
import { withApproval } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
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
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a message that the product sends',
    files: [
      sample(
        `${chain(task('look'))}${onMessage('aborted-meanwhile', 'look', 'aborted')}${flow('aborted-meanwhile', 'end')}`,
        { roots: '<message id="aborted" name="card-request-aborted" />' },
      ),
    ],
    findings: [],
  },
];
