import { chain, edited, type ModelCase, sample } from '../../bpmn/model-cases/model-case.js';
import { entry } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a form that is no JSON',
    files: [{ name: 'broken.form', content: '{' }],
    findings: ['broken.form: broken: readable-file'],
  },
  {
    what: 'a form without components',
    files: [{ name: 'broken.form', content: '{"id":"broken","type":"default"}' }],
    findings: ['broken.form: broken: readable-file'],
  },
  {
    what: 'a diagram that is no XML',
    files: [{ name: 'broken.bpmn', content: 'bpmn' }],
    findings: ['broken.bpmn: broken: readable-file'],
  },
  {
    what: 'a diagram that refers to nothing',
    files: edited(entry, ['sourceRef="find-holder"', 'sourceRef="find-nobody"']),
    findings: [`${entry}: request-card: readable-file`],
  },
  {
    what: 'a diagram with a DOCTYPE',
    files: [{ name: 'broken.bpmn', content: `<!DOCTYPE x>${sample(chain()).content}` }],
    findings: ['broken.bpmn: broken: readable-file'],
  },
];

export const passing: readonly ModelCase[] = [
  { what: 'a file of another kind', files: [{ name: 'README.md', content: '# Diagrams' }], findings: [] },
];
