import { end, way } from '../../bpmn/model-cases/drawing.js';
import { chain, type ModelCase, sample, work } from '../../bpmn/model-cases/model-case.js';

const repeated = (loop: string, attributes = '') => [
  sample(
    chain([
      'find',
      `<serviceTask id="find" camunda:type="external" camunda:topic="find-holder" ${attributes}><multiInstanceLoopCharacteristics camunda:collection="\${execution.processBusinessKey}" ${loop} /></serviceTask>`,
    ]),
  ),
];
const notAsync = ['sample.bpmn: find: multi-instance-async'];

export const failing: readonly ModelCase[] = [
  { what: 'parallel work without a step of its own', files: repeated(''), findings: notAsync },
  {
    what: 'parallel work with a step after the whole',
    files: repeated('', 'camunda:asyncAfter="true"'),
    findings: notAsync,
  },
  {
    what: 'work in a subprocess that runs in parallel',
    files: [
      sample(
        `<startEvent id="begin" /><subProcess id="each"><multiInstanceLoopCharacteristics camunda:collection="\${execution.processBusinessKey}" /><startEvent id="in" />
        ${work('find', 'find-holder')[1]}${work('find-more', 'find-holder')[1].replace('camunda:type', 'camunda:asyncAfter="true" camunda:type')}<endEvent id="out" />${way('in', 'find', 'find-more', 'out')}</subProcess>
        ${end()}${way('begin', 'each', 'end')}`,
      ),
    ],
    findings: notAsync,
  },
];

export const passing: readonly ModelCase[] = [
  { what: 'parallel work with a step after each', files: repeated('camunda:asyncAfter="true"'), findings: [] },
  { what: 'work one after the other', files: repeated('isSequential="true"'), findings: [] },
];
