import { chain, edited, type ModelCase, sample, shipped } from '../../bpmn/model-cases/model-case.js';
import { entry } from '../../bpmn/model-cases/shipped-files.js';

const call = (attributes: string) => ['call', `<callActivity id="call" ${attributes} />`] as const;
const chosen =
  'calledElement="${variantKey}" camunda:calledElementBinding="version" camunda:calledElementVersion="${variantVersion}"';

export const failing: readonly ModelCase[] = [
  {
    what: 'a call of a process that is not there',
    files: [sample(chain(call('calledElement="else"')))],
    findings: ['sample.bpmn: call: call-activities'],
  },
  { what: 'a call of nothing', files: [sample(chain(call('')))], findings: ['sample.bpmn: call: call-activities'] },
  {
    what: 'a call of any process a variable names',
    files: [sample(chain(call('calledElement="${key}"')))],
    findings: ['sample.bpmn: call: call-activities', 'sample.bpmn: call: known-variables'],
  },
  {
    what: 'the newest version of a variant instead of the released one',
    files: edited(entry, [
      'camunda:calledElementBinding="version" camunda:calledElementVersion="${variantVersion}"',
      '',
    ]),
    findings: [`${entry}: run-variant: call-activities`],
  },
  {
    what: 'a chosen variant outside an entry process',
    files: [sample(chain(call(chosen)))],
    findings: [
      'sample.bpmn: call: call-activities',
      'sample.bpmn: call: known-variables',
      'sample.bpmn: call: known-variables',
    ],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a call of a process that is there',
    files: [...shipped, sample(chain(call('calledElement="abort-card-request"')))],
    findings: [],
  },
];
